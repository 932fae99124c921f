using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>
/// Which declared renames are still to be done, and in which order. A swap looks the same before and after, so what was done once is remembered;
/// a chain a->b->c is followed to the name that is wanted.
/// </summary>
internal sealed class RenameOrder(DatabaseSchema found, DatabaseSchema wanted, SchemaHints hints, IReadOnlyCollection<Rename> remembered)
{
    private readonly IEqualityComparer<string> _names = found.Names;
    private readonly List<SchemaStep> _steps = [];
    private readonly List<string> _notes = [];

    public static (IReadOnlyList<SchemaStep> Steps, IReadOnlyList<string> Notes) Between(
        DatabaseSchema found, DatabaseSchema wanted, SchemaHints hints, IReadOnlyCollection<Rename> remembered)
    {
        if (hints.Renames.Count == 0)
        {
            return ([], []);
        }

        var order = new RenameOrder(found, wanted, hints, remembered);
        order.Plan();
        return (order._steps, order._notes);
    }

    /// <summary>What a column is called after renames, by the new name of its table.</summary>
    public static string Column(IReadOnlyList<SchemaStep> renames, string table, string column, IEqualityComparer<string> names)
    {
        foreach (var rename in renames.OfType<RenameColumn>().Where(r => names.Equals(r.Table, table)))
        {
            column = names.Equals(rename.From, column) ? rename.To : column;
        }

        return column;
    }

    /// <summary>What tables are called after renames.</summary>
    public static Func<string, string> Tables(IReadOnlyList<SchemaStep> renames, IEqualityComparer<string> names) => name =>
    {
        foreach (var rename in renames.OfType<RenameTable>())
        {
            name = names.Equals(rename.From, name) ? rename.To : name;
        }

        return name;
    };

    private void Plan()
    {
        var moves = Moves(RenameKind.Table, "", [.. found.Tables.Select(t => t.Name)], [.. wanted.Tables.Select(t => t.Name)]);
        Order(moves, [.. found.Tables.Select(t => t.Name), .. found.Views.Select(v => v.Name)], (from, to) => new RenameTable(from, to));
        foreach (var table in found.Tables)
        {
            var name = moves.GetValueOrDefault(table.Name, table.Name);
            if (wanted.Table(name) is { } target && !table.IsVirtual)
            {
                var columns = table.Columns.Select(c => c.Name).ToList();
                var inside = Moves(RenameKind.Column, name, columns, [.. target.Columns.Select(c => c.Name)]);
                Order(inside, columns, (from, to) => new RenameColumn(name, from, to));
            }
        }
    }

    private Dictionary<string, string> Moves(RenameKind kind, string table, List<string> present, List<string> goals)
    {
        var asked = hints.Renames.Where(r => r.Kind == kind && (kind == RenameKind.Table || _names.Equals(r.Table, table))).ToList();
        var moves = new Dictionary<string, string>(_names);
        foreach (var name in present)
        {
            if (asked.Find(r => _names.Equals(r.From, name) && IsOpen(r, present, remembered)) is { } first
                && Follow(first, asked, goals) is var goal && goal != name)
            {
                moves[name] = goal;
            }
        }

        // A name is free when nobody has it, or when who has it moves away; each that is not keeps its mover where it is.
        while (moves.FirstOrDefault(m => !_names.Equals(m.Key, m.Value) && present.Contains(m.Value, _names) && !moves.ContainsKey(m.Value))
            is { Key: { } stuck })
        {
            _notes.Add($"{(kind == RenameKind.Table ? "table" : $"column {table}.")}{stuck} is not renamed to {moves[stuck]}: there is one of "
                + "that name");
            moves.Remove(stuck);
        }

        foreach (var twice in moves.GroupBy(m => m.Value, _names).Where(g => g.Count() > 1).SelectMany(g => g.Skip(1)).ToList())
        {
            moves.Remove(twice.Key);
        }

        return moves;
    }

    private bool IsOpen(Rename rename, List<string> present, IReadOnlyCollection<Rename> done) =>
        !present.Contains(rename.To, _names) || !done.Any(d => Same(d, rename))
            || (_names.Equals(rename.From, rename.To) && !present.Contains(rename.To));

    private bool Same(Rename one, Rename other) =>
        one.Kind == other.Kind && _names.Equals(one.From, other.From) && _names.Equals(one.To, other.To)
        && (one.Kind == RenameKind.Table || _names.Equals(one.Table, other.Table));

    private string Follow(Rename first, List<Rename> asked, List<string> goals)
    {
        var (goal, seen) = (first.To, 0);
        while (!goals.Contains(goal, _names) && seen++ < asked.Count && asked.Find(r => _names.Equals(r.From, goal)) is { } next)
        {
            goal = next.To;
        }

        return goal;
    }

    private void Order(Dictionary<string, string> moves, List<string> taken, Func<string, string, SchemaStep> step)
    {
        var open = new Dictionary<string, string>(moves, _names);
        var present = new HashSet<string>(taken, _names);
        while (open.Count > 0)
        {
            var free = open.FirstOrDefault(m => !present.Contains(m.Value) || _names.Equals(m.Key, m.Value));
            if (free.Key is null)
            {
                var (from, to) = open.First();
                var aside = Enumerable.Range(1, int.MaxValue).Select(n => $"renamed_{n}").First(n => !present.Contains(n));
                free = new(from, aside);
                open[aside] = to;
            }

            _steps.Add(step(free.Key, free.Value));
            open.Remove(free.Key);
            present.Remove(free.Key);
            present.Add(free.Value);
        }
    }
}
