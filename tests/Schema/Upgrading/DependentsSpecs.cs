using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Tests.Upgrading;

/// <summary>What must hang on tables after a migration.</summary>
public sealed class DependentsSpecs : IDisposable
{
    private static readonly string[] All = ["index ia", "index ib", "trigger g of t", "view v", "constraint k of t"];
    private readonly SqliteSandbox _sandbox = new();
    private readonly DatabaseSchema _schema;

    public DependentsSpecs()
    {
        _sandbox.Run("CREATE TABLE t (a INTEGER, b INTEGER, CONSTRAINT k CHECK (a > 0));CREATE INDEX ia ON t (a);CREATE INDEX ib ON t (b);"
            + "CREATE VIEW v AS SELECT a FROM t;CREATE TRIGGER g AFTER INSERT ON t BEGIN SELECT 1; END");
        _schema = _sandbox.Schema();
    }

    private Table T => _schema.Tables.Single();

    private TableIndex Index => _schema.Indexes.Single(i => i.Name == "ia");

    public void Dispose() => _sandbox.Dispose();

    [Fact]
    public void What_no_step_takes_away_must_be_there() => Assert.Equal(All, Kept([]));

    [Fact]
    public void A_column_takes_along_what_speaks_of_it() => Assert.Equal(All.Except(["index ib"]), Kept([new DropColumn("t", T.Columns[1])]));

    [Fact]
    public void A_table_takes_along_all_but_views() => Assert.Equal(["view v"], Kept([new DropTable(T, [])]));

    [Fact]
    public void What_is_dropped_may_be_gone_unless_it_is_made_again()
    {
        Assert.Equal(All.Except(["index ia", "constraint k of t"]), Kept([new DropObject(Index, []), new DropCheck("t", T.Constraints.OfType<Check>().Single())]));
        Assert.Equal(All, Kept([new DropObject(Index, []), new CreateObject(Index)]));
    }

    [Fact]
    public void A_table_that_is_written_anew_keeps_its_indexes_and_has_the_constraints_that_are_wanted() =>
        Assert.Equal(All.Except(["constraint k of t"]), Kept([new RebuildTable(T, T, [.. T.Columns.Select(c => new ColumnSource(c, c, null, null))], [], [])]));

    [Fact]
    public void It_follows_its_table_to_another_name() =>
        Assert.Equal(["index ia", "index ib", "trigger g of u", "view v", "constraint k of u"], Kept([new RenameTable("t", "u")]));

    private IReadOnlyList<string> Kept(IReadOnlyList<SchemaStep> steps) =>
        Dependents.Kept(_schema, steps, RenameOrder.Tables(steps, _schema.Names));
}
