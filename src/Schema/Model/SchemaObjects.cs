namespace Orchestrator.Schema.Model;

/// <summary>What hangs on tables and is made by a statement of its own.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Table">What it belongs to; a view belongs to itself.</param>
/// <param name="Shape">All of it, in the one spelling that makes equal things equal.</param>
/// <param name="Sql">The statement that makes it.</param>
public abstract record SchemaObject(string Name, string Table, string Shape, string Sql)
{
    /// <summary>TABLE, INDEX, VIEW or TRIGGER.</summary>
    public abstract string Kind { get; }
}

/// <summary>An index.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Table">Its table.</param>
/// <param name="Unique">Whether it forbids duplicates.</param>
/// <param name="Parts">Its columns or expressions as SQL, with collation and order.</param>
/// <param name="Where">For a partial index, of which rows; else null.</param>
/// <param name="Columns">The columns of the table that it speaks of.</param>
/// <param name="Shape">All of it.</param>
/// <param name="Sql">The statement.</param>
public sealed record TableIndex(
    string Name, string Table, bool Unique, IReadOnlyList<IndexPart> Parts, string? Where, IReadOnlyList<string> Columns, string Shape, string Sql)
    : SchemaObject(Name, Table, Shape, Sql)
{
    /// <inheritdoc/>
    public override string Kind => "INDEX";
}

/// <summary>One column or expression of an index.</summary>
/// <param name="Expression">It as SQL.</param>
/// <param name="Collation">How it is compared; null for the usual.</param>
/// <param name="Descending">Its order.</param>
public sealed record IndexPart(string Expression, string? Collation, bool Descending);

/// <summary>A view.</summary>
public sealed record View(string Name, string Shape, string Sql) : SchemaObject(Name, Name, Shape, Sql)
{
    /// <inheritdoc/>
    public override string Kind => "VIEW";
}

/// <summary>A trigger.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Table">The table or view that it watches.</param>
/// <param name="Event">INSERT, UPDATE or DELETE.</param>
/// <param name="Shape">All of it.</param>
/// <param name="Sql">The statement.</param>
public sealed record Trigger(string Name, string Table, string Event, string Shape, string Sql) : SchemaObject(Name, Table, Shape, Sql)
{
    /// <inheritdoc/>
    public override string Kind => "TRIGGER";
}
