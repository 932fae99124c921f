using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What is remembered, and what is refused because of it.</summary>
public sealed class HistorySpecs : IDisposable
{
    private const string One = "CREATE TABLE t (a TEXT)";
    private const string Two = "CREATE TABLE t (a TEXT, b INTEGER)";
    private readonly Sandbox _sandbox = new();

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void The_history_says_who_did_what_when_with_which_program_and_how_to_undo_it()
    {
        _sandbox.Run(One);
        var options = new UpgradeOptions { Who = "the spec", Program = "1.2.3" };

        var done = Assert.IsType<Upgraded>(_sandbox.To(Two, options: options, version: 4).Apply());

        var history = _sandbox.To(Two).History();
        Assert.Equal([(1, "baseline"), (2, "applied")], history.Select(r => ((int)r.Version, r.Status)));
        var row = history[1];
        Assert.Equal(("the spec", "1.2.3", Environment.MachineName, (int?)4, "add column t.b"), (row.Who, row.Program, row.Host, row.CodeVersion, row.Name));
        Assert.Equal(["ALTER TABLE \"t\" DROP COLUMN \"b\""], Assert.Single(row.Steps).Undo);
        Assert.Equal((done.Backup, SqliteBackup.Hash(done.Backup!)), (row.Backup, row.BackupHash));
        Assert.Equal(2, done.Version);
    }

    [Fact]
    public void The_plan_prints_exactly_what_is_run()
    {
        _sandbox.Run(FaultSpecs.Before);
        var upgrade = _sandbox.To(FaultSpecs.Wanted, FaultSpecs.Hints);

        var plan = Assert.IsType<UpgradeNeeded>(upgrade.Check()).Plan;
        var done = Assert.IsType<Upgraded>(upgrade.Apply());

        Assert.Equal(plan.Checksum, done.Plan.Checksum);
        Assert.Equal(plan.Steps.SelectMany(s => s.Sql), upgrade.History()[^1].Steps.SelectMany(s => s.Sql));
    }

    [Fact]
    public void A_look_changes_nothing_and_makes_no_file()
    {
        Assert.IsType<UpgradeNeeded>(_sandbox.To(One).Check());
        Assert.Empty(Directory.GetFileSystemEntries(_sandbox.Folder));

        _sandbox.Run(One);
        var bytes = File.ReadAllBytes(_sandbox.Database);
        Assert.IsType<UpgradeNeeded>(_sandbox.To(Two).Check());
        Assert.Equal(bytes, File.ReadAllBytes(_sandbox.Database));
    }

