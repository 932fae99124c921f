using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>Turns differences into steps: what hangs on tables goes first and comes last, and a table is written anew at most once.</summary>
internal sealed class StepOrder(SchemaDiff diff, SchemaFacts facts, SchemaHints hints, ISchemaDialect dialect)
{
    private readonly IEqualityComparer<string> _names = facts.Found.Names;

    public List<string> Refusals { get; } = [];

    public IEnumerable<SchemaStep> Steps()
    {
        var steps = new List<SchemaStep>();
        steps.AddRange(diff.Removed.OfType<Trigger>().Select(Drop));
        steps.AddRange(diff.Removed.OfType<View>().Select(Drop));
        steps.AddRange(diff.Removed.OfType<TableIndex>().Select(Drop));
        steps.AddRange(diff.Dropped.Select(t => new DropTable(t, [.. Hanging(t.Name)])));
        steps.AddRange(diff.Changed.SelectMany(Change));
        steps.AddRange(diff.Missing.Select(t => new CreateTable(t)));
        steps.AddRange(diff.Created.OfType<TableIndex>().Select(i => new CreateObject(i)));
        steps.AddRange(diff.Created.OfType<View>().Select(v => new CreateObject(v)));
        steps.AddRange(steps.OfType<DropObject>().SelectMany(d => d.Objects).Select(o => new CreateObject(o)).ToList());
        steps.AddRange(diff.Created.OfType<Trigger>().Select(t => new CreateObject(t)));
        return steps;
    }

    private DropObject Drop(SchemaObject gone) => new(gone, gone is View ? [.. facts.Found.TriggersOf(gone.Name).Where(Stays)] : []);

    private IEnumerable<SchemaObject> Hanging(string table) =>
        facts.Found.IndexesOf(table).Cast<SchemaObject>().Concat(facts.Found.TriggersOf(table)).Where(Stays);

    private bool Stays(SchemaObject item) => !diff.Removed.Contains(item);

    private IEnumerable<SchemaStep> Change(TableDifference table)
    {
        var added = table.Changes.OfType<ColumnAdded>().Where(c => NeedsFill(table, c.Column)).ToList();
        Refusals.AddRange(added.Select(c =>
            $"{table.Wanted.Name}.{c.Column.Name} is NOT NULL, and nothing says what the {facts.Rows(table.Found.Name)} rows there shall hold: "
            + "give it a default or declare a backfill"));
        return table.Changes.All(c => dialect.CanAlter(table, c, facts, hints))
            ? table.Changes.OrderBy(c => c switch { CheckRemoved => 0, CheckAdded => 2, ColumnRemoved => 3, _ => 1 }).Select(c => Alter(table, c))
            : [Rebuild(table)];
    }

    private bool NeedsFill(TableDifference table, Column column) =>
        column is { NotNull: true, Default: null, Generated: null, IsRowId: false }
        && Declared(hints.Backfill, table.Wanted.Name, column) is null && Declared(hints.Convert, table.Wanted.Name, column) is null
        && facts.Rows(table.Found.Name) > 0;

    private SchemaStep Alter(TableDifference table, TableChange change) => change switch
    {
        ColumnAdded c => new AddColumn(table.Found.Name, c.Column, Declared(hints.Backfill, table.Wanted.Name, c.Column)),
        ColumnRemoved c => new DropColumn(table.Found.Name, c.Column),
        NotNullSet c => new SetNotNull(table.Found.Name, c.Column, Declared(hints.Backfill, table.Wanted.Name, c.Column)),
        NotNullDropped c => new DropNotNull(table.Found.Name, c.Column),
        CheckAdded c => new AddCheck(table.Found.Name, c.Check),
        CheckRemoved c => new DropCheck(table.Found.Name, c.Check),
        _ => throw new InvalidOperationException($"{change} is no change that a statement brings about."),
    };

    private RebuildTable Rebuild(TableDifference table)
    {
        var sources = table.Wanted.Columns
            .Select(c => new ColumnSource(
                table.Found.Column(c.Name, _names), c, IsChanged(table, c) ? Declared(hints.Convert, table.Wanted.Name, c) : null,
                Declared(hints.Backfill, table.Wanted.Name, c)))
            .Concat(table.Changes.OfType<ColumnRemoved>().Select(c => new ColumnSource(c.Column, null, null, null)));
        return new RebuildTable(table.Found, table.Wanted, [.. sources], [.. Hanging(table.Found.Name)], [.. table.Changes.Select(c => c.What)]);
    }

    // A conversion stays declared for ever and is done when the column changes, not whenever its table is written anew.
    private bool IsChanged(TableDifference table, Column column) =>
        table.Found.Strict != table.Wanted.Strict
        || table.Found.Column(column.Name, _names) is not { } found
        || (found.Type, found.NotNull, found.Collation, found.Generated) != (column.Type, column.NotNull, column.Collation, column.Generated)
        || table.Changes.OfType<CheckAdded>().Any(c => c.Check.Columns.Contains(column.Name, _names));

    private string? Declared(IReadOnlyList<ColumnExpression> declared, string table, Column column) =>
        declared.FirstOrDefault(d => _names.Equals(d.Table, table) && _names.Equals(d.Column, column.Name))?.Sql;
}
