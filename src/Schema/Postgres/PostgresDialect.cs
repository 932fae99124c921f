using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// What PostgreSQL can do, and how it is told. It alters everything in place; what hangs on a changed column is taken away and put back.
/// </summary>
/// <param name="afterRenames">The schema after renames, from the database itself.</param>
internal sealed class PostgresDialect(Func<IReadOnlyList<SchemaStep>, DatabaseSchema> afterRenames) : ISchemaDialect
{
    public bool SeparatesForeignKeys => true;

    public bool CanAlter(TableDifference table, TableChange change, SchemaFacts facts, SchemaHints hints) => true;

    // The database still holds tables that were set aside and are no part of what was found.
    public DatabaseSchema AfterRenames(DatabaseSchema found, IReadOnlyList<SchemaStep> renames)
    {
        var (all, renamed) = (afterRenames(renames), RenameOrder.Tables(renames, found.Names));
        var known = found.Tables.Select(t => renamed(t.Name)).ToHashSet();
        bool IsAside(string table) => all.Table(table) is not null && !known.Contains(table);
        return all with
        {
            Tables = [.. all.Tables.Where(t => !IsAside(t.Name))],
            Indexes = [.. all.Indexes.Where(i => !IsAside(i.Table))],
            Triggers = [.. all.Triggers.Where(t => !IsAside(t.Table))],
        };
    }

    public IReadOnlyList<PlannedStep> Renames(IReadOnlyList<SchemaStep> renames, SchemaFacts facts) =>
        [.. renames.Select(r => new PlannedStep(r, StepSummary.Of(r), [Rename(r)], [Rename(Reverse(r))], [], 0))];

    public PlannedStep Render(SchemaStep step, SchemaFacts facts, SchemaHints hints) => PostgresSteps.Render(step, facts);

    public IReadOnlyList<SchemaStep> InTheWay(SchemaDiff diff, SchemaFacts facts)
    {
        var moved = diff.Changed.ToDictionary(t => t.Found.Name, t => Moved(t));
        var steps = new List<SchemaStep>();
        steps.AddRange(Views(diff, facts, moved).Select(v => new DropObject(
            v, [.. facts.Found.TriggersOf(v.Name).Cast<SchemaObject>().Concat(facts.Found.IndexesOf(v.Name))
                .Where(o => !diff.Removed.Contains(o))])));
        foreach (var table in diff.Changed.Where(t => moved[t.Found.Name].Count > 0))
        {
            var names = moved[table.Found.Name];
            steps.AddRange(facts.Found.TriggersOf(table.Found.Name)
                .Where(t => !diff.Removed.Contains(t) && PostgresIntrospection.Mentioned(Head(t.Sql), table.Found.Columns).Any(names.Contains))
                    .Select(t => new DropObject(t, [])));
            var computed = Computed(table);
            steps.AddRange(facts.Found.IndexesOf(table.Found.Name).Where(i => !diff.Removed.Contains(i) && i.Columns.Any(computed.Contains))
                .Select(i => new DropObject(i, [])));
            steps.AddRange(table.Found.Constraints.Where(c => c is not ForeignKey && c.Columns.Any(computed.Contains))
                .Select(c => new DropConstraint(table.Found.Name, c)));
        }

        steps.AddRange(facts.Found.Tables
            .SelectMany(t => t.ForeignKeys.Where(k => Hinders(t, k, diff, moved)).Select(k => new DropConstraint(t.Name, k))));
        return steps;
    }

    /// <summary>
    /// Columns of a table as it is that are dropped and made again, here or when it is taken back, because what they are computed from, or how, changes.
    /// </summary>
    public static HashSet<string> Computed(TableDifference table)
    {
        var retyped = table.Changes.OfType<ColumnReshaped>().Where(c => c.Found.Type != c.Wanted.Type).Select(c => c.Wanted.Name).ToList();
        var anew = table.Changes.OfType<ColumnReshaped>()
            .Where(c => PostgresColumns.IsMadeAnew(c.Found, c.Wanted) || PostgresColumns.IsMadeAnew(c.Wanted, c.Found)).Select(c => c.Wanted.Name);
        return [.. anew, .. table.Found.Columns
            .Where(c => c.Generated is { } g && PostgresIntrospection.Mentioned(g.Expression, table.Found.Columns).Any(retyped.Contains))
            .Select(c => c.Name)];
    }

    internal static string Rename(SchemaStep step) => step switch
    {
        RenameTable s => $"ALTER TABLE {Q(s.From)} RENAME TO {Q(s.To)}",
        RenameColumn s => $"ALTER TABLE {Q(s.Table)} RENAME COLUMN {Q(s.From)} TO {Q(s.To)}",
        _ => throw new InvalidOperationException($"{step} is no rename."),
    };

    // Columns that views and triggers cannot see changed while they look.
    private static HashSet<string> Moved(TableDifference table) =>
    [
        .. table.Changes.OfType<ColumnReshaped>().Where(c => c.Found.Type != c.Wanted.Type || c.Found.Collation != c.Wanted.Collation)
            .Select(c => c.Wanted.Name),
        .. table.Changes.OfType<ColumnRemoved>().Select(c => c.Column.Name),
        .. Computed(table),
    ];

    private static List<View> Views(SchemaDiff diff, SchemaFacts facts, Dictionary<string, HashSet<string>> moved)
    {
        var gone = diff.Removed.OfType<View>().Select(v => v.Name).Concat(diff.Dropped.Select(t => t.Name)).ToHashSet();
        var aside = new List<View>();
        bool found;
        do
        {
            var next = facts.Found.Views.Where(v => !aside.Contains(v) && !diff.Removed.Contains(v)
                && v.Uses.Any(u => gone.Contains(u.Relation) || (moved.GetValueOrDefault(u.Relation)?.Contains(u.Column) ?? false))).ToList();
            found = next.Count > 0;
            aside.AddRange(next);
            gone.UnionWith(next.Select(v => v.Name));
        }
        while (found);
        return aside;
    }

    // A key cannot compare columns of two types while one of them changes, nor outlive the key that it refers to.
    private static bool Hinders(Table child, ForeignKey key, SchemaDiff diff, Dictionary<string, HashSet<string>> moved)
    {
        var parent = diff.Changed.FirstOrDefault(t => t.Found.Name == key.Parent);
        return key.Columns.Any(c => moved.GetValueOrDefault(child.Name)?.Contains(c) ?? false)
            || key.ParentColumns.Any(c => moved.GetValueOrDefault(key.Parent)?.Contains(c) ?? false)
            || (parent?.Changes.OfType<ConstraintRemoved>().Any(r => r.Constraint is PrimaryKey or UniqueKey
                && r.Constraint.Columns.ToHashSet().SetEquals(key.ParentColumns)) ?? false);
    }

    private static string Head(string trigger) => trigger[..Math.Max(0, trigger.LastIndexOf(" EXECUTE ", StringComparison.Ordinal))];

    private static SchemaStep Reverse(SchemaStep step) => step switch
    {
        RenameTable r => new RenameTable(r.To, r.From),
        RenameColumn r => new RenameColumn(r.Table, r.To, r.From),
        _ => throw new InvalidOperationException($"{step} is no rename."),
    };

    private static string Q(string name) => PostgresNames.Quote(name);
}
