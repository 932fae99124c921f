using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>Locks, backups, space and damage.</summary>
public sealed class SqliteSafetySpecs : IDisposable
{
    private const string One = "CREATE TABLE t (a TEXT)";
    private const string Two = "CREATE TABLE t (a TEXT, b INTEGER)";
    private readonly SqliteSandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void Two_at_once_migrate_once()
    {
        _sandbox.Run($"PRAGMA journal_mode = wal;{One};INSERT INTO t VALUES ('x')");

        var outcomes = new UpgradeOutcome[4];
        Parallel.For(0, 4, i => outcomes[i] = _sandbox.To(Two).Apply());

        Assert.Single(outcomes.OfType<Upgraded>());
        Assert.Equal(3, outcomes.OfType<NothingToDo>().Count());
        Assert.Equal("x|NULL", _sandbox.Ask("SELECT * FROM t"));
        Assert.Equal(2, _sandbox.To(Two).History().Count);
    }

    [Fact]
    public void Who_waits_in_vain_says_for_whom()
    {
        _sandbox.Run(One);
        using var other = SqliteBackup.Open(_sandbox.Database, SqliteOpenMode.ReadWrite);
        other.Execute("BEGIN IMMEDIATE");
        File.WriteAllText($"{_sandbox.Database}.migrating", "the holder");
        var said = new List<string>();

        var refused = Assert.IsType<Refused>(_sandbox.To(Two, options: new UpgradeOptions { LockWait = TimeSpan.FromMilliseconds(1), Progress = p => said.Add(p.What) }).Apply());

        Assert.Equal("locked", refused.Refusal.Code);
        Assert.Contains("the holder", refused.Refusal.Reason, StringComparison.Ordinal);
        other.Execute("ROLLBACK");
        Assert.IsType<Upgraded>(_sandbox.To(Two).Apply());
    }

    [Fact]
    public void The_note_names_the_holder_while_it_migrates()
    {
        _sandbox.Run(One);
        var note = "";
        var options = new UpgradeOptions { Who = "me", Progress = p => note = p.Phase == "step" ? File.ReadAllText($"{_sandbox.Database}.migrating") : note };

        Assert.IsType<Upgraded>(_sandbox.To(Two, options: options).Apply());

        Assert.StartsWith($"me, process {Environment.ProcessId} on ", note, StringComparison.Ordinal);
    }

    [Fact]
    public void Without_room_nothing_is_begun()
    {
        _sandbox.Run(One);
        var old = _sandbox.Content();

        Assert.Equal("space", Assert.IsType<Refused>(_sandbox.To(Two, options: new UpgradeOptions { FreeSpace = _ => 1000 }).Apply()).Refusal.Code);

        Assert.Equal(old, _sandbox.Content());
        Assert.False(Directory.Exists(Path.Combine(_sandbox.Folder, "backups")));
    }

    [Fact]
    public void The_backup_is_the_database_as_it_was_and_can_be_put_back()
    {
        _sandbox.Run($"PRAGMA journal_mode = wal;{One};INSERT INTO t VALUES ('x')");
        var old = _sandbox.Content();
        var done = Assert.IsType<Upgraded>(_sandbox.To(Two).Apply());
        _sandbox.Run("INSERT INTO t VALUES ('y', 2)");

        var back = Assert.IsType<TakenBack>(_sandbox.To(Two).Restore(done.Backup!));

        Assert.Equal(old, _sandbox.Content());
        Assert.NotNull(back.Backup);
        Assert.IsType<TakenBack>(_sandbox.To(Two).Restore(back.Backup!));
        Assert.Equal("x|NULL; y|2", _sandbox.Ask("SELECT * FROM t"));
    }

