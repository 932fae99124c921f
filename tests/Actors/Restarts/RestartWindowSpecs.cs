using LinqToDB.Data;
using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Restarts;

/// <summary>Work within a restart on a real database: between the end of one actor system and the beginning of the next.</summary>
public sealed class RestartWindowSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    private string Mark => Path.Combine(_running.Folder, "maintenance-window");

    public async Task InitializeAsync()
    {
        _running = await RunningOrchestrator.Start();
        await _running.Accepted(Given.Plan("root"));
    }

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task The_next_planned_start_does_what_was_asked_for_and_writes_it_down()
    {
        Fill();
        var backup = Backups(8, old: 3);
        await Ask(WindowWork.Vacuum, WindowWork.Retention, WindowWork.Compact);
        var events = Count("journal");

        await Restart(isPlanned: true);

        var window = (await _running.Windows.History()).Single();
        Assert.Equal(WindowPhase.Ran, window.Phase);
        Assert.Equal([WindowWork.Compact, WindowWork.Retention, WindowWork.Vacuum], window.Results.Select(r => r.Work));
        Assert.All(window.Results, r => Assert.Equal(WindowOutcome.Done, r.Outcome));
        Assert.Equal([2, 3, 0], window.Results.Select(r => r.Items));
        Assert.Equal(1, Count("snapshot"));
        Assert.Equal(8 - 3, Directory.GetFiles(backup).Length);
        var vacuum = window.Results[2];
        Assert.True(vacuum.BytesAfter < vacuum.BytesBefore - 4_000_000, $"{vacuum.BytesBefore} to {vacuum.BytesAfter}");
        Assert.Equal(events + 1, Count("journal"));   // and the fact that it was done
        Assert.False(File.Exists(Mark));
        await _running.Accepted(Given.Plan("afterwards"));
        await Restart(isPlanned: true);
        Assert.Single(await _running.Windows.History());
    }

    [Fact]
    public async Task A_start_that_was_not_planned_leaves_it_waiting()
    {
        await Ask(WindowWork.Compact);
        await Restart(isPlanned: false);
        Assert.Equal(WindowPhase.Pending, (await _running.Windows.History()).Single().Phase);
        await Restart(isPlanned: true);
        Assert.Equal(WindowPhase.Ran, (await _running.Windows.History()).Single().Phase);
    }

    [Fact]
    public async Task What_was_archived_for_a_time_that_is_over_goes_with_retention()
    {
        var plan = Given.Plan("old");
        await _running.Accepted(plan);
        await _running.Accepted(new TaskCommands.Archive(plan.TaskId, Given.NewCommand(), "spec", "r", ArchiveCause.Orphaned, false));
        await Ask(WindowWork.Retention);
        _running.Clock.Advance(TimeSpan.FromDays(8));

        await Restart(isPlanned: true);

        var result = (await _running.Windows.History()).Single().Results.Single();
        Assert.Equal((WindowOutcome.Done, 1), (result.Outcome, result.Items));
        Assert.Empty(_running.Index.Find([plan.TaskId]));
    }

    [Fact]
    public async Task A_vacuum_that_would_not_fit_is_skipped_and_says_so()
    {
        Fill(megabytes: 30, keep: true);
        await Ask(1, WindowWork.Vacuum);

        await Restart(isPlanned: true);

        var result = (await _running.Windows.History()).Single().Results.Single();
        Assert.Equal(WindowOutcome.Skipped, result.Outcome);
        Assert.Contains("would take about", result.What, StringComparison.Ordinal);
        Assert.Equal(result.BytesBefore, result.BytesAfter);
    }

    [Fact]
    public void A_vacuum_that_turns_out_to_be_too_slow_is_taken_back()
    {
        Fill(megabytes: 30, keep: true);
        var upkeep = RestartWindow.UpkeepOf(_running.Store, _running.Clock);
        var before = upkeep.Space();
        upkeep.Reached = _ => Thread.Sleep(1);   // a disk that has to do other things

        var done = upkeep.Vacuum(TimeSpan.FromMilliseconds(50), bytesPerSecond: 1e12);

        Assert.Equal(Orchestrator.Schema.Sqlite.UpkeepOutcome.Stopped, done.Outcome);
        Assert.Equal(before, upkeep.Space());
        Assert.Equal(3_000, Count("filling"));
    }

    [Fact]
    public async Task A_process_that_ends_in_the_middle_leaves_a_sign_and_the_second_time_it_is_given_up()
    {
        await Ask(WindowWork.Compact);
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            await _running.Close();
            await _running.Open(before: store => Assert.Throws<InvalidOperationException>(
                () => Window(store, act => throw new InvalidOperationException(act)).Begin(isPlanned: true)));
            Assert.True(File.Exists(Mark));

            await Restart(isPlanned: true);   // it does not try again in the same breath

            var window = (await _running.Windows.History()).Single();
            Assert.Equal((attempt, attempt == 2 ? WindowPhase.Failed : WindowPhase.Pending), (window.CutOff, window.Phase));
            Assert.Contains("process 7 began at", window.Cause, StringComparison.Ordinal);
            Assert.False(File.Exists(Mark));
        }
    }

    private async Task Restart(bool isPlanned)
    {
        await _running.Close();
        RestartWindow window = null!;
        await _running.Open(before: store => (window = Window(store, null)).Begin(isPlanned));
        await window.Finish(_running.Windows, _running.Index, _running.Tasks);
    }

    private RestartWindow Window(Schema.Sqlite.SqliteStore store, Action<string>? reached) =>
        new(store, _running.Folder, "process 7", _running.Clock) { Reached = reached };

    private Task Ask(params WindowWork[] work) => Ask(10, work);

    private async Task Ask(int budget, params WindowWork[] work) => Assert.IsType<WindowReplies.Accepted>(
        await _running.Windows.Send(new WindowCommands.Ask(Given.NewCommand(), "spec", new WindowWish(work, budget))));

    private long Count(string table)
    {
        using var db = new DataConnection(_running.Store.ReadOnly);
        return db.Execute<long>($"SELECT count(*) FROM {table}");
    }

    // A file with gaps, and snapshots that nobody needs.
    private void Fill(int megabytes = 6, bool keep = false)
    {
        using var db = new DataConnection(_running.Store.Durable);
        db.Execute("CREATE TABLE filling AS WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < " + (100 * megabytes) + ") SELECT i, randomblob(10000) b FROM n");
        if (!keep)
        {
            db.Execute("DROP TABLE filling");
        }

        db.Execute("INSERT INTO snapshot (persistence_id, sequence_number, created) VALUES ('task-x', 1, 0), ('task-x', 2, 0), ('task-x', 3, 0)");
    }

    private string Backups(int count, int old)
    {
        var folder = Directory.CreateDirectory(Path.Combine(_running.Folder, "backups")).FullName;
        for (var i = 0; i < count; i++)
        {
            var at = _running.Clock.GetUtcNow() - TimeSpan.FromDays(i < old ? 100 + i : i);
            File.WriteAllText(Path.Combine(folder, $"orchestrator-1-{at:yyyyMMdd'T'HHmmssfff'Z'}.db"), "");
        }

        return folder;
    }
}
