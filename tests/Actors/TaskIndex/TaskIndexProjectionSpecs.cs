using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>The filling of the tables, without the actor that asks for it.</summary>
public sealed class TaskIndexProjectionSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync()
    {
        _running = await RunningOrchestrator.Start();
        var plan = Given.Plan("root").WithSubtasks([.. Enumerable.Range(0, 60).Select(i => $"task {i}")]);
        await _running.Accepted(plan);
        await _running.Accepted(Given.Update(plan.TaskId, new TaskChanges { Note = "n" }));
    }

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task One_that_is_disposed_of_during_a_pull_leaves_no_lock_behind()
    {
        for (var i = 0; i < 30; i++)
        {
            using var begun = new ManualResetEventSlim();
            var projection = new TaskIndexProjection(_running.Store.Derived);
            var pull = Task.Run(() =>
            {
                begun.Set();
                return projection.Pull(rebuild: true);
            });
            begun.Wait();
            Thread.SpinWait(i * 5000);

            projection.Dispose();

            await Task.WhenAny(pull);
            using var next = new DataConnection(_running.Store.Durable) { CommandTimeout = 1 };
            next.Execute("BEGIN IMMEDIATE");
            next.Execute("ROLLBACK");
        }
    }

    [Fact]
    public void A_rebuild_in_several_batches_gives_the_same_tables()
    {
        using (var db = new DataConnection(_running.Store.Durable))
        {
            // Twelve hundred notes more, written by hand: more than two batches.
            db.Execute(
                """
                WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < 2200)
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
                SELECT 0, 0, j.persistence_id, i, j.message, j.manifest, 8100 FROM n, journal j WHERE j.manifest = 'task-noted/1'
                """);
        }

        using var projection = new TaskIndexProjection(_running.Store.Derived);
        var position = projection.Pull();
        var before = Tables.Of(_running.Database);

        Assert.Equal(position, projection.Pull(rebuild: true));
        Assert.Equal(before, Tables.Of(_running.Database));
        Assert.Equal(position, projection.Pull());
    }

    [Fact]
    public void Tables_of_another_definition_are_filled_anew()
    {
        using var projection = new TaskIndexProjection(_running.Store.Derived);
        projection.Pull();
        var before = Tables.Of(_running.Database);
        using (var db = new DataConnection(_running.Store.Durable))
        {
            db.Execute("UPDATE projection SET definition = 0");
            db.Execute("DELETE FROM task_index");
        }

        projection.Pull();

        Assert.Equal(before, Tables.Of(_running.Database));
    }

    [Fact]
    public void Tables_that_lost_their_tail_with_their_position_are_caught_up()
    {
        var copy = _running.Database + ".copy";
        using (var source = new SqliteConnection($"Data Source={_running.Database};Pooling=False"))
        {
            source.Open();
            using var target = new SqliteConnection($"Data Source={copy};Pooling=False");
            target.Open();
            source.BackupDatabase(target);
        }

        // The tables as they were ten events ago: filled from a journal that ends there, beside the journal that goes on.
        var whole = Tables.Of(_running.Database);
        var store = SqliteStore.Open(copy);
        store.TakeEpoch("spec", _running.Clock.GetUtcNow());
        using var db = new DataConnection(store.Durable);
        db.Execute("CREATE TABLE tail AS SELECT * FROM journal ORDER BY ordering DESC LIMIT 10");
        db.Execute("DELETE FROM journal WHERE ordering IN (SELECT ordering FROM tail)");
        using var projection = new TaskIndexProjection(store.Derived);
        projection.Pull(rebuild: true);
        Assert.NotEqual(whole, Tables.Of(copy));

        db.Execute("INSERT INTO journal SELECT * FROM tail");
        projection.Pull();

        Assert.Equal(whole, Tables.Of(copy));
    }

    [Fact]
    public void An_event_that_this_build_does_not_know_stops_the_index_and_is_not_passed_over()
    {
        using var projection = new TaskIndexProjection(_running.Store.Derived);
        var before = projection.Pull();
        using var db = new DataConnection(_running.Store.Durable);
        db.Execute(
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) "
            + "VALUES (0, 0, 'task-x', 1, x'7B7D', 'task-dreamt/1', 8100)");

        Assert.Throws<NotSupportedException>(() => projection.Pull());

        Assert.Equal(before, _running.Index.Position());
        db.Execute("DELETE FROM journal WHERE manifest = 'task-dreamt/1'");
        Assert.Equal(before, projection.Pull());
    }
}
