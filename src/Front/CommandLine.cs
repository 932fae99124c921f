namespace Orchestrator.Front;

/// <summary>What the front was asked on its command line.</summary>
/// <param name="DataDirectory"><c>--data-dir</c>.</param>
/// <param name="Workspace"><c>--workspace</c>.</param>
/// <param name="MaxLine"><c>--max-line-mb</c>, in bytes.</param>
/// <param name="Profile"><c>--profile</c>.</param>
/// <param name="Help"><c>--help</c>.</param>
/// <param name="Version"><c>--version</c>.</param>
/// <param name="Error">What is wrong with it; null when nothing is.</param>
internal sealed record CommandLine(string? DataDirectory, string? Workspace, int? MaxLine, string? Profile, bool Help, bool Version, string? Error)
{
    public const string Usage =
        """
        usage: orchestrator-front [--data-dir PATH] [--workspace PATH] [--profile NAME] [--max-line-mb N]

        Relays MCP between standard input and output and the backend of a data directory, which it starts when none runs.

          --data-dir PATH    where the work is kept (default: .task_orchestrator in the workspace)
          --workspace PATH   the project (default: the nearest git repository or project)
          --profile NAME     the tools that the client is told of: core, standard or full (default: ORCHESTRATOR_PROFILE, or core)
          --max-line-mb N    the longest message of a client, 1 to 128 (default: 64, or ORCHESTRATOR_MAX_LINE_BYTES)
          --version          print the version
          --help             print this
        """;

    public static CommandLine Parse(string[] arguments)
    {
        var parsed = new CommandLine(null, null, null, null, false, false, null);
        for (var i = 0; i < arguments.Length && parsed.Error is null; i++)
        {
            var equals = arguments[i].IndexOf('=', StringComparison.Ordinal);
            var (name, value) = equals < 0 ? (arguments[i], null) : (arguments[i][..equals], arguments[i][(equals + 1)..]);
            if (value is null && name is "--data-dir" or "--workspace" or "--profile" or "--max-line-mb")
            {
                value = ++i < arguments.Length ? arguments[i] : null;
            }

            parsed = (name, value) switch
            {
                ("--help" or "-h", null) => parsed with { Help = true },
                ("--version", null) => parsed with { Version = true },
                ("--data-dir", not null) => parsed with { DataDirectory = value },
                ("--workspace", not null) => parsed with { Workspace = value },
                ("--profile", not null) => parsed with { Profile = value },
                ("--profile", null) => parsed with { Error = "--profile needs a name: core, standard or full" },
                ("--max-line-mb", not null) when int.TryParse(value, out var size) && size is >= 1 and <= 128 =>
                    parsed with { MaxLine = size * 1024 * 1024 },
                ("--max-line-mb", _) => parsed with { Error = "--max-line-mb needs a number from 1 to 128" },
                ("--data-dir" or "--workspace", null) => parsed with { Error = $"{name} needs a path" },
                _ => parsed with { Error = $"unknown argument {name}" },
            };
        }

        return parsed;
    }
}
