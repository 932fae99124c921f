namespace Orchestrator.Front;

/// <summary>What the front was asked on its command line.</summary>
/// <param name="DataDirectory"><c>--data-dir</c>.</param>
/// <param name="Workspace"><c>--workspace</c>.</param>
/// <param name="Help"><c>--help</c>.</param>
/// <param name="Version"><c>--version</c>.</param>
/// <param name="Error">What is wrong with it; null when nothing is.</param>
internal sealed record CommandLine(string? DataDirectory, string? Workspace, bool Help, bool Version, string? Error)
{
    public const string Usage =
        """
        usage: orchestrator-front [--data-dir PATH] [--workspace PATH]

        Relays MCP between standard input and output and the backend of a data directory, which it starts when none runs.

          --data-dir PATH    where the work is kept (default: .task_orchestrator in the workspace)
          --workspace PATH   the project (default: the nearest git repository or project)
          --version          print the version
          --help             print this
        """;

    public static CommandLine Parse(string[] arguments)
    {
        var parsed = new CommandLine(null, null, false, false, null);
        for (var i = 0; i < arguments.Length && parsed.Error is null; i++)
        {
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (arguments[i], null) : (arguments[i][..equals], arguments[i][(equals + 1)..]);
            parsed = (name, value) switch
            {
                ("--help" or "-h", null) => parsed with { Help = true },
                ("--version", null) => parsed with { Version = true },
                ("--data-dir", not null) => parsed with { DataDirectory = value },
                ("--workspace", not null) => parsed with { Workspace = value },
                ("--data-dir" or "--workspace", null) when i + 1 == arguments.Length => parsed with { Error = $"{name} needs a path" },
                ("--data-dir", null) => parsed with { DataDirectory = arguments[++i] },
                ("--workspace", null) => parsed with { Workspace = arguments[++i] },
                _ => parsed with { Error = $"unknown argument {arguments[i]}" },
            };
        }

        return parsed;
    }
}
