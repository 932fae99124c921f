using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>Turns differences into steps: what hangs on tables goes first and comes last, and a table is written anew at most once.</summary>
internal sealed class StepOrder(SchemaDiff diff, SchemaFacts facts, SchemaHints hints, ISchemaDialect dialect)
{
    private readonly IEqualityComparer<string> _names = facts.Found.Names;

    public List<string> Refusals { get; } = [];

    public IEnumerable<SchemaStep> Steps()
    {
        var aside = dialect.InTheWay(diff, facts);
        var steps = new List<SchemaStep>(aside);
        var replaced = diff.Created.OfType<Auxiliary>().Where(a => facts.Found.Auxiliary(a) is not null).ToList();
        steps.AddRange(diff.Removed.Where(r => r is not Auxiliary a || !replaced.Exists(c => _names.Equals(c.Name, a.Name))).Select(Drop));
        steps.AddRange(diff.Dropped.Select(t => new DropTable(t, [.. Hanging(t.Name)])));
        steps.AddRange(replaced.Select(Replace));
        steps.AddRange(diff.Changed.SelectMany(Change));
        steps.AddRange(diff.Missing.Select(t => new CreateTable(t)));
        steps.AddRange(dialect.SeparatesForeignKeys ? diff.Missing.SelectMany(t => t.ForeignKeys.Select(k => new AddConstraint(t.Name, k))) : []);
        steps.AddRange(dialect.SeparatesForeignKeys ? diff.Missing.SelectMany(Comments) : []);
        steps.AddRange(diff.Created.Where(c => !replaced.Contains(c)).Select(c => new CreateObject(c)));
        steps.AddRange(aside.OfType<DropObject>().Select(d => new CreateObject(d.Found)));
        steps.AddRange(aside.OfType<DropConstraint>().Where(d => !IsRemoved(d)).Select(d => new AddConstraint(d.Table, d.Constraint)));
        steps.AddRange(steps.OfType<DropObject>().SelectMany(d => d.Objects).Where(Stays).Select(o => new CreateObject(o)).ToList());
        return InOrder(steps.Distinct());
    }

    // What hangs on tables goes first and comes last; what a view reads is there before the view.
    private IEnumerable<SchemaStep> InOrder(IEnumerable<SchemaStep> steps)
    {
        var phases = steps.GroupBy(Phase).OrderBy(g => g.Key).SelectMany(g => g.Key switch
        {
            2 => ViewOrder.Of(g, s => (View)((DropObject)s).Found, _names).Reverse(),
            15 => ViewOrder.Of(g, s => (View)((CreateObject)s).Wanted, _names),
            _ => g,
        });
        return phases;
    }

    private int Phase(SchemaStep step) => step switch
    {
        DropObject { Found: Trigger } => 0,
        DropObject { Found: TableIndex } => 1,
        DropObject { Found: View } => 2,
        DropConstraint { Constraint: ForeignKey } => 3,
        DropConstraint => 4,
        DropTable => 5,
        ExtendType or CreateObject { Wanted: Auxiliary { IsReplaceable: false } } => 6,
        ReplaceObject or CreateObject { Wanted: Auxiliary } => 7,
        CreateTable => 9,
        AddConstraint { Constraint: not ForeignKey } => 10,
        CreateObject { Wanted: TableIndex { Table: var table } } => facts.Found.View(table) is null
            && !diff.Created.Exists(c => c is View && _names.Equals(c.Name, table)) ? 11 : 16,
        AddConstraint => 12,
        CreateObject { Wanted: View } => 15,
        CreateObject { Wanted: Trigger } => 17,
        DropObject { Found: Auxiliary { IsReplaceable: true } } => 18,
        DropObject { Found: Auxiliary } => 19,
        SetComment => 20,
        _ => 8,
    };

    private bool IsRemoved(DropConstraint aside) =>
        diff.Changed.Any(t => _names.Equals(t.Found.Name, aside.Table) && t.Changes.Any(c => c switch
            {
                ConstraintRemoved r => r.Constraint == aside.Constraint,
                CheckRemoved r => r.Check == aside.Constraint,
                _ => false,
            }))
        || diff.Dropped.Any(t => _names.Equals(t.Name, aside.Table));

    private SchemaStep Replace(Auxiliary wanted) => facts.Found.Auxiliary(wanted)! is { IsReplaceable: false } found
        ? new ExtendType(found, wanted)
        : new ReplaceObject(facts.Found.Auxiliary(wanted)!, wanted);

    private static IEnumerable<SchemaStep> Comments(Table table) =>
        table.Columns.Select(c => new CommentChanged(c.Name, null, c.Comment)).Append(new CommentChanged(null, null, table.Comment))
            .Where(c => c.Wanted is not null).Select(c => new SetComment(table.Name, c));

    private DropObject Drop(SchemaObject gone) => new(
        gone, gone is View ? [.. facts.Found.TriggersOf(gone.Name).Cast<SchemaObject>().Concat(facts.Found.IndexesOf(gone.Name)).Where(Stays)] : []);

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
            ? table.Changes.OrderBy(Turn).Select(c => Alter(table, c))
            : [Rebuild(table)];
    }

    // What a column is computed from has its type before the column is computed, or is so no more; and what it is newly computed from is there.
    private static int Turn(TableChange change) => change switch
    {
        CheckRemoved => 0,
        ColumnReshaped { Found.Generated: null, Wanted.Generated: null } => 1,
        ColumnReshaped { Wanted.Generated: null } => 2,
        NotNullSet or NotNullDropped => 3,
        ColumnReshaped => 5,
        CheckAdded => 6,
        ColumnRemoved => 7,
        _ => 4,
    };

    private bool NeedsFill(TableDifference table, Column column) =>
        column is { NotNull: true, Default: null, Generated: null, IsRowId: false, Identity: null }
        && Declared(hints.Backfill, table.Wanted.Name, column) is null && Declared(hints.Convert, table.Wanted.Name, column) is null
        && facts.Rows(table.Found.Name) > 0;

    private SchemaStep Alter(TableDifference table, TableChange change) => change switch
    {
        ColumnAdded c => new AddColumn(
            table.Found.Name, c.Column,
                Declared(hints.Backfill, table.Wanted.Name, c.Column) ?? Declared(hints.Convert, table.Wanted.Name, c.Column)),
        ColumnRemoved c => new DropColumn(table.Found.Name, c.Column),
        NotNullSet c => new SetNotNull(table.Found.Name, c.Column, Declared(hints.Backfill, table.Wanted.Name, c.Column))
        {
            IsFilledAhead = facts.Filled(table.Found.Name, c.Column.Name) is not null,
        },
        NotNullDropped c => new DropNotNull(table.Found.Name, c.Column),
        CheckAdded c => new AddCheck(table.Found.Name, c.Check),
        CheckRemoved c => new DropCheck(table.Found.Name, c.Check),
        ColumnReshaped c => new AlterColumn(
            table.Found.Name, c.Found, c.Wanted, Declared(hints.Convert, table.Wanted.Name, c.Wanted),
                Declared(hints.Backfill, table.Wanted.Name, c.Wanted)),
        ConstraintAdded c => new AddConstraint(table.Found.Name, c.Constraint),
        ConstraintRemoved c => new DropConstraint(table.Found.Name, c.Constraint),
        CommentChanged c => new SetComment(table.Found.Name, c),
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
