namespace Orchestrator.Schema.Model;

/// <summary>A table.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Columns">Its columns in order. The order is no difference.</param>
/// <param name="Constraints">Keys, foreign keys and checks, wherever they were written.</param>
/// <param name="Strict">Values must be of their column's type.</param>
/// <param name="WithoutRowId">The primary key is the table.</param>
/// <param name="AutoIncrement">Numbers are never given twice.</param>
/// <param name="Module">For a virtual table: its module and arguments; else null.</param>
/// <param name="Sql">The statement that makes it.</param>
public sealed record Table(
    string Name,
    IReadOnlyList<Column> Columns,
    IReadOnlyList<Constraint> Constraints,
    bool Strict,
    bool WithoutRowId,
    bool AutoIncrement,
    string? Module,
    string Sql)
{
    /// <summary>What it is said to be, where the database keeps such a thing.</summary>
    public string? Comment { get; init; }

    /// <summary>What can be said of it only when other tables are there: foreign keys where they are no part of the statement, comments.</summary>
    public IReadOnlyList<string> Afterwards { get; init; } = [];

    /// <summary>The primary key, or null.</summary>
    public PrimaryKey? PrimaryKey => Constraints.OfType<PrimaryKey>().FirstOrDefault();

    /// <summary>The unique constraints.</summary>
    public IEnumerable<UniqueKey> Uniques => Constraints.OfType<UniqueKey>();

    /// <summary>The foreign keys.</summary>
    public IEnumerable<ForeignKey> ForeignKeys => Constraints.OfType<ForeignKey>();

    /// <summary>The checks.</summary>
    public IEnumerable<Check> Checks => Constraints.OfType<Check>();

    /// <summary>Whether it is made by a module, such as a full-text index.</summary>
    public bool IsVirtual => Module is not null;

    /// <summary>The column of that name, or null.</summary>
    public Column? Column(string name, IEqualityComparer<string> names) => Columns.FirstOrDefault(c => names.Equals(c.Name, name));
}

/// <summary>A column. Everything but the definition is in the one spelling that makes equal things equal.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Type">Its type as far as it matters: on SQLite, the affinity (in a STRICT table, the type).</param>
/// <param name="NotNull">Whether it refuses NULL.</param>
/// <param name="Default">Its default, or null.</param>
/// <param name="Collation">Its collation, or null for the usual.</param>
/// <param name="Generated">The expression that makes its value, or null.</param>
/// <param name="Conflict">What its NOT NULL does instead of failing, or null.</param>
/// <param name="IsRowId">Whether it is another name of SQLite's row number.</param>
/// <param name="Definition">Its definition as written, name first.</param>
public sealed record Column(
    string Name, string Type, bool NotNull, string? Default, string? Collation, Generated? Generated, string? Conflict, bool IsRowId,
        string Definition)
{
    /// <summary>How PostgreSQL numbers it: ALWAYS, BY DEFAULT or SERIAL; null when it does not.</summary>
    public string? Identity { get; init; }

    /// <summary>What it is said to be, where the database keeps such a thing.</summary>
    public string? Comment { get; init; }
}

/// <summary>How a generated column is made.</summary>
/// <param name="Expression">From what.</param>
/// <param name="Stored">Kept in the file rather than computed when read.</param>
public sealed record Generated(string Expression, bool Stored);
