using Akka.Actor;
using Akka.Hosting;
using LinqToDB.Data;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.Rules;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Tests;

/// <summary>The production wiring on a database of its own, with a clock that the spec moves.</summary>
public sealed class RunningOrchestrator : IAsyncDisposable
{
    private readonly string _hocon;
    private IHost? _host;
    private SqliteStore? _store;

    private RunningOrchestrator(string folder, string hocon) => (Folder, _hocon) = (folder, hocon);

    public string Folder { get; }

    public string Database => Path.Combine(Folder, "orchestrator.db");

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public SqliteTaskIndex Index => new(_store!.ReadOnly);

    public ActorSystem System => _host!.Services.GetRequiredService<ActorSystem>();

    public TaskGateway Tasks => new(Registry.Get<TaskActor>(), Registry.Get<TaskGraphActor>());

    public TemplateCatalog Templates => new(new TemplateStore(Path.Combine(Folder, "templates")));

    public RulesGateway Rules => new(Registry.Get<RulesActor>());

    public SessionGateway Sessions => new(Registry.Get<SessionActor>());

    public RestartGateway Restarts => new(Registry.Get<RestartActor>());

    public WindowGateway Windows => new(Registry.Get<WindowActor>());

    public IActorRef IndexActor => Registry.Get<TaskIndexActor>();

    public SqliteStore Store => _store!;

    private ActorRegistry Registry => _host!.Services.GetRequiredService<ActorRegistry>();

    public IActorRef Migrations => Registry.Get<MigrationActor>();

    public IActorRef TaskRouter => Registry.Get<TaskActor>();

    public IActorRef SessionRouter => Registry.Get<SessionActor>();

    /// <summary>Starts on a new database, or on what <paramref name="prepare"/> puts in its place.</summary>
    public static async Task<RunningOrchestrator> Start(string hocon = "", Action<string>? prepare = null)
    {
        var running = new RunningOrchestrator(Directory.CreateTempSubdirectory("orchestrator-").FullName, hocon);
        prepare?.Invoke(running.Database);
        await running.Open();
        return running;
    }

    /// <summary>Ends the actor system and starts another one on the same database.</summary>
    public async Task Restart()
    {
        await Close();
        await Open();
    }

    /// <summary>Opens the database, does <paramref name="meanwhile"/> to it if told so, and starts the actors.</summary>
    public async Task Open(string? meanwhile = null, Action<SqliteStore>? before = null)
    {
        _store = OrchestratorDatabase.Open(Database).Store;
        _store.TakeEpoch("spec", Clock.GetUtcNow());
        if (meanwhile is not null)
        {
            using var db = new DataConnection(_store.Durable);
            Assert.NotEqual(0, db.Execute(meanwhile));   // it did happen
        }

        before?.Invoke(_store);
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("orchestrator", akka => akka.WithOrchestrator(_store, Templates, Clock).AddHocon(_hocon, HoconAddMode.Prepend));
        _host = builder.Build();
        await _host.StartAsync();
    }

    public async Task Close()
    {
        await _host!.StopAsync();
        _host.Dispose();
        _store!.Close();
    }

    /// <summary>Waits for what comes by itself: looks again whenever the index has changed, and lets the clock run a little.</summary>
    public async Task Eventually(Func<bool> condition)
    {
        using var changed = new SemaphoreSlim(0);
        var listener = System.ActorOf(Props.Create(() => new Listener(changed)));
        System.EventStream.Subscribe(listener, typeof(TaskIndexActor.Refreshed));
        var deadline = DateTime.UtcNow.AddSeconds(20);
        while (!condition())
        {
            Assert.True(DateTime.UtcNow < deadline, "It did not happen within 20 s.");
            Clock.Advance(TimeSpan.FromMilliseconds(250));
            await changed.WaitAsync(TimeSpan.FromMilliseconds(50));
        }

        await listener.GracefulStop(TimeSpan.FromSeconds(5));
    }

    /// <summary>Fills the read model again from the journal.</summary>
    public async Task<RebuildReport> Rebuild() =>
        (await IndexActor.Ask<TaskIndexActor.Rebuilt>(new TaskIndexActor.Rebuild(), TimeSpan.FromSeconds(20))).Report;

    public Task<ITaskReply> Send(ITaskCommand command) => Tasks.Send(command, CancellationToken.None);

    public async Task<TaskReplies.Accepted> Accepted(ITaskCommand command) => Assert.IsType<TaskReplies.Accepted>(await Send(command));

    public async Task<Refusal> Refused(ITaskCommand command) => Assert.IsType<TaskReplies.Refused>(await Send(command)).Refusal;

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Folder, recursive: true);
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(SemaphoreSlim changed) => ReceiveAny(_ => changed.Release());
    }
}
