using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What is remembered, and what is refused because of it.</summary>
public abstract class HistorySpecs(Sandbox sandbox) : IDisposable
{
    protected const string One = "CREATE TABLE t (a TEXT)";
    protected const string Two = "CREATE TABLE t (a TEXT, b INTEGER)";

    private protected abstract FaultCase Faults { get; }

    public void Dispose()
    {
        sandbox.Dispose();
        GC.SuppressFinalize(this);
    }

    [SkippableFact]
    public void The_plan_prints_exactly_what_is_run()
    {
        sandbox.Run(Faults.Before);
        var upgrade = sandbox.To(Faults.Wanted, FaultCase.Hints);

        var plan = Assert.IsType<UpgradeNeeded>(upgrade.Check()).Plan;
        var done = Assert.IsType<Upgraded>(upgrade.Apply());

        Assert.Equal(plan.Checksum, done.Plan.Checksum);
        Assert.Equal(plan.Steps.SelectMany(s => s.Sql), upgrade.History()[^1].Steps.SelectMany(s => s.Sql));
    }

    [SkippableFact]
    public void A_newer_database_is_refused_and_not_one_byte_changes()
    {
        Assert.IsType<Upgraded>(sandbox.To(Two, version: 7).Apply());
        var (content, rows) = (sandbox.Content(), sandbox.Ask("SELECT * FROM migration_history"));

        var refusal = Assert.IsType<Refused>(sandbox.To(One, version: 6).Apply()).Refusal;

        Assert.Equal("newer", refusal.Code);
        Assert.Contains("schema version 7, this program knows 6", refusal.Reason, StringComparison.Ordinal);
        Assert.Equal((content, rows), (sandbox.Content(), sandbox.Ask("SELECT * FROM migration_history")));
    }

    [SkippableFact]
    public void DDL_that_a_later_one_replaced_is_that_of_an_older_program_unless_it_is_a_file()
    {
        Assert.IsType<Upgraded>(sandbox.To(One).Apply());
        Assert.IsType<Upgraded>(sandbox.To(Two).Apply());

        Assert.Equal("newer", Assert.IsType<UpgradeRefusal>(sandbox.To(One).Check()).Code);
        Assert.IsType<UpToDate>(sandbox.To(One, options: new UpgradeOptions { RefuseOlder = false }).Check());   // the new column is kept
    }

    [SkippableFact]
    public void A_database_that_is_as_wanted_is_taken_as_the_baseline()
    {
        sandbox.Run(One);

        Assert.Equal(new UpToDate(false), sandbox.To(One).Check());
        Assert.IsType<NothingToDo>(sandbox.To(One).Apply());

        Assert.Equal(new UpToDate(true), sandbox.To(One).Check());
        Assert.Equal("baseline", Assert.Single(sandbox.To(One).History()).Status);
    }

    [SkippableFact]
    public void What_somebody_changed_by_hand_is_named_and_put_right()
    {
        Assert.IsType<Upgraded>(sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Apply());
        sandbox.Run("DROP INDEX i;ALTER TABLE t ALTER COLUMN a DROP NOT NULL;CREATE TABLE mine (x TEXT)");

        var needed = Assert.IsType<UpgradeNeeded>(sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Check());

        Assert.Equal(["table t was changed since migration 1: a NOT NULL", "index i was changed or dropped since migration 1"], needed.Drift);
        Assert.IsType<Upgraded>(sandbox.To("CREATE TABLE t (a TEXT NOT NULL);CREATE INDEX i ON t (a)").Apply());
        Assert.Equal("0", sandbox.Ask("SELECT count(*) FROM mine"));
    }

    [SkippableFact]
    public void What_the_user_makes_costs_one_comparison_and_then_one_read_again()
    {
        Assert.IsType<Upgraded>(sandbox.To(One).Apply());
        sandbox.Run("CREATE TABLE mine (x TEXT)");

        Assert.Equal(new UpToDate(false), sandbox.To(One).Check());
        Assert.IsType<NothingToDo>(sandbox.To(One).Apply());
        Assert.Equal(new UpToDate(true), sandbox.To(One).Check());
        Assert.Single(sandbox.To(One).History());
    }

