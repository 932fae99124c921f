using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>The SQL of every step.</summary>
internal static class PostgresSteps
{
    public static PlannedStep Render(SchemaStep step, SchemaFacts facts)
    {
        if (step is SetNotNull { IsFilledAhead: true } ahead && facts.Filled(ahead.Table, ahead.Column.Name) is { } filled)
        {
            var alter = AlterColumn(ahead.Table, ahead.Column);
            return new PlannedStep(
                step, StepSummary.Of(step), [.. filled.Before, $"{alter} SET NOT NULL", .. filled.After], [$"{alter} DROP NOT NULL"], [], 0);
        }

        var rows = step.TouchesRows || step is SetNotNull or AddCheck or AddConstraint or CreateObject { Wanted: TableIndex }
            ? facts.Rows(TableOf(step)) : 0;
        var (sql, undo) = Statements(step, facts);
        return new PlannedStep(step, StepSummary.Of(step), sql, undo, [.. Checks(step, facts)], rows);
    }

    private static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Statements(SchemaStep step, SchemaFacts facts) => step switch
    {
        CreateTable s => ([s.Wanted.Sql], [$"DROP TABLE {Q(s.Wanted.Name)}"]),
        DropTable s => ([$"DROP TABLE {Q(s.Found.Name)}"], [s.Found.Sql, .. s.Found.Afterwards, .. s.Objects.SelectMany(o => o.Statements)]),
        AddColumn s => Add(s, facts),
        DropColumn s => ([$"{Alter(s.Table)} DROP COLUMN {Q(s.Column.Name)}"], Back(s, facts)),
        SetNotNull s => (
            [.. (s.Fill ?? s.Column.Default) is { } fill
                ? Quietly(s.Table, facts, $"UPDATE {Q(s.Table)} SET {Q(s.Column.Name)} = ({fill}) WHERE {Q(s.Column.Name)} IS NULL") : [],
             $"{AlterColumn(s.Table, s.Column)} SET NOT NULL"],
            [$"{AlterColumn(s.Table, s.Column)} DROP NOT NULL"]),
        DropNotNull s => ([$"{AlterColumn(s.Table, s.Column)} DROP NOT NULL"], [$"{AlterColumn(s.Table, s.Column)} SET NOT NULL"]),
        AlterColumn s => PostgresColumns.Alter(s, facts),
        AddCheck s => Add(s.Table, s.Check, facts),
        DropCheck s => Swap(Add(s.Table, s.Check, null)),
        AddConstraint s => Add(s.Table, s.Constraint, facts),
        DropConstraint s => Swap(Add(s.Table, s.Constraint, null)),
        SetComment s => ([Comment(s.Table, s.Change.Column, s.Change.Wanted)], [Comment(s.Table, s.Change.Column, s.Change.Found)]),
        ReplaceObject s => ([s.Wanted.Sql], [s.Found.Sql]),
        ExtendType s => ([.. Labels(s)], []),
        CreateObject s => (s.Wanted.Statements, [Drop(s.Wanted)]),
        DropObject s => ([Drop(s.Found)], [.. s.Found.Statements, .. s.Objects.SelectMany(o => o.Statements)]),
        _ => throw new InvalidOperationException($"{step} has no statements."),
    };

    /// <summary>A statement that writes rows while the user's triggers are silent: what a migration writes is not what they wait for.</summary>
    public static IReadOnlyList<string> Quietly(string table, SchemaFacts facts, string statement)
    {
        var triggers = facts.Found.TriggersOf(table).Where(t => t.IsEnabled).ToList();
        return
        [
            .. triggers.Select(t => $"{Alter(table)} DISABLE TRIGGER {Q(t.Name)}"),
            statement,
            .. triggers.SelectMany(t => t.Afterwards.Count > 0 ? t.Afterwards : [$"{Alter(table)} ENABLE TRIGGER {Q(t.Name)}"]),
        ];
    }

    public static string Alter(string table) => $"ALTER TABLE {Q(table)}";

    public static string AlterColumn(string table, Column column) => $"{Alter(table)} ALTER COLUMN {Q(column.Name)}";

    private static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Add(AddColumn step, SchemaFacts facts)
    {
        var (table, column) = (step.Table, step.Column);
        string[] undo = [$"{Alter(table)} DROP COLUMN {Q(column.Name)}"];
        var comment = column.Comment is null ? Array.Empty<string>() : [Comment(table, column.Name, column.Comment)];
        if (step.Fill is not { } fill)
        {
            return ([$"{Alter(table)} ADD COLUMN {column.Definition}", .. comment], undo);
        }

        var open = PostgresTables.Defined(column with { NotNull = false }).Definition;
        return (
            [
                $"{Alter(table)} ADD COLUMN {open}",
                .. Quietly(table, facts, $"UPDATE {Q(table)} SET {Q(column.Name)} = ({fill})"),
                .. column.NotNull ? [$"{AlterColumn(table, column)} SET NOT NULL"] : Array.Empty<string>(),
                .. comment,
            ],
            undo);
    }

