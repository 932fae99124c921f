using Akka.Actor;
using LinqToDB.Data;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>The filling of tables beside those that are read, and the change to them.</summary>
public sealed class TaskIndexRebuildSpecs : IAsyncLifetime
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
    public async Task Tables_that_are_right_are_found_so_and_every_event_is_replayed()
    {
        var before = Tables.Of(_running.Database);

        var report = await _running.Rebuild();

        using var db = new DataConnection(_running.Store.ReadOnly);
        var events = db.Execute<long>("SELECT count(*) FROM journal WHERE manifest LIKE 'task-%' OR manifest LIKE 'session-%'");
        Assert.Equal((0, events, _running.Index.Position()), (report.Corrected, report.Events, report.Position));
        Assert.Equal(before, Tables.Of(_running.Database));
        Assert.Equal([_running.Database], Directory.GetFiles(_running.Folder, "*.db*").Where(f => !f.EndsWith("-wal", StringComparison.Ordinal) && !f.EndsWith("-shm", StringComparison.Ordinal)));
    }

    [Fact]
    public async Task Rows_that_were_lost_changed_or_never_planned_are_put_right_and_counted()
    {
        var before = Tables.Of(_running.Database);
        using (var db = new DataConnection(_running.Store.Durable))
        {
            Assert.Equal(3, db.Execute("UPDATE task_index SET title = 'wrong' WHERE title IN ('task 1', 'task 2', 'task 3')"));
            Assert.Equal(1, db.Execute("UPDATE task_index SET reason = 'out of nothing' WHERE title = 'task 4'"));
            Assert.Equal(1, db.Execute("DELETE FROM task_index WHERE title = 'task 5'"));
            Assert.Equal(1, db.Execute("INSERT INTO task_attribute (task_id, name, kind, value) VALUES ('task_x', 'a', 0, 'b')"));
        }

        var report = await _running.Rebuild();

        Assert.Equal(6, report.Corrected);
        Assert.Equal(before, Tables.Of(_running.Database));
        Assert.Equal(0, (await _running.Rebuild()).Corrected);
    }

    [Fact]
    public async Task What_is_read_and_changed_meanwhile_is_whole_at_every_moment()
    {
        var (planned, looked) = (0, 0);
        for (var events = 1_500; looked < 2; events *= 2)   // until a change comes in between, however fast the machine is
        {
            Assert.True(events < 100_000, "It was always over before anybody could look.");
            await Lengthen(events);
            var rebuilding = _running.Rebuild();
            looked = 0;
            do
            {
                await _running.Accepted(Given.Plan($"meanwhile {planned++}"));
                Assert.Equal(61 + planned, _running.Index.Count().Total);   // never the half-filled ones
                looked++;
            }
            while (!rebuilding.IsCompleted);

            var report = await rebuilding;
            Assert.Equal((0, 61 + planned), (report.Corrected, _running.Index.Count().Total));
            Assert.True(report.Events > events);
        }

        var after = Tables.Of(_running.Database);
        using var projection = new TaskIndexProjection(_running.Store.Derived);
        projection.Pull(rebuild: true);
        Assert.Equal(after, Tables.Of(_running.Database));
    }

    [Fact]
    public async Task One_that_fails_leaves_the_tables_and_says_why_and_the_next_one_goes_well()
    {
        using var db = new DataConnection(_running.Store.Durable);
        var before = Tables.Of(_running.Database);
        File.WriteAllText($"{_running.Database}.rebuild", "left by somebody who was killed");
        db.Execute(
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) "
            + "VALUES (0, 0, 'task-x', 1, x'7B7D', 'task-dreamt/1', 8100)");

        await Assert.ThrowsAnyAsync<Exception>(_running.Rebuild);

        var failed = (await State()).Report!;
        Assert.Contains("task-dreamt/1", failed.Error, StringComparison.Ordinal);
        Assert.False(failed.IsRunning);
        Assert.Equal(before, Tables.Of(_running.Database));
        db.Execute("DELETE FROM journal WHERE manifest = 'task-dreamt/1'");
        Assert.Null((await _running.Rebuild()).Error);
        Assert.False(File.Exists($"{_running.Database}.rebuild"));
    }

    [Fact]
    public async Task A_process_that_ends_in_the_middle_waits_for_no_rebuild_and_leaves_no_lock()
    {
        for (var (events, isCutOff) = (1_500, false); !isCutOff; events *= 2)
        {
            Assert.True(events < 100_000, "It was always over before it could be cut off.");
            await Lengthen(events);
            var rebuilding = _running.Rebuild();
            Assert.True(SpinWait.SpinUntil(() => File.Exists($"{_running.Database}.rebuild") || rebuilding.IsCompleted, TimeSpan.FromSeconds(10)));

            await _running.Restart();

            isCutOff = !rebuilding.IsCompletedSuccessfully;
        }

        Assert.False(File.Exists($"{_running.Database}.rebuild"));
        await _running.Accepted(Given.Plan("afterwards"));
        Assert.Equal(62, _running.Index.Count().Total);
    }

    [Fact]
    public async Task Two_that_ask_at_once_share_one()
    {
        await Lengthen(1_500);
        var reports = await Task.WhenAll(_running.Rebuild(), _running.Rebuild());
        Assert.Same(reports[0], reports[1]);
    }

    private Task<TaskIndexActor.RebuildState> State() =>
        _running.IndexActor.Ask<TaskIndexActor.RebuildState>(new TaskIndexActor.GetRebuild(), TimeSpan.FromSeconds(20));

    // Notes more, written by hand: several batches.
    private async Task Lengthen(int events)
    {
        using (var db = new DataConnection(_running.Store.Durable))
        {
            db.Execute(
                $"""
                WITH RECURSIVE
                  j AS (SELECT persistence_id, max(sequence_number) AS last, message, manifest FROM journal WHERE manifest = 'task-noted/1'),
                  n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {events})
                INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier)
                SELECT 0, 0, j.persistence_id, j.last + n.i, j.message, j.manifest, 8100 FROM n, j
                """);
        }

        await _running.IndexActor.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), TimeSpan.FromSeconds(60));
    }
}
