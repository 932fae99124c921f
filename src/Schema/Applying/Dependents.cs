using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// What hangs on tables: indexes, triggers, views, and constraints that have a name. A statement may take along more than it says, as DROP COLUMN
/// does, so what no step takes away is looked for afterwards.
/// </summary>
internal static class Dependents
{
    private sealed record Dependent(string Label, string Table, IReadOnlyList<string> Columns, bool IsConstraint);

    /// <summary>What there is, each in a word or two.</summary>
    public static IEnumerable<string> Of(DatabaseSchema schema) => All(schema, name => name).Select(d => d.Label);

    /// <summary>What of it must be there after the steps.</summary>
    /// <param name="found">The schema before them.</param>
    /// <param name="steps">The steps.</param>
    /// <param name="renamed">What a table of before is called after them.</param>
    public static IReadOnlyList<string> Kept(DatabaseSchema found, IReadOnlyList<SchemaStep> steps, Func<string, string> renamed)
    {
        var names = found.Names;
        var made = steps.OfType<CreateObject>().Select(s => Label(s.Wanted, name => name)).ToHashSet(names);
        var taken = steps.SelectMany(s => s switch
        {
            DropObject d => [Label(d.Found, name => name)],
            DropConstraint d => [Label(d.Constraint, d.Table)],
            DropCheck d => [Label(d.Check, d.Table)],   // put back, the server may choose another name for it
            _ => (string[])[],
        }).Where(label => !made.Contains(label)).ToHashSet(names);
        return [.. All(found, renamed).Where(d => !taken.Contains(d.Label) && !steps.Any(s => TakesAlong(s, d))).Select(d => d.Label)];

        bool TakesAlong(SchemaStep step, Dependent dependent) => step switch
        {
            DropObject { Found: View view } => names.Equals(view.Name, dependent.Table) && !made.Contains(Label(view, name => name)),
            _ when !names.Equals(step.On, dependent.Table) => false,
            DropTable => true,
            DropColumn s => Speaks(dependent, s.Column),
            RebuildTable s => dependent.IsConstraint || s.Sources.Any(c => c is { Wanted: null, Found: { } lost } && Speaks(dependent, lost)),
            _ => false,
        };

        bool Speaks(Dependent dependent, Column column) =>
            dependent.Columns.Any(c => names.Equals(RenameOrder.Column(steps, dependent.Table, c, names), column.Name));
    }

    private static IEnumerable<Dependent> All(DatabaseSchema schema, Func<string, string> renamed) =>
        schema.Indexes.Select(i => new Dependent(Label(i, renamed), renamed(i.Table), i.Columns, false))
            .Concat(schema.Triggers.Select(t => new Dependent(Label(t, renamed), renamed(t.Table), [], false)))
            .Concat(schema.Views.Select(v => new Dependent(Label(v, renamed), v.Name, [], false)))
            .Concat(schema.Tables.SelectMany(t => t.Constraints.Where(c => c.Name is not null)
                .Select(c => new Dependent(Label(c, renamed(t.Name)), renamed(t.Name), c.Columns, true))));

    private static string Label(SchemaObject item, Func<string, string> renamed) => item switch
    {
        Trigger t => $"trigger {t.Name} of {renamed(t.Table)}",
        _ => $"{item.Kind.ToLowerInvariant()} {item.Name}",
    };

    private static string Label(Constraint constraint, string table) => $"constraint {constraint.Name} of {table}";
}
