using System.CommandLine;
using Orchestrator.Front;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Commands.Backends;
using Orchestrator.Host.Commands.Clients;
using Orchestrator.Host.Commands.Transfer;
using Orchestrator.Host.Commands.Work;
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

    /// <summary>The verbs by their names, in the order of the help.</summary>
    internal static readonly IReadOnlyDictionary<string, Func<Command>> Verbs = new Dictionary<string, Func<Command>>
    {
        ["backend"] = Backend,
        ["demo"] = DemoCommand.Create,
        ["snapshot"] = SnapshotCommand.Create,
        ["migrate"] = () => MigrateCommand.Create(Location),
        ["restart"] = () => RestartCommand.Create(Location),
        ["upgrade"] = () => UpgradeCommand.Create(Location),
        ["rollback"] = () => RollbackCommand.Create(Location),
        ["install"] = InstallCommand.Create,
        ["uninstall"] = UninstallCommand.Create,
        ["clients"] = ClientsCommand.Create,
        ["status"] = StatusCommand.Create,
        ["list"] = ListCommand.Create,
        ["stop"] = StopCommand.Create,
        ["logs"] = LogsCommand.Create,
        ["doctor"] = DoctorCommand.Create,
        ["tasks"] = TasksCommand.Create,
        ["artifact"] = ArtifactCommand.Create,
        ["session"] = SessionCommand.Create,
        ["export"] = ExportCommand.Create,
        ["import"] = ImportCommand.Create,
        ["completion"] = CompletionCommand.Create,
    };

    /// <summary>Does what the command line says. A wrong one has an exit code of its own.</summary>
    public static async Task<int> Run(string[] arguments)
    {
        // Somebody waits, a client for its backend or a person for an answer: verbs that were not asked for are not even loaded.
        var root = arguments is [var verb, ..] && Verbs.TryGetValue(verb, out var asked) ? new RootCommand { DataDir, Workspace, asked() } : Create();
        var parsed = root.Parse(arguments);
        var settings = new InvocationConfiguration();
        if (arguments is ["backend", ..])
        {
            settings.ProcessTerminationTimeout = null;   // it ends in order, however long that takes: the library would cut it short after 2 s
        }

        var code = await parsed.InvokeAsync(settings);
        var hasOwnCodes = arguments is ["migrate", ..];
        return parsed.Errors.Count > 0 && code != ExitCode.Done && !hasOwnCodes ? ExitCode.Usage : code;
    }

    public static RootCommand Create()
    {
        var root = new RootCommand(
            "Orchestrator keeps the plans, tasks and results of AI coding assistants. With a pipe as stdin it is the MCP server.")
        {
            DataDir, Workspace, Profile,
        };
        foreach (var create in Verbs.Values)
        {
            root.Subcommands.Add(create());
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
        var takesBack = new Option<bool>(BackendOptions.TakeBack)
        {
            Description = "Take the last migration of the database back when this program does not know its schema.",
            Hidden = true
        };
        var backend = new Command("backend", "Serve a data directory (clients start this by themselves).") { idle, predecessor, takesBack };
        backend.SetAction(parsed => Guarded(
            () => BackendProcess.Run(
                new BackendOptions(Location(parsed), TimeSpan.FromMinutes(parsed.GetValue(idle)))
                {
                    Predecessor = parsed.GetValue(predecessor),
                    TakesBack = parsed.GetValue(takesBack),
                },
                TimeProvider.System),
            BackendExitCode.CannotStart));
        return backend;
    }

    private static FrontOptions Front(DataDirectory location) => new(location, OwnProgram.Command.Serving(location));

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
