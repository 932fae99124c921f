using System.CommandLine;
using Orchestrator.Front;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands;

/// <summary>Which process is this? A relay for a client, the backend behind it, or a person at a terminal.</summary>
internal static class RootCommands
{
    internal static readonly Option<string?> DataDir = new("--data-dir")
    {
        Description = "Where everything is kept (ORCHESTRATOR_DATA_DIR; else .task_orchestrator in the workspace).",
        Recursive = true,
    };

    internal static readonly Option<string?> Workspace = new("--workspace")
    {
        Description = "The project (CLAUDE_PROJECT_DIR; else the nearest folder above with a project in it).",
        Recursive = true,
    };

    private static readonly Option<string?> Profile = new("--profile")
    {
        Description = "The tools that the client is told of: core, standard or full (ORCHESTRATOR_PROFILE; else core).",
    };

    /// <summary>Does what the command line says. A wrong one has an exit code of its own.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        // A backend starts under a waiting client: what is for people need not even be loaded there.
        var root = arguments is ["backend", ..] ? new RootCommand { DataDir, Workspace, Backend() } : Create();
        var parsed = root.Parse(arguments);
        var code = await parsed.InvokeAsync();
        var hasOwnCodes = arguments is ["migrate", ..];
        return parsed.Errors.Count > 0 && code != ExitCode.Done && !hasOwnCodes ? ExitCode.Usage : code;
    }

    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Orchestrator keeps the plans, tasks and results of AI coding assistants. With a pipe as stdin it is the MCP server.")
        {
            DataDir, Workspace, Profile, Backend(), DemoCommand.Create(), SnapshotCommand.Create(), MigrateCommand.Create(Location),
            RestartCommand.Create(Location), UpgradeCommand.Create(Location), RollbackCommand.Create(Location),
        };
        foreach (var verb in PeopleVerbs.Create())
        {
            root.Subcommands.Add(verb);
        }

        root.SetAction((parsed, cancellation) => Guarded(() => Console.IsInputRedirected
            ? FrontProcess.RunAsync(Front(Location(parsed)) with { Profile = ToolProfiles.Resolve(parsed.GetValue(Profile)) })
            : Task.FromResult(Explanation.Print())));
        return root;
    }

    private static Command Backend()
    {
        var idle = new Option<double>("--idle-minutes")
        {
            Description = "Leave after this time without a client.",
            DefaultValueFactory = _ => BackendOptions.DefaultIdle.TotalMinutes,
        };
        idle.Validators.Add(result =>
        {
            if (result.GetValueOrDefault<double>() is not (> 0 and <= 60 * 24 * 30))
            {
                result.AddError("--idle-minutes must be more than 0 and at most 43200 (30 days).");
            }
        });
        var predecessor = new Option<string?>("--predecessor")
        {
            Description = "The private socket of the backend to take over from.",
            Hidden = true
        };
        var backend = new Command("backend", "Serve a data directory (clients start this by themselves).") { idle, predecessor };
        backend.SetAction(parsed => Guarded(
            () => BackendProcess.Run(
                new BackendOptions(Location(parsed), TimeSpan.FromMinutes(parsed.GetValue(idle))) { Predecessor = parsed.GetValue(predecessor) },
                TimeProvider.System),
            BackendExitCode.CannotStart));
        return backend;
    }

    private static FrontOptions Front(DataDirectory location) => new(location, OwnProgram.AsBackend.Serving(location));

    internal static DataDirectory Location(ParseResult parsed) => DataDirectory.Resolve(parsed.GetValue(DataDir), parsed.GetValue(Workspace));

    private static async Task<int> Guarded(Func<Task<int>> run, int unable = ExitCode.Failed)
    {
        try
        {
            return await run();
        }
        catch (Exception e) when (e is LocationException or FormatException)
        {
            await Console.Error.WriteLineAsync($"orchestrator: {e.Message}");
            return unable;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Something of the system's, such as a right or some space, and no defect: a trace would only hide it.
            await Console.Error.WriteLineAsync($"orchestrator: {e.Message}");
            return unable;
        }
    }
}
