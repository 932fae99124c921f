using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Actors;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Roles;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>The opened store with everything that lives on it: what is behind the gate.</summary>
internal sealed class Storage : IAsyncDisposable
{
    private readonly IHost _host;
    private readonly SqliteStore _store;

    private Storage(IHost host, SqliteStore store, BackendOptions options, TimeProvider clock)
    {
        (_host, _store, Clock) = (host, store, clock);
        var registry = host.Services.GetRequiredService<ActorRegistry>();
        Tasks = new TaskGateway(registry.Get<TaskActor>(), registry.Get<TaskGraphActor>());
        Sessions = new SessionGateway(registry.Get<SessionActor>());
        var index = new SqliteTaskIndex(store.ReadOnly);
        (Index, Maintenance) = (index, index);
        DataDirectory = options.Location.Path;
        Artifacts = new ArtifactStore(options.Artifacts);
        Workspace = options.Location.Workspace;
        Roles = RoleLibrary.Of(options.Home, options.Location.Path, Workspace);
    }

    public TaskGateway Tasks { get; }

    public SessionGateway Sessions { get; }

    public ITaskIndex Index { get; }

    public IMaintenanceIndex Maintenance { get; }

    /// <summary>Where everything is kept.</summary>
    public string DataDirectory { get; }

    public ArtifactStore Artifacts { get; }

    /// <summary>How specialists work.</summary>
    public RoleLibrary Roles { get; }

    /// <summary>Where the clients' files are; null when there is no project.</summary>
    public string? Workspace { get; }

    public TimeProvider Clock { get; }

    /// <summary>Opens the database, takes the next epoch, starts the actors, and returns when the index has caught up with the journal.</summary>
    /// <param name="options">Where.</param>
    /// <param name="clock">The time.</param>
    /// <param name="superseded">Called when another process has taken over the database.</param>
    /// <exception cref="StoreUnavailableException">The database cannot be used.</exception>
    public static async Task<Storage> Open(BackendOptions options, TimeProvider clock, Action superseded)
    {
        var store = SqliteStore.Open(options.Database, TaskIndexTables.Create);
        store.TakeEpoch($"process {Environment.ProcessId}", clock.GetUtcNow());
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("orchestrator", akka => akka.WithOrchestrator(store, clock));
        var host = builder.Build();
        await host.StartAsync();
        var system = host.Services.GetRequiredService<ActorSystem>();
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Listener(superseded))), typeof(Superseded));
        await host.Services.GetRequiredService<ActorRegistry>().Get<TaskIndexActor>()
            .Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Timeout.InfiniteTimeSpan);
        return new Storage(host, store, options, clock);
    }

    /// <summary>Stops the actors and leaves a database without a write-ahead log.</summary>
    public async ValueTask DisposeAsync()
    {
        await _host.StopAsync();
        _host.Dispose();
        _store.Close();
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(Action superseded) => Receive<Superseded>(_ => superseded());
    }
}
