using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>
/// A project of its own with a home directory of its own, so that sockets and state stay inside; short, because a socket's path must be. At the
/// end every process that was started for it is ended.
/// </summary>
internal sealed class Workspace : IAsyncDisposable
{
    private readonly List<RawClient> _clients = [];

    /// <summary>For what is shipped if it was published, as it starts sooner, and else for what was built.</summary>
    public Workspace()
        : this(TestedProgram.IsPublished ? Form.Published : Form.Relayed)
    {
    }

    public Workspace(Form form)
    {
        Program = TestedProgram.Of(form);
        Root = Directory.CreateDirectory($"/tmp/oe-{Path.GetRandomFileName()[..8]}").FullName;
        Home = Directory.CreateDirectory(Path.Join(Root, "h")).FullName;
        Project = Directory.CreateDirectory(Path.Join(Root, "project")).FullName;
        Data = Path.Join(Project, ".task_orchestrator");
    }

    /// <summary>What is started; <see cref="Form"/> says which unless a test gives another.</summary>
    public TestedProgram Program { get; set; }

    /// <summary>More of the front's environment, which it passes on to the backend.</summary>
    public IReadOnlyDictionary<string, string?> MoreVariables { get; init; } = new Dictionary<string, string?>();

    public string Root { get; }

    public string Home { get; }

    public string Project { get; }

    public string Data { get; }

    public string Database => Path.Join(Data, "orchestrator.db");

    public string RunDirectory => Path.Join(Home, ".local/state/orchestrator/run");

    /// <summary>Put before the front's command, such as a program that takes rights away.</summary>
    public IReadOnlyList<string> Prefix { get; init; } = [];

    /// <summary>More of the environment of every process.</summary>
    public IReadOnlyDictionary<string, string> Settings { get; init; } = new Dictionary<string, string>();

    /// <summary>The whole command line of a front.</summary>
    public IReadOnlyList<string> FrontCommand => CommandFor(Data);

    /// <summary>A client with a connection, after its handshake if its revision has one.</summary>
    /// <param name="protocol">Its revision.</param>
    /// <param name="name">What it calls itself.</param>
    /// <param name="dataDirectory">Another data directory than the workspace's.</param>
    /// <param name="program">Another program than the tested one.</param>
    public async Task<RawClient> Connect(
        string protocol = RawClient.Latest, string name = "raw", string? dataDirectory = null, IReadOnlyList<string>? program = null)
    {
        var client = new RawClient(Start(CommandFor(dataDirectory ?? Data, program)), protocol, name);
        lock (_clients)
        {
            _clients.Add(client);
        }

        await client.Open();
        return client;
    }

    private IReadOnlyList<string> CommandFor(string data, IReadOnlyList<string>? program = null) =>
        program is null ? [.. Prefix, .. Program.Front, "--data-dir", data, "--workspace", Project] : [.. program, "--data-dir", data, "--workspace", Project];

    /// <summary>Several clients at once.</summary>
    public Task<RawClient[]> Connect(int count) =>
        Task.WhenAll(Enumerable.Range(1, count).Select(i => Connect(name: string.Create(CultureInfo.InvariantCulture, $"raw{i}"))));

    /// <summary>Starts a program in this workspace's environment, with pipes.</summary>
    public Process Start(IReadOnlyList<string> command)
    {
        var start = new ProcessStartInfo(command[0], command.Skip(1))
        {
            RedirectStandardInput = true,
            RedirectStandardOutput = true,
            RedirectStandardError = true,
            WorkingDirectory = Project,
        };
        foreach (var (name, value) in Variables())
        {
            start.Environment[name] = value;
        }

        foreach (var (name, value) in Settings)
        {
            start.Environment[name] = value;
        }

        return Process.Start(start)!;
    }

    /// <summary>The environment of a front: this home, and nothing that points elsewhere.</summary>
    public IReadOnlyDictionary<string, string?> Variables() => new Dictionary<string, string?>(MoreVariables)
    {
        ["HOME"] = Home,
        ["CLAUDE_PROJECT_DIR"] = null,
        ["ORCHESTRATOR_DATA_DIR"] = null,
        // Tests count processes. Those of the standby turn it on.
        ["ORCHESTRATOR_STANDBY"] = "off",
        // The tests' own settings of the runtime are not the program's.
        ["DOTNET_STARTUP_HOOKS"] = null,
        ["MSBuildLoadMicrosoftTargetsReadOnly"] = null,
    };

    /// <summary>The backend that holds the data directory; null when none lives.</summary>
    public int? Backend()
    {
        try
        {
            var text = File.ReadAllText(Path.Join(Data, "backend.lock"));
            return int.TryParse(text, NumberStyles.None | NumberStyles.AllowTrailingWhite, null, out var pid)
                && Processes.CommandLine(pid).Contains(Root, StringComparison.Ordinal)
                    ? pid
                    : null;
        }
        catch (IOException)
        {
            return null;
        }
    }

    /// <summary>All backends that live, those among them that somebody has stopped.</summary>
    public IReadOnlyList<int> Backends() => [.. Processes.With(Root).Where(p => Processes.CommandLine(p).Contains(" backend ", StringComparison.Ordinal))];

    /// <summary><c>kill -9</c> of whichever backend lives now; waits for one if it must. Returns its process id.</summary>
    public async Task<int> KillBackend()
    {
        var killed = 0;
        await Until.True(() => Backend() is { } pid && Processes.Kill(killed = pid), "a backend to kill");
        return killed;
    }

    public async ValueTask DisposeAsync()
    {
        await Task.WhenAll(_clients.Select(c => c.DisposeAsync().AsTask()));
        await Until.True(() => Processes.With(Root).Select(Processes.Kill).ToList().Count == 0, $"the end of all processes in {Root}");
        var strays = Processes.WithHome(Home).Select(p => $"{p}: {Processes.CommandLine(p)} {(Processes.Kill(p) ? "killed" : "gone")}").ToList();
        Assert.True(strays.Count == 0, $"Started for another place: {string.Join('\n', strays)}");
        Directory.Delete(Root, recursive: true);
    }
}
