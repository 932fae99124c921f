using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Tests;

/// <summary>The production wiring on a database of its own, with a clock that the spec moves.</summary>
public sealed class RunningOrchestrator : IAsyncDisposable
{
    private IHost? _host;
    private SqliteStore? _store;

    private RunningOrchestrator(string folder) => Folder = folder;

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "orchestrator.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public SqliteTaskIndex Index => new(_store!.ReadOnly);

    public ActorSystem System => _host!.Services.GetRequiredService<ActorSystem>();

    public TaskGateway Tasks => new(Registry.Get<TaskActor>(), Registry.Get<TaskGraphActor>());

    public SessionGateway Sessions => new(Registry.Get<SessionActor>());

    public IActorRef IndexActor => Registry.Get<TaskIndexActor>();

    public SqliteStore Store => _store!;

    private ActorRegistry Registry => _host!.Services.GetRequiredService<ActorRegistry>();

    public static async Task<RunningOrchestrator> Start()
    {
        var running = new RunningOrchestrator(Directory.CreateTempSubdirectory("orchestrator-").FullName);
        await running.Open();
        return running;
    }

    /// <summary>Ends the actor system and starts another one on the same database.</summary>
    public async Task Restart()
    {
        await Close();
        await Open();
    }

    public async Task Open()
    {
        _store = SqliteStore.Open(Database, TaskIndexTables.Create);
        _store.TakeEpoch("spec", Clock.GetUtcNow());
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("orchestrator", akka => akka.WithOrchestrator(_store, Clock));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task Close()
    {
        await _host!.StopAsync();
        _host.Dispose();
        _store!.Close();
    }

    public Task<ITaskReply> Send(ITaskCommand command) => Tasks.Send(command, CancellationToken.None);

    public async Task<TaskReplies.Accepted> Accepted(ITaskCommand command) => Assert.IsType<TaskReplies.Accepted>(await Send(command));

    public async Task<Refusal> Refused(ITaskCommand command) => Assert.IsType<TaskReplies.Refused>(await Send(command)).Refusal;

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Folder, recursive: true);
    }
}
