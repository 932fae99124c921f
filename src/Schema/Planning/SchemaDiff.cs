using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>
/// What differs between the schema that is found, its renames done, and the one that is wanted. Nothing differs when nothing differs.
/// </summary>
public sealed class SchemaDiff
{
    private SchemaDiff()
    {
    }

    /// <summary>Tables to be made.</summary>
    public List<Table> Missing { get; } = [];

    /// <summary>Tables to be changed.</summary>
    public List<TableDifference> Changed { get; } = [];

    /// <summary>Tables that may go.</summary>
    public List<Table> Dropped { get; } = [];

    /// <summary>Indexes, views and triggers to be made, or made again.</summary>
    public List<SchemaObject> Created { get; } = [];

    /// <summary>Indexes, views and triggers of ours that go, for good or before they are made again.</summary>
    public List<SchemaObject> Removed { get; } = [];

    /// <summary>Why it cannot be done at all.</summary>
    public List<string> Conflicts { get; } = [];

    /// <summary>What is left as it is, though nobody wants it.</summary>
    public List<string> Kept { get; } = [];

    /// <summary>Whether there is nothing to do.</summary>
    public bool IsEmpty => Missing.Count + Changed.Count + Dropped.Count + Created.Count + Removed.Count + Conflicts.Count == 0;

    /// <summary>Compares two schemas.</summary>
    /// <param name="found">What there is.</param>
    /// <param name="wanted">What there shall be.</param>
    /// <param name="hints">What was declared.</param>
    /// <param name="previous">What was wanted the last time: what is in it is ours, all else is the user's.</param>
    public static SchemaDiff Between(DatabaseSchema found, DatabaseSchema wanted, SchemaHints hints, DatabaseSchema? previous)
    {
        var diff = new SchemaDiff();
        foreach (var table in wanted.Tables)
        {
            diff.Compare(found.Table(table.Name), table, found, hints);
        }

        foreach (var table in found.Tables.Where(t => wanted.Table(t.Name) is null))
        {
            var asked = hints.DropTables.Contains(table.Name, found.Names);
            (asked ? () => diff.Dropped.Add(table) : (Action)(() => diff.Kept.Add($"table {table.Name}")))();
        }

        diff.Objects(found.Auxiliaries, wanted.Auxiliaries, found, previous?.Auxiliaries ?? []);
        diff.Objects(found.Indexes, wanted.Indexes, found, previous?.Indexes ?? []);
        diff.Objects(found.Views, wanted.Views, found, previous?.Views ?? []);
        diff.Objects(found.Triggers, wanted.Triggers, found, previous?.Triggers ?? []);
        diff.WithTheirColumns(found);
        return diff;
    }

    private void Compare(Table? found, Table wanted, DatabaseSchema database, SchemaHints hints)
    {
        // What the same statements make is the same: of many tables, most end here.
        if (found?.Sql == wanted.Sql && found.Afterwards.SequenceEqual(wanted.Afterwards))
        {
            return;
        }

        if (found is null)
        {
            if (database.View(wanted.Name) is not null)
            {
                Conflicts.Add($"a view is called {wanted.Name}, as a wanted table is");
                return;
            }

            Missing.Add(wanted);
        }
        else if (found.IsVirtual || wanted.IsVirtual)
        {
            if (found.Module != wanted.Module)
            {
                Conflicts.Add($"the virtual table {found.Name} differs and cannot be changed; name it in drop_tables and let the next run make "
                    + "it again");
            }
        }
        else if (TableDifference.Between(found, wanted, database.Names, hints) is { Changes.Count: > 0 } difference)
        {
            Changed.Add(difference);
            Kept.AddRange(difference.KeptColumns.Select(c => $"column {found.Name}.{c.Name}"));
        }
    }

    private void Objects(
        IReadOnlyList<SchemaObject> found, IReadOnlyList<SchemaObject> wanted, DatabaseSchema database, IReadOnlyList<SchemaObject> previous)
    {
        var names = database.Names;
        var known = Named(found, names);
        foreach (var target in wanted)
        {
            var there = known.GetValueOrDefault(target.Name)?.FirstOrDefault(f => f is not Trigger
                || names.Equals(f.Table, target.Table)) ?? known.GetValueOrDefault(target.Name)?[0];
            if (there is not null && there.Shape == target.Shape && names.Equals(there.Table, target.Table))
            {
                continue;
            }

            if (there is Auxiliary { IsReplaceable: false } && !Extends((Auxiliary)there, (Auxiliary)target))
            {
                Conflicts.Add($"{target.Kind.ToLowerInvariant()} {target.Name} differs and cannot be changed in place: it is {there.Sql}");
            }
            else if (there is not null && target is not View && !names.Equals(there.Table, target.Table))
            {
                Conflicts.Add($"{target.Kind.ToLowerInvariant()} {target.Name} is there already, on {there.Table}");
            }
            else if (target is View && database.Table(target.Name) is not null)
            {
                Conflicts.Add($"a table is called {target.Name}, as a wanted view is");
            }
            else
            {
                Removed.AddRange(there is null ? [] : [there]);
                Created.Add(target);
            }
        }

        var goals = Named(wanted, names);
        foreach (var extra in found.Where(f => !goals.ContainsKey(f.Name) && !Dropped.Any(t => names.Equals(t.Name, f.Table))))
        {
            var ours = extra is not Auxiliary && previous.Any(p => names.Equals(p.Name, extra.Name) && p.Shape == extra.Shape)
                && !(extra is View && database.TriggersOf(extra.Name).Any());   // a trigger would go with it
            (ours ? () => Removed.Add(extra) : (Action)(() => Kept.Add($"{extra.Kind.ToLowerInvariant()} {extra.Name}")))();
        }
    }

    // On PostgreSQL the triggers of two tables may have one name.
    private static Dictionary<string, List<SchemaObject>> Named(IReadOnlyList<SchemaObject> objects, IEqualityComparer<string> names) =>
        objects.GroupBy(o => o.Name, names).ToDictionary(g => g.Key, g => g.ToList(), names);

    // An enumeration may get labels wherever it likes; one that goes or moves would change what is stored.
    private static bool Extends(Auxiliary found, Auxiliary wanted) =>
        found.Labels.Count > 0 && found.Sort == wanted.Sort && wanted.Labels.Where(found.Labels.Contains).SequenceEqual(found.Labels);

    // An index cannot outlive its column: who lets the column go lets it go too.
    private void WithTheirColumns(DatabaseSchema found)
    {
        foreach (var difference in Changed)
        {
            var going = difference.Changes.OfType<ColumnRemoved>().Select(c => c.Column.Name).ToHashSet(found.Names);
            Removed.AddRange(found.IndexesOf(difference.Found.Name).Where(i => i.Columns.Any(going.Contains) && !Removed.Contains(i)));
        }
    }
}