    // Its values are gone; where there are rows and it refused NULL, it comes back with what stands for nothing.
    private static IReadOnlyList<string> Back(DropColumn step, SchemaFacts facts)
    {
        var column = step.Column;
        return column is { NotNull: true, Default: null, Generated: null, Identity: null }
            ? [
                $"{Alter(step.Table)} ADD COLUMN {PostgresTables.Defined(column with { NotNull = false }).Definition}",
                .. Quietly(step.Table, facts, $"UPDATE {Q(step.Table)} SET {Q(column.Name)} = {PostgresTypes.Nothing(column.Type)}"),
                $"{AlterColumn(step.Table, column)} SET NOT NULL",
            ]
            : [$"{Alter(step.Table)} ADD COLUMN {column.Definition}"];
    }

    private static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Add(string table, Constraint constraint, SchemaFacts? facts)
    {
        // What is put back keeps its name; a new one must not take that of another.
        var isBack = facts is null || (facts.Found.Table(table)?.Constraints.Contains(constraint) ?? false);
        var name = isBack ? constraint.Name! : PostgresNames.Free(constraint.Name!, facts!.Found, table);
        return ([$"{Alter(table)} ADD CONSTRAINT {Q(name)} {constraint.Shape}"], [$"{Alter(table)} DROP CONSTRAINT {Q(name)}"]);
    }

    private static (IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) Swap((IReadOnlyList<string> Sql, IReadOnlyList<string> Undo) both) =>
        (both.Undo, both.Sql);

    private static string Comment(string table, string? column, string? text) =>
        $"COMMENT ON {(column is null ? $"TABLE {Q(table)}" : $"COLUMN {Q(table)}.{Q(column)}")} IS "
            + $"{(text is null ? "NULL" : PostgresNames.Literal(text))}";

    private static string Drop(SchemaObject item) => item is Trigger trigger
        ? $"DROP TRIGGER {Q(trigger.Name)} ON {Q(trigger.Table)}"
        : $"DROP {item.Kind} {item.Signature ?? Q(item.Name)}";

    private static IEnumerable<string> Labels(ExtendType step)
    {
        var labels = step.Wanted.Labels;
        for (var i = 0; i < labels.Count; i++)
        {
            if (!step.Found.Labels.Contains(labels[i]))
            {
                yield return $"ALTER TYPE {Q(step.Wanted.Name)} ADD VALUE {PostgresNames.Literal(labels[i])} "
                    + (i == 0 ? $"BEFORE {PostgresNames.Literal(step.Found.Labels[0])}" : $"AFTER {PostgresNames.Literal(labels[i - 1])}");
            }
        }
    }

    private static IEnumerable<RowCheck> Checks(SchemaStep step, SchemaFacts facts)
    {
        switch (step)
        {
            case SetNotNull { Fill: null, Column.Default: null } s:
                yield return PostgresChecks.NotNull(facts.Found.Table(s.Table)!, s.Column);
                break;
            case AlterColumn s when facts.Found.Table(s.Table) is { } table:
                foreach (var check in PostgresColumns.Checks(s, table))
                {
                    yield return check;
                }

                break;
            case AddCheck s when facts.Found.Table(s.Table) is { } table:
                yield return PostgresChecks.Holds(table, s.Check);
                break;
            case AddConstraint { Constraint: ForeignKey { ParentColumns.Count: > 0 } key } s when facts.Found.Table(s.Table) is { } table
                && facts.Found.Table(key.Parent) is not null:
                yield return PostgresChecks.HasParent(table, key);
                break;
            case AddConstraint { Constraint: UniqueKey or PrimaryKey } s when facts.Found.Table(s.Table) is { } table:
                yield return PostgresChecks.NoDuplicates(table, [.. s.Constraint.Columns.Select(Q)], null, s.Constraint.Definition);
                break;
            case CreateObject { Wanted: TableIndex { Unique: true } index } when facts.Found.Table(index.Table) is { } table:
                yield return PostgresChecks.NoDuplicates(table, [.. index.Parts.Select(p => p.Expression)], index.Where,
                    $"the unique index {index.Name}");
                break;
            default:
                break;
        }
    }

    private static string TableOf(SchemaStep step) => step is CreateObject { Wanted: TableIndex index } ? index.Table : step.On;

    private static string Q(string name) => PostgresNames.Quote(name);
}
