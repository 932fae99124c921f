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
        var made = steps.OfType<CreateObject>().Select(s => Label(s.Wanted, s.Wanted.Table)).ToHashSet(names);
        // A constraint that is put back may get another name from the server.
        var taken = steps.Select(s => s switch
        {
            DropObject d => Label(d.Found, d.Found.Table),
            DropConstraint d => Label(d.Constraint, d.Table),
            DropCheck d => Label(d.Check, d.Table),
            _ => null,
        }).OfType<string>().Where(label => !made.Contains(label)).ToHashSet(names);
        return [.. All(found, renamed).Where(d => !taken.Contains(d.Label) && !steps.Any(s => TakesAlong(s, d))).Select(d => d.Label)];

        bool TakesAlong(SchemaStep step, Dependent dependent) => step switch
        {
            DropObject { Found: View view } => names.Equals(view.Name, dependent.Table) && !made.Contains(Label(view, view.Table)),
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
        schema.Indexes.Select(i => new Dependent(Label(i, renamed(i.Table)), renamed(i.Table), i.Columns, false))
            .Concat(schema.Triggers.Select(t => new Dependent(Label(t, renamed(t.Table)), renamed(t.Table), [], false)))
            .Concat(schema.Views.Select(v => new Dependent(Label(v, v.Name), v.Name, [], false)))
            .Concat(schema.Tables.SelectMany(t => t.Constraints.Where(c => c.Name is not null)
                .Select(c => new Dependent(Label(c, renamed(t.Name)), renamed(t.Name), c.Columns, true))));

    // Only triggers, as constraints, have names of their table.
    private static string Label(SchemaObject item, string table) =>
        item is Trigger ? $"trigger {item.Name} of {table}" : $"{item.Kind.ToLowerInvariant()} {item.Name}";

    private static string Label(Constraint constraint, string table) => $"constraint {constraint.Name} of {table}";
}