    [Fact]
    public void A_newer_database_is_refused_and_not_one_byte_changes()
    {
        Assert.IsType<Upgraded>(_sandbox.To(Two, version: 7).Apply());
        var bytes = File.ReadAllBytes(_sandbox.Database);

        var refusal = Assert.IsType<Refused>(_sandbox.To(One, version: 6).Apply()).Refusal;

        Assert.Equal("newer", refusal.Code);
        Assert.Contains("schema version 7, this program knows 6", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal(bytes, File.ReadAllBytes(_sandbox.Database));
    }

    [Fact]
    public void DDL_that_a_later_one_replaced_is_that_of_an_older_program_unless_it_is_a_file()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One).Apply());
        Assert.IsType<Upgraded>(_sandbox.To(Two).Apply());

        Assert.Equal("newer", Assert.IsType<UpgradeRefusal>(_sandbox.To(One).Check()).Code);
        Assert.IsType<UpToDate>(_sandbox.To(One, options: new UpgradeOptions { RefuseOlder = false }).Check());   // the new column is kept
    }

    [Fact]
    public void A_database_that_is_as_wanted_is_taken_as_the_baseline()
    {
        _sandbox.Run(One);

        Assert.Equal(new UpToDate(false), _sandbox.To(One).Check());
        Assert.IsType<NothingToDo>(_sandbox.To(One).Apply());

        Assert.Equal(new UpToDate(true), _sandbox.To(One).Check());
        Assert.Equal("baseline", Assert.Single(_sandbox.To(One).History()).Status);
    }

    [Fact]
    public void What_somebody_changed_by_hand_is_named_and_put_right()
    {
        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Apply());
        _sandbox.Run("DROP INDEX i;ALTER TABLE t ALTER COLUMN a DROP NOT NULL;CREATE TABLE mine (x)");

        var needed = Assert.IsType<UpgradeNeeded>(_sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Check());

        Assert.Equal(["table t was changed since migration 1: a NOT NULL", "index i was changed or dropped since migration 1"], needed.Drift);
        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Apply());
        Assert.Equal("0", _sandbox.Ask("SELECT count(*) FROM mine"));
    }

    [Fact]
    public void What_the_user_makes_costs_one_comparison_and_then_one_read_again()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One).Apply());
        _sandbox.Run("CREATE TABLE mine (x)");

        Assert.Equal(new UpToDate(false), _sandbox.To(One).Check());
        Assert.IsType<NothingToDo>(_sandbox.To(One).Apply());
        Assert.Equal(new UpToDate(true), _sandbox.To(One).Check());
        Assert.Single(_sandbox.To(One).History());
    }

    [Fact]
    public void An_index_and_a_view_of_ours_go_when_they_are_no_longer_wanted_and_the_users_stay()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One + ";CREATE INDEX ours ON t (a);CREATE VIEW our_view AS SELECT a FROM t").Apply());
        _sandbox.Run("CREATE INDEX theirs ON t (a DESC);CREATE VIEW their_view AS SELECT a FROM t");

        Assert.IsType<Upgraded>(_sandbox.To(Two).Apply());

        Assert.Equal("their_view; theirs", _sandbox.Ask("SELECT name FROM sqlite_schema WHERE type IN ('view', 'index') ORDER BY name"));
    }

    [Fact]
    public void A_history_that_was_changed_is_refused()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One).Apply());
        _sandbox.Run("UPDATE migration_history SET wanted = '[]'");

        var refusal = Assert.IsType<UpgradeRefusal>(_sandbox.To(Two).Check());

        Assert.Equal("history", refusal.Code);
        Assert.Contains("row 1 of migration_history was changed", refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_history_of_another_tool_is_refused()
    {
        _sandbox.Run("CREATE TABLE migration_history (id INTEGER, script TEXT);INSERT INTO migration_history VALUES (1, 'x')");

        Assert.Contains("not ours", Assert.IsType<Refused>(_sandbox.To(One).Apply()).Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_migration_that_another_tool_left_half_done_is_refused()
    {
        Assert.IsType<Upgraded>(_sandbox.To(One).Apply());
        _sandbox.Run("UPDATE migration_history SET status = 'pending'");

        Assert.Contains("half done", Assert.IsType<Refused>(_sandbox.To(Two).Apply()).Refusal.Reason, StringComparison.Ordinal);
    }

    [Fact]
    public void A_swap_is_done_once_though_it_looks_undone()
    {
        _sandbox.Run("CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('A', 'B')");
        const string hints = """{"renames":[{"kind":"column","table":"t","from":"a","to":"b"},{"kind":"column","table":"t","from":"b","to":"a"}]}""";
        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (a TEXT, b TEXT)", hints).Apply());

        Assert.IsType<Upgraded>(_sandbox.To("CREATE TABLE t (a TEXT, b TEXT, c)", hints).Apply());

        Assert.Equal("B|A", _sandbox.Ask("SELECT a, b FROM t"));
    }

    [Fact]
    public void A_rename_that_nobody_declared_is_suggested()
    {
        _sandbox.Run(Two);

        var plan = Assert.IsType<UpgradeNeeded>(_sandbox.To("CREATE TABLE t (a TEXT, count INTEGER)").Check()).Plan;

        Assert.Contains("if t.b is now called count, declare the rename", string.Join("\n", plan.Notes), StringComparison.Ordinal);
    }

    [Fact]
    public void Wanted_DDL_that_does_not_work_never_touches_the_file()
    {
        _sandbox.Run(One);
        var bytes = File.ReadAllBytes(_sandbox.Database);

        Assert.Equal("wanted", Assert.IsType<Refused>(_sandbox.To("CREATE TABLE t (a TEXT, a TEXT)").Apply()).Refusal.Code);
        Assert.Equal(bytes, File.ReadAllBytes(_sandbox.Database));
    }

    [Fact]
    public void Statements_of_a_file_end_where_SQLite_says() => Assert.Equal(
        ["CREATE TABLE t (a /* ; */)", "CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT ';'; END"],
        SqlScript.Statements("-- ;\nCREATE TABLE t (a /* ; */);\n CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; SELECT ';'; END; -- last").Select(s => s.Replace("-- ;\n", "", StringComparison.Ordinal)));

    [Fact]
    public void A_hint_file_may_leave_out_every_key_and_must_be_one()
    {
        Assert.Empty(SchemaHints.Parse("{}").Renames);
        Assert.True(SchemaHints.Parse("""{"allow_destructive":true,"drop_tables":["x"]}""").AllowDestructive);
        Assert.Contains("hints", Assert.Throws<Orchestrator.Schema.Model.SchemaException>(() => SchemaHints.Parse("[")).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void The_store_of_this_program_is_up_to_date_with_its_own_tables()
    {
        var upgrade = new DatabaseUpgrade(_sandbox.Database, new WantedSchema(SqliteStore.Tables, SchemaHints.None));

        Assert.IsType<Upgraded>(upgrade.Apply());

        SqliteStore.Open(_sandbox.Database).Close();
        SqliteConnection.ClearAllPools();
        Assert.Equal(new UpToDate(true), upgrade.Check());
    }
}
