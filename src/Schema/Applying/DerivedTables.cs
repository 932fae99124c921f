using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// Tables whose rows are computed from others. Where one of them differs it is made anew and empty rather than converted or refused, and whoever
/// fills it begins from the start.
/// </summary>
/// <param name="Names">The tables.</param>
/// <param name="PositionTable">The table that says how far they are filled; null when nothing does.</param>
/// <param name="Reset">The statement that makes their filling begin anew; null when nothing does.</param>
public sealed record DerivedTables(IReadOnlyList<string> Names, string? PositionTable = null, string? Reset = null)
{
    /// <summary>The schema without those that differ, and the steps that take these away.</summary>
    internal (DatabaseSchema Left, IReadOnlyList<PlannedStep> Steps) SetAside(SchemaFacts facts, DatabaseSchema wanted, ISchemaDialect dialect)
    {
        var found = facts.Found;
        var going = found.Tables
            .Where(t => Names.Contains(t.Name, found.Names) && wanted.Table(t.Name) is { } target && Differs(t, target, found.Names)).ToList();
        if (going.Count == 0)
        {
            return (found, []);
        }

        bool Goes(string table) => going.Exists(t => found.Names.Equals(t.Name, table));
        var left = found with
        {
            Tables = [.. found.Tables.Where(t => !Goes(t.Name))],
            Indexes = [.. found.Indexes.Where(i => !Goes(i.Table))],
            Triggers = [.. found.Triggers.Where(t => !Goes(t.Table))],
        };
        return (left, [.. going.Select(t => Step(t, facts, dialect))]);
    }

    /// <summary>Whoever makes one of them makes the filling of all begin anew, also when it had only been missing.</summary>
    internal IEnumerable<PlannedStep> Refilled(IEnumerable<PlannedStep> steps, DatabaseSchema found) => steps.Select(step =>
        step.Step is CreateTable create && Names.Contains(create.Wanted.Name, found.Names) && PositionTable is not null && Reset is not null
            && found.Table(PositionTable) is not null
            ? step with { Sql = [.. step.Sql, Reset], Undo = [.. step.Undo, Reset] }
            : step);

    /// <summary>What the user hung on a table that is made anew, to be put back when it is there.</summary>
    internal static IEnumerable<PlannedStep> PutBack(IReadOnlyList<PlannedStep> setAside, DatabaseSchema wanted, SchemaFacts facts,
        ISchemaDialect dialect) =>
        from step in setAside
        from item in ((DropTable)step.Step).Objects
        where wanted.Index(item.Name) is null && wanted.Trigger(item.Name) is null
        select dialect.Render(new CreateObject(item), facts, SchemaHints.None);

    private static List<SchemaObject> Hanging(Table table, DatabaseSchema found) =>
        [.. found.IndexesOf(table.Name).Cast<SchemaObject>().Concat(found.TriggersOf(table.Name))];

    // A column too many does no harm, unless new rows would have to give it a value.
    private static bool Differs(Table found, Table wanted, IEqualityComparer<string> names)
    {
        var difference = TableDifference.Between(found, wanted, names, SchemaHints.None);
        return difference.Changes.Count > 0 || difference.KeptColumns.Any(c => c is { NotNull: true, Default: null, Generated: null });
    }

    private static PlannedStep Step(Table table, SchemaFacts facts, ISchemaDialect dialect) =>
        dialect.Render(new DropTable(table, Hanging(table, facts.Found)) { IsDestructive = false }, facts, SchemaHints.None) with
        {
            Summary = $"drop table {table.Name}: it is derived, and filled anew",
        };
}