    [SkippableFact]
    public void A_history_that_was_changed_is_refused()
    {
        Assert.IsType<Upgraded>(sandbox.To(One).Apply());
        sandbox.Run("UPDATE migration_history SET wanted = '[]'");

        var refusal = Assert.IsType<UpgradeRefusal>(sandbox.To(Two).Check());

        Assert.Equal("history", refusal.Code);
        Assert.Contains("row 1 of migration_history was changed", refusal.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_history_of_another_tool_is_refused()
    {
        sandbox.Run("CREATE TABLE migration_history (id INTEGER, script TEXT);INSERT INTO migration_history VALUES (1, 'x')");

        Assert.Contains("not ours", Assert.IsType<Refused>(sandbox.To(One).Apply()).Refusal.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_migration_that_another_tool_left_half_done_is_refused()
    {
        Assert.IsType<Upgraded>(sandbox.To(One).Apply());
        sandbox.Run("UPDATE migration_history SET status = 'pending'");

        Assert.Contains("half done", Assert.IsType<Refused>(sandbox.To(Two).Apply()).Refusal.Reason, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_swap_is_done_once_though_it_looks_undone()
    {
        sandbox.Run("CREATE TABLE t (a TEXT, b TEXT);INSERT INTO t VALUES ('A', 'B')");
        const string hints = """{"renames":[{"kind":"column","table":"t","from":"a","to":"b"},{"kind":"column","table":"t","from":"b","to":"a"}]}""";
        Assert.IsType<Upgraded>(sandbox.To("CREATE TABLE t (a TEXT, b TEXT)", hints).Apply());

        Assert.IsType<Upgraded>(sandbox.To("CREATE TABLE t (a TEXT, b TEXT, c TEXT)", hints).Apply());

        Assert.Equal("B|A", sandbox.Ask("SELECT a, b FROM t"));
    }

    [SkippableFact]
    public void A_rename_that_nobody_declared_is_suggested()
    {
        sandbox.Run(Two);

        var plan = Assert.IsType<UpgradeNeeded>(sandbox.To("CREATE TABLE t (a TEXT, count INTEGER)").Check()).Plan;

        Assert.Contains("if t.b is now called count, declare the rename", string.Join("\n", plan.Notes), StringComparison.Ordinal);
    }

    [SkippableFact]
    public void A_hint_file_may_leave_out_every_key_and_must_be_one()
    {
        Assert.Empty(SchemaHints.Parse("{}").Renames);
        Assert.True(SchemaHints.Parse("""{"allow_destructive":true,"drop_tables":["x"]}""").AllowDestructive);
        Assert.Contains("hints", Assert.Throws<Orchestrator.Schema.Model.SchemaException>(() => SchemaHints.Parse("[")).Message, StringComparison.Ordinal);
    }

    [SkippableFact]
    public void An_index_and_a_view_of_ours_go_when_they_are_no_longer_wanted_and_the_users_stay()
    {
        Assert.IsType<Upgraded>(sandbox.To(One + ";CREATE INDEX ours ON t (a);CREATE VIEW our_view AS SELECT a FROM t").Apply());
        sandbox.Run("CREATE INDEX theirs ON t (a DESC);CREATE VIEW their_view AS SELECT a FROM t");

        Assert.IsType<Upgraded>(sandbox.To(Two).Apply());

        Assert.Equal(["theirs", "their_view"], sandbox.Schema().Indexes.Select(i => i.Name).Concat(sandbox.Schema().Views.Select(v => v.Name)));
    }

    [SkippableFact]
    public void The_history_says_who_did_what_when_with_which_program_and_how_to_undo_it()
    {
        sandbox.Run(One);
        var options = new UpgradeOptions { Who = "the spec", Program = "1.2.3" };

        var done = Assert.IsType<Upgraded>(sandbox.To(Two, options: options, version: 4).Apply());

        var history = sandbox.To(Two).History();
        Assert.Equal([(1, "baseline"), (2, "applied")], history.Select(r => ((int)r.Version, r.Status)));
        var row = history[1];
        Assert.Equal(("the spec", "1.2.3", Environment.MachineName, (int?)4, "add column t.b"), (row.Who, row.Program, row.Host, row.CodeVersion, row.Name));
        Assert.Equal(["ALTER TABLE \"t\" DROP COLUMN \"b\""], Assert.Single(row.Steps).Undo);
        Assert.Equal((done.Backup, 2), (row.Backup, done.Version));
    }

    [SkippableFact]
    public void Wanted_DDL_that_does_not_work_never_touches_the_database()
    {
        sandbox.Run(One);
        var content = sandbox.Content();

        Assert.Equal("wanted", Assert.IsType<Refused>(sandbox.To("CREATE TABLE t (a TEXT, a TEXT)").Apply()).Refusal.Code);
        Assert.Equal(content, sandbox.Content());
    }

    [SkippableFact]
    public void A_table_that_looks_renamed_is_suggested_and_not_assumed()
    {
        sandbox.Run(Two);

        var plan = Assert.IsType<UpgradeNeeded>(sandbox.To("CREATE TABLE u (a TEXT, b INTEGER)").Check()).Plan;

        Assert.Contains("if table t is now called u, declare the rename; without it the new table begins empty", plan.Notes);
    }

    [SkippableFact]
    public void A_plan_says_how_many_rows_it_touches_and_what_that_is_likely_to_cost()
    {
        sandbox.Run("CREATE TABLE t (a TEXT, b TEXT);WITH RECURSIVE n (i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < 2000) INSERT INTO t SELECT CAST(i AS TEXT), 'row ' || i FROM n");

        var plan = Assert.IsType<UpgradeNeeded>(sandbox.To("CREATE TABLE t (a INTEGER, b TEXT);CREATE TABLE u (a TEXT);CREATE INDEX i ON t (b)").Check()).Plan;

        Assert.Equal([2000, 0, 2000], plan.Steps.Select(s => s.Rows));
        Assert.InRange(plan.Steps[0].Cost.Bytes, 30_000, 500_000);
        Assert.InRange(plan.Cost.Duration, TimeSpan.FromMilliseconds(1), TimeSpan.FromSeconds(1));
        Assert.Equal(StepCost.None, plan.Steps[1].Cost);
    }
}
