using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Tests.Upgrading;

namespace Orchestrator.Schema.Tests.Postgres;

public sealed class PostgresSafetySpecs : SafetySpecs
{
    private const string One = "CREATE TABLE t (id integer PRIMARY KEY, a text)";
    private const string Two = "CREATE TABLE t (id integer PRIMARY KEY, a integer)";
    private readonly PostgresSandbox _own;

    public PostgresSafetySpecs()
        : this(new PostgresSandbox())
    {
    }

    private PostgresSafetySpecs(PostgresSandbox sandbox)
        : base(sandbox) => _own = sandbox;

    private protected override FaultCase Faults => FaultCase.Postgres;

    [SkippableFact]
    public void Without_room_on_the_servers_disk_nothing_is_begun_where_that_can_be_seen()
    {
        _own.Run(One + ";INSERT INTO t SELECT i, i FROM generate_series(1, 1000) AS i");
        var (old, asked) = (_own.Content(), "");
        long Free(string path) => (asked = path) is null ? 0 : 1000;

        var refused = Assert.IsType<Refused>(_own.To(Two, options: new UpgradeOptions { FreeSpace = Free }).Apply());

        Assert.Equal("space", refused.Refusal.Code);
        Assert.Equal(_own.Ask("SELECT setting || '/base' FROM pg_settings WHERE name = 'data_directory'"), asked);
        Assert.Equal(old, _own.Content());
        Assert.IsType<Upgraded>(_own.To(Two).Apply());   // by the real disk
    }

    [SkippableFact]
    public void Who_waits_in_vain_says_for_whom()
    {
        _own.Run(One);
        using var other = _own.Open();
        other.Execute("SET application_name = 'the holder'; SELECT pg_advisory_lock(hashtext('orchestrator schema'), hashtext(current_schema()))");

        var refused = Assert.IsType<Refused>(_own.To(Two, options: new UpgradeOptions { LockWait = TimeSpan.FromMilliseconds(1) }).Apply());

        Assert.Equal("locked", refused.Refusal.Code);
        Assert.Contains("the holder (server process ", refused.Refusal.Reason, StringComparison.Ordinal);
        other.Close();
        Assert.IsType<Upgraded>(_own.To(Two).Apply());
    }

    [SkippableFact]
    public void A_reader_that_does_not_end_is_named_and_holds_nobody_up_for_long()
    {
        _own.Run(One);
        using var reader = _own.Open();
        reader.Execute("SET application_name = 'the reader'; BEGIN; SELECT * FROM t");

        var refused = Assert.IsType<Refused>(_own.To(Two, options: new UpgradeOptions { LockWait = TimeSpan.FromMilliseconds(1) }).Apply());

        Assert.Contains("the reader (server process ", refused.Refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(0, _own.Rows("SELECT count(*) FROM t")[0][0] is long n ? n : -1);
    }

    [SkippableFact]
    public void A_reader_that_ends_is_waited_for()
    {
        _own.Run(One);
        using var reader = _own.Open();
        reader.Execute("BEGIN; SELECT * FROM t");
        var waited = false;
        var options = new UpgradeOptions
        {
            Progress = p =>
            {
                if (p.Phase == "waiting" && !waited)
                {
                    waited = true;
                    reader.Execute("COMMIT");
                }
            },
        };

        Assert.IsType<Upgraded>(_own.To(Two, options: options).Apply());
        Assert.True(waited);
    }

    [SkippableFact]
    public void A_backup_whose_rows_were_changed_is_not_put_back()
    {
        _own.Run(One + ";INSERT INTO t VALUES (1, '1')");
        var done = Assert.IsType<Upgraded>(_own.To(Two).Apply());
        _own.Run($"UPDATE \"{done.Backup}\".t SET a = 'other'");

        Assert.Contains("the rows of t differ", Assert.IsType<Refused>(_own.To(Two).Restore(done.Backup!)).Refusal.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_change_that_touches_no_row_needs_no_backup()
    {
        _own.Run(One);

        Assert.Null(Assert.IsType<Upgraded>(_own.To(One + ";CREATE INDEX i ON t (a)").Apply()).Backup);
        Assert.Equal(0, Backups());
    }

    [SkippableFact]
    public void A_value_that_a_step_changes_in_secret_is_missed()
    {
        _own.Run("CREATE TABLE t (id integer PRIMARY KEY, a text, b text);INSERT INTO t VALUES (1, '1', 'kept')");
        var options = new UpgradeOptions { Tamper = act => act == "verify" ? "UPDATE t SET b = 'other'" : null };

        var refused = Assert.IsType<Refused>(_own.To("CREATE TABLE t (id integer PRIMARY KEY, a integer, b text)", options: options).Apply());

        Assert.Contains("the content of t changed", refused.Refusal.Reason, StringComparison.Ordinal);
        Assert.Equal("1|1|kept", _own.Ask("SELECT * FROM t"));
    }

    [SkippableFact]
    public void A_server_that_is_not_there_is_named()
    {
        var upgrade = DatabaseUpgrade.For("postgresql://nobody@127.0.0.1:1/nowhere?Timeout=5", _own.Wanted(One));

        var refusal = Assert.IsType<UpgradeRefusal>(upgrade.Check());

        Assert.Equal("unavailable", refusal.Code);
        Assert.Contains("nowhere on 127.0.0.1", refusal.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void Verify_names_what_is_wrong()
    {
        Assert.IsType<Upgraded>(_own.To(One).Apply());
        Assert.Empty(_own.To(One).Verify());

        _own.Run("ALTER TABLE t RENAME TO u;CREATE TABLE c (p integer);ALTER TABLE c ADD CONSTRAINT k FOREIGN KEY (p) REFERENCES u NOT VALID;"
            + "SET check_function_bodies = off;CREATE FUNCTION broken() RETURNS integer LANGUAGE sql AS 'SELECT x FROM nowhere'");

        var wrong = string.Join("\n", _own.To(One).Verify());
        Assert.Contains("broken() does not work", wrong, StringComparison.Ordinal);
        Assert.Contains("the constraint k of c was never validated", wrong, StringComparison.Ordinal);
        Assert.Contains("table t is gone since migration 1", wrong, StringComparison.Ordinal);
    }

    protected override int Backups() => (int)(long)_own.Rows($"SELECT count(*) FROM pg_namespace WHERE starts_with(nspname::text, 'backup_{_own.SchemaName}_')")[0][0]!;
}