    [Fact]
    public void A_backup_that_was_changed_is_not_put_back()
    {
        _sandbox.Run(One);
        var done = Assert.IsType<Upgraded>(_sandbox.To(Two).Apply());
        using (var file = File.Open(done.Backup!, FileMode.Append))
        {
            file.WriteByte(1);
        }

        Assert.Contains("SHA-256", Assert.IsType<Refused>(_sandbox.To(Two).Restore(done.Backup!)).Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void So_many_backups_are_kept_and_no_more()
    {
        _sandbox.Run("CREATE TABLE t (c0)");
        for (var i = 1; i < 5; i++)
        {
            var ddl = $"CREATE TABLE t ({string.Join(", ", Enumerable.Range(0, i + 1).Select(c => $"c{c}"))})";
            Assert.IsType<Upgraded>(_sandbox.To(ddl, options: new UpgradeOptions { KeepBackups = 2 }).Apply());
        }

        Assert.Equal(2, Directory.GetFiles(Path.Combine(_sandbox.Folder, "backups")).Length);
    }

    [Fact]
    public void A_damaged_database_is_named_and_left_alone()
    {
        File.WriteAllText(_sandbox.Database, new string('x', 9000));

        Assert.Equal("damaged", Assert.IsType<Refused>(_sandbox.To(One).Apply()).Refusal.Code);
        Assert.NotEmpty(_sandbox.To(One).Verify());
        Assert.Equal(new string('x', 9000), File.ReadAllText(_sandbox.Database));
    }

    [Fact]
    public void A_damaged_page_is_found_when_the_backup_is_verified()
    {
        _sandbox.Run(One + ";WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 5000) INSERT INTO t SELECT 'row ' || i FROM n");
        using (var file = File.Open(_sandbox.Database, FileMode.Open))
        {
            file.Position = 4096 * 5;
            file.Write(new byte[4096]);
        }

        var bytes = File.ReadAllBytes(_sandbox.Database);
        Assert.IsType<Refused>(_sandbox.To(Two).Apply());
        Assert.Equal(bytes, File.ReadAllBytes(_sandbox.Database));
    }

    [Fact]
    public void Verify_names_everything_that_is_wrong()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One).Apply());
        Assert.Empty(_sandbox.To(One).Verify());

        _sandbox.Run("ALTER TABLE t RENAME TO u;CREATE TABLE c (p REFERENCES q);CREATE TABLE q (id INTEGER PRIMARY KEY)");
        _sandbox.Run("PRAGMA foreign_keys = OFF;INSERT INTO c VALUES (5);CREATE VIEW broken AS SELECT * FROM nowhere");

        var wrong = string.Join("\n", _sandbox.To(One).Verify());
        Assert.Contains("broken does not work", wrong, StringComparison.Ordinal);
        Assert.Contains("c row 1 has no parent in q", wrong, StringComparison.Ordinal);
        Assert.Contains("table t is gone since migration 1", wrong, StringComparison.Ordinal);
    }

    [Fact]
    public void Progress_is_told_step_by_step()
    {
        _sandbox.Run(FaultCase.Sqlite.Before);
        var told = new List<UpgradeProgress>();

        Assert.IsType<Upgraded>(_sandbox.To(FaultCase.Sqlite.Wanted, FaultCase.Hints, new UpgradeOptions { Progress = told.Add }).Apply());

        Assert.Contains(told, p => p is { Phase: "backup" });
        Assert.Contains(told, p => p is { Phase: "step", Step: 1 } && p.What == "rename column p.b to d");
        Assert.Equal("verify", told[^1].Phase);
    }

    [Fact]
    public void A_reader_may_read_the_old_rows_while_a_database_with_a_log_migrates()
    {
        _sandbox.Run($"PRAGMA journal_mode = wal;{One};INSERT INTO t VALUES ('x')");
        using var reader = SqliteBackup.Open(_sandbox.Database, SqliteOpenMode.ReadOnly);
        reader.Execute("BEGIN");
        Assert.Equal(1, reader.Number("SELECT count(*) FROM t"));

        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (a TEXT UNIQUE)").Apply());

        Assert.Equal("x", reader.Scalar("SELECT a FROM t"));
    }
}
