using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>A fault at every act of lock, backup, steps, verification and commit: the database is exactly old or exactly new, and the next start arrives.</summary>
public abstract class FaultSpecs
{
    private protected abstract FaultCase Case { get; }

    [SkippableFact]
    public void A_fault_at_every_act_leaves_the_old_or_the_new_database()
    {
        var (old, @new, acts) = Case.Reference();
        Assert.True(acts.Count > 20, string.Join("\n", acts));
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = Case.Fresh();
            var (at, fired) = (0, "");
            var options = new UpgradeOptions
            {
                Reached = act => fired = at++ == k ? throw new InjectedException(act) : fired,
            };
            var thrown = Assert.Throws<InjectedException>(() => sandbox.To(Case.Wanted, FaultCase.Hints, options).Apply());
            Assert.Equal(acts[k], thrown.Message);
            Assert.Equal(acts[k] == "committed" ? @new : old, sandbox.Content());
            Assert.IsNotType<Failed>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());
            Assert.Equal(@new, sandbox.Content());
            Assert.Equal(new UpToDate(true), sandbox.To(Case.Wanted, FaultCase.Hints).Check());
            Assert.Equal("", FaultCase.Leftovers(sandbox));
        }
    }

    [SkippableFact]
    public void A_fault_at_every_act_of_taking_back_leaves_the_new_or_the_old_database()
    {
        using var reference = Case.Fresh();
        Assert.IsType<Upgraded>(reference.To(Case.Wanted, FaultCase.Hints).Apply());
        var acts = new List<string>();
        Assert.IsType<TakenBack>(reference.To(Case.Wanted, FaultCase.Hints, new UpgradeOptions { Reached = acts.Add }).Rollback());
        var old = reference.Content();
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = Case.Fresh();
            Assert.IsType<Upgraded>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());
            var @new = sandbox.Content();
            var (at, fired) = (0, "");
            var options = new UpgradeOptions { Reached = act => fired = at++ == k ? throw new InjectedException(act) : fired };
            Assert.Throws<InjectedException>(() => sandbox.To(Case.Wanted, FaultCase.Hints, options).Rollback());
            Assert.Equal(acts[k] == "committed" ? old : @new, sandbox.Content());
        }
    }

    [SkippableFact]
    public void A_fault_at_every_act_of_restoring_leaves_what_there_is_and_the_next_restores()
    {
        using var reference = Case.Fresh();
        var made = Assert.IsType<Upgraded>(reference.To(Case.Wanted, FaultCase.Hints).Apply());
        var acts = new List<string>();
        Assert.IsType<TakenBack>(reference.To(Case.Wanted, FaultCase.Hints, new UpgradeOptions { Reached = acts.Add }).Restore(made.Backup!));
        var restored = reference.Content();
        Assert.Contains("restore", acts);
        for (var k = 0; k < acts.Count; k++)
        {
            using var sandbox = Case.Fresh();
            var done = Assert.IsType<Upgraded>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());
            var @new = sandbox.Content();
            var (at, fired) = (0, "");
            var options = new UpgradeOptions { Reached = act => fired = at++ == k ? throw new InjectedException(act) : fired };
            Assert.Throws<InjectedException>(() => sandbox.To(Case.Wanted, FaultCase.Hints, options).Restore(done.Backup!));
            Assert.Equal(@new, sandbox.Content());

            Assert.IsType<TakenBack>(sandbox.To(Case.Wanted, FaultCase.Hints).Restore(done.Backup!));
            Assert.Equal(restored, sandbox.Content());
        }
    }

    [SkippableFact]
    public void A_failure_is_written_into_the_history_that_is_there_and_the_database_is_the_old_one()
    {
        using var sandbox = Case.Fresh();
        Assert.IsType<Upgraded>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());
        var old = sandbox.Content();
        sandbox.Run("DROP INDEX i");
        var options = new UpgradeOptions { Reached = act => _ = act == "verify" ? throw new IOException("the disk is gone") : 0 };

        Assert.Equal("the disk is gone", Assert.IsType<Failed>(sandbox.To(Case.Wanted, FaultCase.Hints, options).Apply()).Reason);

        var last = sandbox.To(Case.Wanted, FaultCase.Hints).History()[^1];
        Assert.Equal(("failed", "the disk is gone"), (last.Status, last.Reason));
        Assert.IsType<Upgraded>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());
        Assert.Equal(old, sandbox.Content());
    }

    [SkippableFact]
    public void A_failure_without_a_history_is_kept_beside_the_database_until_there_is_one()
    {
        using var sandbox = Case.Fresh();
        var old = sandbox.Content();
        foreach (var (act, reason) in new[] { ("verify", "the disk is gone"), ("commit", "the disk is full") })
        {
            var options = new UpgradeOptions { Reached = reached => _ = reached == act ? throw new IOException(reason) : 0 };
            Assert.Equal(reason, Assert.IsType<Failed>(sandbox.To(Case.Wanted, FaultCase.Hints, options).Apply()).Reason);
        }

        Assert.Equal(old, sandbox.Content());
        Assert.ThrowsAny<System.Data.Common.DbException>(() => sandbox.Rows("SELECT * FROM migration_history"));
        Assert.Equal(
            [(1L, "failed", "the disk is gone"), (2L, "failed", "the disk is full")],
            sandbox.To(Case.Wanted, FaultCase.Hints).History().Select(r => (r.Version, r.Status, r.Reason!)));

        var done = Assert.IsType<Upgraded>(sandbox.To(Case.Wanted, FaultCase.Hints).Apply());

        var history = sandbox.To(Case.Wanted, FaultCase.Hints).History();
        Assert.Equal(["failed", "failed", "baseline", "applied"], history.Select(r => r.Status));
        Assert.Equal("the disk is gone", history[0].Reason);
        Assert.Equal((4L, 4L), (done.Version, history[^1].Version));
        Assert.Equal(new UpToDate(true), sandbox.To(Case.Wanted, FaultCase.Hints).Check());
        Assert.Equal("", FaultCase.Leftovers(sandbox));
        Assert.IsType<TakenBack>(sandbox.To(Case.Wanted, FaultCase.Hints).Rollback());
        Assert.Equal(["failed", "failed", "baseline", "rolled back"], sandbox.To(Case.Wanted, FaultCase.Hints).History().Select(r => r.Status));
    }

    [SkippableFact]
    public void A_failure_is_told_of_also_when_the_database_is_then_put_right_by_hand()
    {
        using var sandbox = Case.Fresh();
        const string wanted = "CREATE TABLE more (id INTEGER PRIMARY KEY)";
        var options = new UpgradeOptions { Reached = act => _ = act == "verify" ? throw new IOException("the disk is gone") : 0 };
        for (var i = 0; i < 25; i++)
        {
            Assert.IsType<Failed>(sandbox.To(wanted, options: options).Apply());
        }

        sandbox.Run(wanted);
        Assert.IsType<NothingToDo>(sandbox.To(wanted).Apply());

        var history = sandbox.To(wanted).History();
        Assert.Equal([.. Enumerable.Repeat("failed", 20), "baseline"], history.Select(r => r.Status));
        Assert.Equal(Enumerable.Range(1, 21), history.Select(r => (int)r.Version));
        Assert.Equal("", FaultCase.Leftovers(sandbox));
    }

    private sealed class InjectedException(string act) : Exception(act);
}

public sealed class SqliteFaultSpecs : FaultSpecs
{
    private protected override FaultCase Case => FaultCase.Sqlite;
}

public sealed class SqliteWithoutLogFaultSpecs : FaultSpecs
{
    private protected override FaultCase Case => FaultCase.SqliteWithoutLog;
}

public sealed class PostgresFaultSpecs : FaultSpecs
{
    private protected override FaultCase Case => FaultCase.Postgres;
}
