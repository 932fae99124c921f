using Akka.Actor;
using Akka.Hosting;
using Microsoft.Extensions.DependencyInjection;
using Microsoft.Extensions.Hosting;
using Orchestrator.Actors;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Benchmarks;

/// <summary>The wiring of production on a database of its own.</summary>
internal sealed class StoreUnderTest : IAsyncDisposable
{
    private IHost? _host;
    private SqliteStore? _store;
    private TaskGateway? _tasks;

    private StoreUnderTest(string folder) => Folder = folder;

    public string Folder { get; }

    public static async Task<StoreUnderTest> Create(int tasks)
    {
        var store = new StoreUnderTest(Directory.CreateTempSubdirectory("orchestrator-benchmark-").FullName);
        await store.Open();
        try
        {
            await store.Fill(tasks);
            if (tasks > 0)
            {
                // As a backend finds it: the tasks are in the journal, not in memory.
                await store.Close();
                await store.Open();
            }

            return store;
        }
        catch
        {
            await store.DisposeAsync();
            throw;
        }
    }

    public async Task<TaskReplies.Accepted> Accepted(ITaskCommand command) =>
        await _tasks!.Send(command, CancellationToken.None) switch
        {
            TaskReplies.Accepted accepted => accepted,
            TaskReplies.Refused refused => throw new InvalidOperationException(refused.Refusal.Message),
            var other => throw new InvalidOperationException($"What is a {other.GetType().Name}?"),
        };

    /// <summary>Creates tasks, many at a time, because those share a transaction.</summary>
    public async Task Fill(int tasks, int atOnce = 512)
    {
        var left = tasks;
        await Task.WhenAll(Enumerable.Range(0, Math.Min(atOnce, tasks)).Select(_ => Task.Run(async () =>
        {
            while (Interlocked.Decrement(ref left) >= 0)
            {
                await Accepted(Commands.Plan());
            }
        })));
    }

    /// <summary>Closes the store so that its journal can be written at once.</summary>
    public async Task<BulkJournal> BeginJournal()
    {
        await Close();
        return new BulkJournal(Path.Combine(Folder, "orchestrator.db"));
    }

    /// <summary>Leaves the database where a backend finds it, with a read model that holds what was written meanwhile.</summary>
    public async Task CopyTo(string directory)
    {
        await Open();
        await Close();
        Directory.CreateDirectory(directory);
        File.Copy(Path.Combine(Folder, "orchestrator.db"), Path.Combine(directory, "orchestrator.db"));
        await Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Folder, recursive: true);
    }

    private async Task Open()
    {
        _store = OrchestratorDatabase.Open(Path.Combine(Folder, "orchestrator.db")).Store;
        _store.TakeEpoch("benchmark", TimeProvider.System.GetUtcNow());
        var templates = new TemplateCatalog(new TemplateStore(Path.Combine(Folder, "templates")));
        var builder = Microsoft.Extensions.Hosting.Host.CreateEmptyApplicationBuilder(null);
        builder.Services.AddAkka("orchestrator", akka => akka.WithOrchestrator(_store, templates, TimeProvider.System));
        _host = builder.Build();
        await _host.StartAsync();
        var registry = _host.Services.GetRequiredService<ActorRegistry>();
        await registry.Get<TaskIndexActor>().Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Timeout.InfiniteTimeSpan);
        _tasks = new TaskGateway(registry.Get<TaskActor>(), registry.Get<TaskGraphActor>());
    }

    private async Task Close()
    {
        await _host!.StopAsync();
        _host.Dispose();
        _store!.Close();
    }
}
