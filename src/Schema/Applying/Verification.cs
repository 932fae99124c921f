using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>What was sound before a migration, and whether it is sound after it. What was broken before is not held against it.</summary>
internal sealed class Verification
{
    private readonly DatabaseSession _session;
    private readonly HashSet<string> _broken;
    private readonly HashSet<string> _orphans;
    private readonly IReadOnlyList<string> _dependents;
    private readonly Dictionary<string, long> _counts;
    private readonly List<(string Table, IReadOnlyList<string> Columns, string? Hash)> _contents;

    public Verification(DatabaseSession session, Assessment before, IReadOnlyList<PlannedStep> steps)
    {
        _session = session;
        var names = session.Names;
        _broken = new HashSet<string>(before.Broken.Keys, names);
        List<SchemaStep> all = [.. steps.Select(s => s.Step)];
        var renamed = RenameOrder.Tables(all, names);
        _orphans = [.. before.Found.Tables.SelectMany(t => session.Orphans(t, renamed))];
        _dependents = Dependents.Kept(before.Found, all, renamed);
        var touched = all.Select(s => s.On).ToHashSet(names);
        _counts = before.Found.Tables
            .Where(t => !t.IsVirtual && (touched.Contains(t.Name) || touched.Contains(renamed(t.Name)))
                && !all.Exists(s => s is DropTable && names.Equals(s.On, renamed(t.Name))))
            .ToDictionary(t => renamed(t.Name), t => session.Count(t.Name), names);
        _contents = [.. Contents(session, before, all, renamed)];
    }

    // What no step is to change is the same before and after, value by value.
    private static IEnumerable<(string Table, IReadOnlyList<string> Columns, string? Hash)> Contents(
        DatabaseSession session, Assessment before, List<SchemaStep> all, Func<string, string> renamed)
    {
        foreach (var table in before.Found.Tables.Where(t => !t.IsVirtual))
        {
            var name = renamed(table.Name);
            var own = all.Where(s => s.TouchesRows && session.Names.Equals(s.On, name)).ToList();
            if (own.Count == 0 || own.Exists(s => s is DropTable))
            {
                continue;
            }

            var kept = table.Columns.Select(c => (Was: c.Name, Is: RenameOrder.Column(all, name, c.Name, session.Names), c.Generated))
                .Where(c => c.Generated is null && !own.Exists(s => Changes(s, c.Is, session.Names))).ToList();
            if (kept.Count > 0)
            {
                yield return (name, kept.ConvertAll(c => c.Is), session.Hash(table.Name, kept.ConvertAll(c => c.Was)));
            }
        }
    }

    private static bool Changes(SchemaStep step, string column, IEqualityComparer<string> names) => step switch
    {
        AlterColumn s => names.Equals(s.Wanted.Name, column),
        DropColumn s => names.Equals(s.Column.Name, column),
        SetNotNull s => names.Equals(s.Column.Name, column),
        _ => false,
    };

    /// <summary>Looks at everything again.</summary>
    /// <exception cref="RefusalException">Something that was sound is not.</exception>
    public void Check(IReadOnlyList<PlannedStep> steps)
    {
        var found = _session.Read();
        foreach (var (table, count) in _counts)
        {
            var now = _session.Count(table);
            Must(now == count, "rows", $"{table} has {now} rows where it had {count}");
        }

        foreach (var (table, columns, hash) in _contents.Where(c => c.Hash is not null))
        {
            Must(_session.Hash(table, columns) == hash, "rows", $"the content of {table} changed where no step was to change it");
        }

        var lost = _dependents.Except(Dependents.Of(found), _session.Names).Take(6).ToList();
        Must(lost.Count == 0, "conflict", $"what no step was to take away would be gone: {string.Join(", ", lost)}");
        var orphans = found.Tables.SelectMany(t => _session.Orphans(t, name => name)).Where(o => !_orphans.Contains(o)).Take(6).ToList();
        Must(orphans.Count == 0, "rows", $"rows without their parent: {string.Join("; ", orphans)}");
        foreach (var (name, reason) in _session.Broken(found))
        {
            Must(_broken.Contains(name), "conflict", $"{name} would no longer work: {reason}");
        }

        foreach (var rebuilt in steps.Where(s => s.Step.RewritesTable).Select(s => s.Step.On))
        {
            var damage = _session.Damage(rebuilt);
            Must(damage is null, "damaged", $"{rebuilt}: {damage}");
        }
    }

    private static void Must(bool holds, string code, string reason)
    {
        if (!holds)
        {
            throw new RefusalException(new UpgradeRefusal(code, reason, "settle this, then try again; nothing was changed"));
        }
    }
}
