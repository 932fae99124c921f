using System.Security.Cryptography;
using System.Text;

namespace Orchestrator.Protocol.Locations;

/// <summary>Where the work is kept, and every path that follows from it. Front and backend compute the same from the same directory.</summary>
public sealed record DataDirectory : IServerLocation
{
    // sun_path has 108 bytes, the last of them zero.
    private const int MaxSocketPath = 107;

    private DataDirectory(string path, string? workspace, string home)
    {
        var hash = Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes(path)));
        Path = path;
        Workspace = workspace;
        Identity = hash[..32];
        RunDirectory = System.IO.Path.Join(home, ".local/state/orchestrator/run");
        SocketPath = System.IO.Path.Join(RunDirectory, $"{hash[..20]}.sock");
        SpawnLockPath = System.IO.Path.Join(RunDirectory, $"{hash[..20]}.spawn");
        LockPath = System.IO.Path.Join(path, "backend.lock");
        StandbyLockPath = System.IO.Path.Join(path, "standby.lock");
        LogPath = System.IO.Path.Join(path, "logs/backend.log");
        if (Encoding.UTF8.GetByteCount(SocketPath) > MaxSocketPath)
        {
            throw new LocationException(
                $"The socket path {SocketPath} is longer than {MaxSocketPath} bytes, which is all that a Unix socket can have.",
                "Start with HOME set to a shorter path.");
        }
    }

    /// <summary>The directory itself: full, its symbolic links followed. It need not exist yet.</summary>
    public string Path { get; }

    /// <summary>The project that it belongs to; null when it belongs to none.</summary>
    public string? Workspace { get; }

    /// <summary>What a hello says instead of the path: 32 hex digits of its hash.</summary>
    public string Identity { get; }

    /// <summary>The directory of the sockets, which only its owner may enter.</summary>
    public string RunDirectory { get; }

    /// <summary>Where the backend listens.</summary>
    public string SocketPath { get; }

    /// <summary>Held by the one front that is starting a backend.</summary>
    public string SpawnLockPath { get; }

    /// <summary>Held by the backend for as long as it lives.</summary>
    public string LockPath { get; }

    /// <summary>Held by the process that stands by, from the moment that it is ready until it has <see cref="LockPath"/>.</summary>
    public string StandbyLockPath { get; }

    /// <summary>What the backend writes when nobody reads its output.</summary>
    public string LogPath { get; }

    /// <summary>
    /// Finds the data directory: the option, else <c>ORCHESTRATOR_DATA_DIR</c>, else <c>.task_orchestrator</c> in the workspace, which is its option,
    /// <c>CLAUDE_PROJECT_DIR</c>, or the nearest project round <paramref name="currentDirectory"/>; else one directory per user.
    /// </summary>
    /// <exception cref="LocationException">What was named cannot be used.</exception>
    public static DataDirectory Resolve(
        string? dataDirOption, string? workspaceOption, Func<string, string?> environment, string currentDirectory) =>
        new Resolver(environment, currentDirectory).Resolve(dataDirOption, workspaceOption);

    /// <summary>As the other, from this process's environment and working directory.</summary>
    /// <exception cref="LocationException">What was named cannot be used.</exception>
    public static DataDirectory Resolve(string? dataDirOption, string? workspaceOption) =>
        Resolve(dataDirOption, workspaceOption, Environment.GetEnvironmentVariable, Environment.CurrentDirectory);

    /// <summary>Creates <see cref="RunDirectory"/> for its owner alone, or makes sure that it is so.</summary>
    /// <exception cref="LocationException">It belongs to somebody else or cannot be created.</exception>
    public void PrepareRunDirectory() => PrivateDirectory.Ensure(RunDirectory);

    /// <summary>Creates the data directory and the directory of its log, for their owner alone; what exists keeps its mode.</summary>
    /// <exception cref="LocationException">They cannot be created.</exception>
    public void PrepareDataDirectory()
    {
        PrivateDirectory.Create(Path);
        PrivateDirectory.Create(System.IO.Path.GetDirectoryName(LogPath)!);
    }

    private sealed class Resolver
    {
        private const string FolderName = ".task_orchestrator";

        private readonly Func<string, string?> _environment;
        private readonly string _home;
        private readonly string _currentDirectory;

        public Resolver(Func<string, string?> environment, string currentDirectory)
        {
            _environment = environment;
            var home = Variable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);
            if (!System.IO.Path.IsPathRooted(home))
            {
                throw new LocationException($"The home directory '{home}' is not a full path.", "Set HOME.");
            }

            _home = CanonicalPath.Of(home);
            _currentDirectory = CanonicalPath.Of(currentDirectory);
        }

        public DataDirectory Resolve(string? dataDirOption, string? workspaceOption)
        {
            var named = dataDirOption is not null ? Full(dataDirOption, "--data-dir")
                : Variable("ORCHESTRATOR_DATA_DIR") is { } variable ? Full(variable, "ORCHESTRATOR_DATA_DIR")
                : null;
            var workspace = workspaceOption is not null ? Existing(workspaceOption, "--workspace")
                : named is not null ? Owner(named)
                : ClaudeProject() ?? WorkspaceSearch.Nearest(_currentDirectory, _home);
            var path = CanonicalPath.Of(
                named ?? (workspace is not null
                    ? System.IO.Path.Join(workspace, FolderName)
                    : System.IO.Path.Join(_home, ".local/share/orchestrator")));
            RefuseFiles(path);
            return new DataDirectory(path, workspace, _home);
        }

        // Every front of one data directory should name the same workspace, wherever it was started from.
        private static string? Owner(string dataDirectory) =>
            System.IO.Path.GetFileName(dataDirectory) == FolderName ? System.IO.Path.GetDirectoryName(dataDirectory) : null;

        // Claude Code sets it to wherever it was started; only an option counts as somebody's wish to work in the home directory.
        private string? ClaudeProject() =>
            Variable("CLAUDE_PROJECT_DIR") is { } named && Existing(named, "CLAUDE_PROJECT_DIR") is var path && path != _home && path != "/"
                ? path
                : null;

        private string? Variable(string name) => _environment(name) is { Length: > 0 } value ? value : null;

        private string Existing(string value, string source)
        {
            var path = Full(value, source);
            return Directory.Exists(path)
                ? path
                : throw new LocationException($"The workspace {path}, named by {source}, is not a directory.", "Create it or name another.");
        }

        // A client's configuration passes no shell: nobody else turns ~ into the home directory.
        private string Full(string value, string source)
        {
            if (string.IsNullOrWhiteSpace(value))
            {
                throw new LocationException($"{source} names no directory.", "Give it a path or leave it out.");
            }

            var path = value == "~" || value.StartsWith("~/", StringComparison.Ordinal) ? System.IO.Path.Join(_home, value[1..]) : value;
            return CanonicalPath.Of(System.IO.Path.Join("/", System.IO.Path.Combine(_currentDirectory, path)));
        }

        private static void RefuseFiles(string path)
        {
            for (var at = path; at is not null; at = System.IO.Path.GetDirectoryName(at))
            {
                if (File.Exists(at))
                {
                    throw new LocationException(
                        $"The data directory {path} cannot be used: {at} is a file.", "Name another directory with --data-dir.");
                }

                if (Directory.Exists(at))
                {
                    return;
                }
            }
        }
    }
}
