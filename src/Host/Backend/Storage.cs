using System.Diagnostics;
using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Actors;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Idempotency;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.Roles;
using Orchestrator.Actors.Rules;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>The opened store with everything that lives on it: what is behind the gate.</summary>
internal sealed class Storage : IAsyncDisposable
{
    // Long enough for somebody who restores a backup by hand.
    private static readonly TimeSpan LockPatience = TimeSpan.FromMinutes(1);

    private readonly IHost _host;
    private readonly SqliteStore _store;
    private readonly DatabaseLock _held;

    private Storage(IHost host, SqliteStore store, DatabaseLock held, BackendOptions options, TemplateCatalog templates, TimeProvider clock)
    {
        (_host, _store, _held, Templates, Clock) = (host, store, held, templates, clock);
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        Tasks = new TaskGateway(registry.Get<TaskActor>(), registry.Get<TaskGraphActor>());
        Sessions = new SessionGateway(registry.Get<SessionActor>());
        Migrations = registry.Get<MigrationActor>();
        Keys = new KeyGateway(registry.Get<KeyActor>());
        Restarts = new RestartGateway(registry.Get<RestartActor>());
        Rules = new RulesGateway(registry.Get<RulesActor>());
        Windows = new WindowGateway(registry.Get<WindowActor>());
        Rebuilds = new TaskIndexRebuilds(registry.Get<TaskIndexActor>());
        Journal = new TaskJournal(store.ReadOnly);
        News = TaskNews.Of(host.Services.GetRequiredService<ActorSystem>());
        var index = new SqliteTaskIndex(store.ReadOnly);
        (Index, Maintenance) = (index, index);
        NewsReader = new TaskNewsReader(Journal, index);
        DataDirectory = options.Location.Path;
        Artifacts = new ArtifactStore(options.Artifacts);
        Mirror = new ArtifactMirror(Path.Combine(options.Artifacts, "mirrored"));
        Partials = new PartialArtifactStore(Path.Combine(options.Artifacts, "partial"));
        Workspace = options.Location.Workspace;
        Roles = RoleLibrary.Of(options.Home, options.Location.Path, Workspace);
    }

    public TaskGateway Tasks { get; }

    public SessionGateway Sessions { get; }

    public RulesGateway Rules { get; }

    public KeyGateway Keys { get; }

    /// <summary>The <see cref="MigrationActor"/>.</summary>
    public IActorRef Migrations { get; }

    public RestartGateway Restarts { get; }

    /// <summary>Work within restarts.</summary>
    public WindowGateway Windows { get; }

    /// <summary>What can be done for the database file in a window.</summary>
    public SqliteUpkeep Upkeep => RestartWindow.UpkeepOf(_store, Clock);

    /// <summary>Looks at the store itself.</summary>
    public StoreProbe Probe => new(_store);

    public ITaskIndex Index { get; }

    /// <summary>Fills the read model again.</summary>
    public TaskIndexRebuilds Rebuilds { get; }

    public TaskJournal Journal { get; }

    /// <summary>Tells when tasks have changed.</summary>
    public TaskNews News { get; }

    /// <summary>Says what has happened.</summary>
    public TaskNewsReader NewsReader { get; }

    public PartialArtifactStore Partials { get; }

    public ArtifactMirror Mirror { get; }

    public IMaintenanceIndex Maintenance { get; }

    /// <summary>Where everything is kept.</summary>
    public string DataDirectory { get; }

    /// <summary>How long it took to see that the database has the schema of this build, and to upgrade it if it had not.</summary>
    public TimeSpan SchemaTook { get; private init; }

    public ArtifactStore Artifacts { get; }

    /// <summary>How specialists work.</summary>
    public RoleLibrary Roles { get; }

    public TemplateCatalog Templates { get; }

    /// <summary>Where the clients' files are; null when there is no project.</summary>
    public string? Workspace { get; }

    public TimeProvider Clock { get; }

    /// <summary>
    /// The order of a start: nobody else at the database, the schema, the epoch, the work that waited for a restart, the actors with the migration
    /// actor first, the index caught up with the journal. Whatever fails undoes what came before it.
    /// </summary>
    /// <param name="options">Where.</param>
    /// <param name="clock">The time.</param>
    /// <param name="superseded">Called when another process has taken over the database.</param>
    /// <param name="progress">Told what an upgrade does, while it does it.</param>
    /// <param name="isPlanned">Whether this process takes another one's place as planned: then what waited for that is done.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be used.</exception>
    /// <exception cref="UpgradeRefusedException">The database could not be upgraded and is as it was.</exception>
    public static async Task<Storage> Open(BackendOptions options, TimeProvider clock, Action superseded, Action<UpgradeProgress> progress, bool isPlanned = false)
    {
        var held = await DatabaseLock.Take(options.Location, LockPatience, clock, progress);
        try
        {
            var upgrade = new UpgradeOptions
            {
                Who = $"backend {Environment.ProcessId}",
                Program = BuildInfo.Build,
                Clock = clock,
                Progress = progress,
            };
            var start = Stopwatch.GetTimestamp();
            var (store, _) = OrchestratorDatabase.Open(options.Database, upgrade);
            var schemaTook = Stopwatch.GetElapsedTime(start);
            store.TakeEpoch($"process {Environment.ProcessId}", clock.GetUtcNow());
            var templates = new TemplateCatalog(new TemplateStore(options.Templates));
            var window = new RestartWindow(store, options.Location.Path, $"process {Environment.ProcessId}", clock)
            {
                Reached = act => StopPoint.Reached($"window:{act}"),
            };
            window.Begin(isPlanned);
            var host = await Start(store, templates, clock, options.RestartLimit, superseded, progress);
            var storage = new Storage(host, store, held, options, templates, clock) { SchemaTook = schemaTook };
            await window.Finish(storage.Windows, storage.Maintenance, storage.Tasks);
            return storage;
        }
        catch
        {
            held.Dispose();
            throw;
        }
    }

    /// <summary>Stops the actors and leaves a database without a write-ahead log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _store.Close();
        _held.Dispose();
    }

    private static async Task<IHost> Start(
        SqliteStore store, TemplateCatalog templates, TimeProvider clock, RestartLimit restarts, Action superseded, Action<UpgradeProgress> progress)
    {
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("orchestrator", akka => akka.WithOrchestrator(store, templates, clock, restarts));
        var host = builder.Build();
        try
        {
            await host.StartAsync();
            var system = host.Services.GetRequiredService<ActorSystem>();
            var listener = system.ActorOf(Props.Create(() => new Listener(superseded, progress)));
            system.EventStream.Subscribe(listener, typeof(Superseded));
            system.EventStream.Subscribe(listener, typeof(TaskIndexActor.Filling));
            await host.Services.GetRequiredService<ActorRegistry>().Get<TaskIndexActor>()
                .Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Timeout.InfiniteTimeSpan);
            system.EventStream.Unsubscribe(listener, typeof(TaskIndexActor.Filling));
            return host;
        }
        catch
        {
            await host.StopAsync();
            host.Dispose();
            throw;
        }
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(Action superseded, Action<UpgradeProgress> progress)
        {
            Receive<Superseded>(_ => superseded());
            Receive<TaskIndexActor.Filling>(f => progress(new UpgradeProgress("filling", 0, 0, "filling the task index") { Percent = f.Percent }));
        }
    }
}
