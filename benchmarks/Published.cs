using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using Orchestrator.EndToEnd.Campaign;

namespace Orchestrator.Benchmarks;

/// <summary>The published programs with a home and a data directory of their own; ends what it started.</summary>
internal sealed partial class Published : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orch-").FullName;
    private readonly string _programs;

    private Published(string programs) => _programs = programs;

    public string DataDirectory { get; private set; } = "";

    /// <summary>Null, with a word to the person, when nothing is published.</summary>
    public static Published? Find()
    {
        var programs = Environment.GetEnvironmentVariable("ORCHESTRATOR_PUBLISHED") ?? Path.GetFullPath("artifacts/publish");
        if (File.Exists(Path.Combine(programs, "orchestrator-front")) && File.Exists(Path.Combine(programs, "orchestrator")))
        {
            var published = new Published(programs);
            published.UseNewDataDirectory("data");
            return published;
        }

        Console.WriteLine($"\nNothing is published in {programs}. Set ORCHESTRATOR_PUBLISHED, or publish first:");
        Console.WriteLine("  dotnet publish src/Front -c Release -r linux-x64 -o artifacts/publish");
        Console.WriteLine("  dotnet publish src/Host -c Release -r linux-x64 -o artifacts/publish");
        return null;
    }

    public void UseNewDataDirectory(string name) => DataDirectory = Path.Combine(_folder, name);

    /// <summary>The big program.</summary>
    public string Program => Path.Combine(Path.GetFullPath(_programs), "orchestrator");

    /// <summary>The home directory of everything that is started.</summary>
    public string Home => _folder;

    public McpClient StartFront(string? front = null) =>
        new(Start(front ?? Path.Combine(_programs, "orchestrator-front"), "--data-dir", DataDirectory));

    /// <summary>A front whose starts of backends are counted.</summary>
    public CountedStarts Counted() => new(Path.GetFullPath(_programs), Path.Combine(_folder, "counted"));

    /// <summary>Kills the backend as nothing could resist; returns when it is gone.</summary>
    public async Task KillBackend()
    {
        using var backend = Process.GetProcessById(BackendId());
        backend.Kill();
        await backend.WaitForExitAsync();
    }

    public Process Start(string program, params string[] arguments)
    {
        var start = new ProcessStartInfo(program, arguments) { RedirectStandardInput = true, RedirectStandardOutput = true, WorkingDirectory = _folder };
        start.Environment["HOME"] = _folder;
        foreach (var name in start.Environment.Keys.Where(k =>
            k.StartsWith("ORCHESTRATOR_", StringComparison.Ordinal) || k.StartsWith("CLAUDE_", StringComparison.Ordinal)).ToList())
        {
            start.Environment.Remove(name);
        }

        return Process.Start(start)!;
    }

    /// <summary>Runs a program to its end.</summary>
    public async Task Run(string program, params string[] arguments)
    {
        using var process = Start(program, arguments);
        await process.WaitForExitAsync();
    }

    /// <summary>The backend that holds the lock of the data directory; waits for it, because a front answers lists without one.</summary>
    public int BackendId()
    {
        var path = Path.Combine(DataDirectory, "backend.lock");
        var id = 0;
        return SpinWait.SpinUntil(() => File.Exists(path) && int.TryParse(File.ReadAllText(path), CultureInfo.InvariantCulture, out id), TimeSpan.FromSeconds(10))
            ? id
            : throw new InvalidOperationException($"No backend serves {DataDirectory}.");
    }

    /// <summary>Ends the backend in order and waits for its end.</summary>
    public void EndBackend()
    {
        if (!File.Exists(Path.Combine(DataDirectory, "backend.lock")))
        {
            return;
        }

        try
        {
            using var backend = Process.GetProcessById(BackendId());
            if (backend.ProcessName != "orchestrator")
            {
                return;   // ended long ago; the number belongs to somebody else
            }

            _ = Kill(backend.Id, 15);
            if (!backend.WaitForExit(15_000))
            {
                backend.Kill();
                backend.WaitForExit();
            }
        }
        catch (ArgumentException)
        {
            // It has ended.
        }
    }

    public void Dispose()
    {
        EndBackend();
        Directory.Delete(_folder, recursive: true);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
