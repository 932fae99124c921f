using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>Locks and backups, on either database.</summary>
public abstract class SafetySpecs(Sandbox sandbox) : IDisposable
{
    private const string One = "CREATE TABLE t (id INTEGER PRIMARY KEY, a TEXT)";
    private const string Two = "CREATE TABLE t (id INTEGER PRIMARY KEY, a INTEGER)";

    private protected abstract FaultCase Faults { get; }

    public void Dispose()
    {
        sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void Two_at_once_migrate_once()
    {
        sandbox.Run(One + ";INSERT INTO t VALUES (1, '1')");

        var outcomes = new UpgradeOutcome[4];
        Parallel.For(0, 4, i => outcomes[i] = sandbox.To(Two).Apply());

        Assert.Single(outcomes.OfType<Upgraded>());
        Assert.Equal(3, outcomes.OfType<NothingToDo>().Count());
        Assert.Equal("1|1", sandbox.Ask("SELECT * FROM t"));
        Assert.Equal(2, sandbox.To(Two).History().Count);
    }

    [SkippableFact]
    public void A_backup_is_the_rows_as_they_were_and_can_be_put_back()
    {
        sandbox.Run(One + ";CREATE TABLE c (t INTEGER REFERENCES t (id));INSERT INTO t VALUES (1, '1');INSERT INTO c VALUES (1)");
        var old = sandbox.Content();
        var done = Assert.IsType<Upgraded>(sandbox.To(Two).Apply());
        sandbox.Run("INSERT INTO t VALUES (2, 2)");

        var back = Assert.IsType<TakenBack>(sandbox.To(Two).Restore(done.Backup!));

        Assert.Equal(old, sandbox.Content());
        Assert.NotNull(back.Backup);
        Assert.IsType<TakenBack>(sandbox.To(Two).Restore(back.Backup!));
        Assert.Equal("1|1; 2|2", sandbox.Ask("SELECT * FROM t ORDER BY id"));
    }

    [SkippableFact]
    public void A_backup_of_all_that_can_hang_on_a_table_can_be_put_back()
    {
        sandbox.Run(Faults.Before);
        var old = sandbox.Content();
        var done = Assert.IsType<Upgraded>(sandbox.To(Faults.Wanted, FaultCase.Hints).Apply());

        Assert.IsType<TakenBack>(sandbox.To(Faults.Wanted, FaultCase.Hints).Restore(done.Backup!));

        Assert.Equal(Rows(old), Rows(sandbox.Content()));
        Assert.IsNotType<Failed>(sandbox.To(Faults.Wanted, FaultCase.Hints).Apply());
    }

    [SkippableFact]
    public void A_backup_that_is_not_there_is_refused()
    {
        sandbox.Run(One);

        Assert.Equal("backup", Assert.IsType<Refused>(sandbox.To(One).Restore("nowhere")).Refusal.Code);
    }

    [SkippableFact]
    public void Backups_go_by_number_and_by_age_and_the_newest_stays()
    {
        var clock = new Clock();
        var options = new UpgradeOptions { Clock = clock, KeepBackups = 3, KeepBackupsFor = TimeSpan.FromDays(30), RefuseOlder = false };
        sandbox.Run(One + ";INSERT INTO t VALUES (1, '1')");
        for (var i = 0; i < 5; i++)
        {
            clock.Now += TimeSpan.FromDays(1);
            Assert.IsType<Upgraded>(sandbox.To(i % 2 == 0 ? Two : One, options: options).Apply());
        }

        Assert.Equal(3, Backups());
        clock.Now += TimeSpan.FromDays(100);
        Assert.IsType<Upgraded>(sandbox.To(One, options: options).Apply());
        Assert.Equal(1, Backups());
    }

    [SkippableFact]
    public void Progress_is_told_step_by_step()
    {
        sandbox.Run(Faults.Before);
        var told = new List<UpgradeProgress>();

        Assert.IsType<Upgraded>(sandbox.To(Faults.Wanted, FaultCase.Hints, new UpgradeOptions { Progress = told.Add }).Apply());

        Assert.Contains(told, p => p is { Phase: "backup" });
        Assert.Contains(told, p => p is { Phase: "step", Step: 1 } && p.What == "rename column p.b to d");
        Assert.Equal("verify", told[^1].Phase);
    }

    [SkippableFact]
    public void Rows_that_a_step_loses_in_secret_are_missed()
    {
        sandbox.Run(One + ";INSERT INTO t VALUES (1, '1'), (2, '2')");
        var old = sandbox.Content();
        var options = new UpgradeOptions { Tamper = act => act == "verify" ? "DELETE FROM t WHERE id = 2" : null };

        Assert.Contains("t has 1 rows where it had 2", Assert.IsType<Refused>(sandbox.To(Two, options: options).Apply()).Refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(old, sandbox.Content());
    }

    protected abstract int Backups();

    private static string Rows(string content) => string.Join("\n", content.Split('\n').Where(l => l.StartsWith("p: ", StringComparison.Ordinal) || l.StartsWith("c: ", StringComparison.Ordinal)));

    private sealed class Clock : TimeProvider
    {
        public DateTimeOffset Now { get; set; } = new(2026, 1, 1, 0, 0, 0, TimeSpan.Zero);

        public override DateTimeOffset GetUtcNow() => Now;
    }
}

public sealed class SqliteSharedSafetySpecs : SafetySpecs
{
    private readonly SqliteSandbox _own;

    public SqliteSharedSafetySpecs()
        : this(new SqliteSandbox())
    {
    }

    private SqliteSharedSafetySpecs(SqliteSandbox sandbox)
        : base(sandbox) => _own = sandbox;

    private protected override FaultCase Faults => FaultCase.Sqlite;

    protected override int Backups() => Directory.GetFiles(_own.Options(null).BackupFolder!).Length;
}
