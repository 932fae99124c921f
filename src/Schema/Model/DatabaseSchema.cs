namespace Orchestrator.Schema.Model;

/// <summary>
/// What a database holds, or should hold: a picture of it that two sources can be compared by. The engine's own tables are not in it.
/// </summary>
/// <param name="Tables">The tables, virtual ones too.</param>
/// <param name="Indexes">The indexes that a statement made; those behind a UNIQUE or PRIMARY KEY belong to their table.</param>
/// <param name="Views">The views.</param>
/// <param name="Triggers">The triggers.</param>
/// <param name="Names">How the database compares names.</param>
public sealed record DatabaseSchema(
    IReadOnlyList<Table> Tables,
    IReadOnlyList<TableIndex> Indexes,
    IReadOnlyList<View> Views,
    IReadOnlyList<Trigger> Triggers,
    IEqualityComparer<string> Names)
{
    private Dictionary<string, Table>? _tables;

    // A changed copy has other tables: what was found out about the original is nothing to it.
    private DatabaseSchema(DatabaseSchema original)
    {
        (Tables, Indexes, Views, Triggers) = (original.Tables, original.Indexes, original.Views, original.Triggers);
        (Names, Auxiliaries) = (original.Names, original.Auxiliaries);
    }

    /// <summary>Functions, sequences and types.</summary>
    public IReadOnlyList<Auxiliary> Auxiliaries { get; init; } = [];

    /// <summary>The table of that name, or null.</summary>
    public Table? Table(string name) => (_tables ??= Tables.ToDictionary(t => t.Name, Names)).GetValueOrDefault(name);

    /// <summary>The index of that name, or null.</summary>
    public TableIndex? Index(string name) => Indexes.FirstOrDefault(i => Names.Equals(i.Name, name));

    /// <summary>The view of that name, or null.</summary>
    public View? View(string name) => Views.FirstOrDefault(v => Names.Equals(v.Name, name));

    /// <summary>The trigger of that name, or null.</summary>
    public Trigger? Trigger(string name) => Triggers.FirstOrDefault(t => Names.Equals(t.Name, name));

    /// <summary>The function, sequence or type of the same name and sort, or null.</summary>
    public Auxiliary? Auxiliary(Auxiliary other) => Auxiliaries.FirstOrDefault(a => Names.Equals(a.Name, other.Name) && a.Sort == other.Sort);

    /// <summary>The triggers of a table or view.</summary>
    public IEnumerable<Trigger> TriggersOf(string table) => Triggers.Where(t => Names.Equals(t.Table, table));

    /// <summary>The indexes of a table.</summary>
    public IEnumerable<TableIndex> IndexesOf(string table) => Indexes.Where(i => Names.Equals(i.Table, table));

    /// <summary>The statements that would make all of it, in an order that works.</summary>
    public IReadOnlyList<string> Statements() =>
    [
        .. Auxiliaries.OrderBy(a => a.IsReplaceable).SelectMany(a => a.Statements),
        .. Tables.Select(t => t.Sql),
        .. Indexes.Where(i => View(i.Table) is null).SelectMany(i => i.Statements),
        .. Tables.SelectMany(t => t.Afterwards),
        .. Views.SelectMany(v => v.Statements),
        .. Indexes.Where(i => View(i.Table) is not null).SelectMany(i => i.Statements),
        .. Triggers.SelectMany(t => t.Statements),
    ];
}
