using System.CommandLine;
using Orchestrator.Front;
using Orchestrator.Host.Clients;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands.Clients;

/// <summary>What the verbs about clients have in common.</summary>
internal static class ClientOptions
{
    public static readonly Option<string[]> Client = new("--client")
    {
        Description = $"Only this client; may be repeated: {string.Join(", ", KnownClients.All.Select(c => c.Id))}.",
        AllowMultipleArgumentsPerToken = true,
    };

    public static readonly Option<bool> Project = new("--project") { Description = "The configuration within the project, not the user's." };

    public static readonly Option<bool> DryRun = new("--dry-run") { Description = "Say what would be done, and change nothing." };

    static ClientOptions() =>
        Client.CompletionSources.Add(_ => KnownClients.All.Select(c => new System.CommandLine.Completions.CompletionItem(c.Id)));

    /// <summary>The project's folder with <c>--project</c>; else null.</summary>
    public static string? ProjectFolder(ParseResult parsed) => !parsed.GetValue(Project) ? null
        : DataDirectory.Resolve(null, parsed.GetValue(RootCommands.Workspace), _ => null, Environment.CurrentDirectory).Workspace
        ?? throw new CommandFailedException(
            CommandErrorCode.NoProject, $"There is no project round {Environment.CurrentDirectory}.", "Name it with --workspace.", ExitCode.NotFound);

    /// <summary>The clients that were named, or null for all that are there.</summary>
    public static IReadOnlyList<KnownClient>? Named(ParseResult parsed)
    {
        if (parsed.GetValue(Client) is not { Length: > 0 } names)
        {
            return null;
        }

        return [.. names.Distinct(StringComparer.OrdinalIgnoreCase).Select(n => KnownClients.Find(n) ?? throw new CommandFailedException(
            CommandErrorCode.UnknownClient, $"There is no client '{n}'.", $"Known are: {string.Join(", ", KnownClients.All.Select(c => c.Id))}.",
            ExitCode.Usage))];
    }

    /// <summary>What a client is to start: this program's front, with the directories that were named.</summary>
    public static BackendCommand Entry(ParseResult parsed)
    {
        List<string> arguments = [.. OwnProgram.ForClients.Arguments];
        foreach (var (option, value) in new[] { ("--data-dir", parsed.GetValue(RootCommands.DataDir)),
            ("--workspace", parsed.GetValue(RootCommands.Workspace)) })
        {
            if (value is not null && (option == "--data-dir" || !parsed.GetValue(Project)))
            {
                arguments.AddRange([option, Path.GetFullPath(value)]);
            }
        }

        return OwnProgram.ForClients with { Arguments = arguments };
    }
}
