namespace Orchestrator.Schema.Model;

/// <summary>What hangs on tables and is made by a statement of its own.</summary>
/// <param name="Name">Its name as written.</param>
/// <param name="Table">What it belongs to; a view belongs to itself.</param>
/// <param name="Shape">All of it, in the one spelling that makes equal things equal.</param>
/// <param name="Sql">The statement that makes it.</param>
public abstract record SchemaObject(string Name, string Table, string Shape, string Sql)
{
    /// <summary>INDEX, VIEW, MATERIALIZED VIEW, TRIGGER, FUNCTION, SEQUENCE or TYPE.</summary>
    public abstract string Kind { get; }

    /// <summary>What is said of it after it is made: rights, owner, comment.</summary>
    public IReadOnlyList<string> Afterwards { get; init; } = [];

    /// <summary>The name by which it is dropped, where that is more than its name; else null.</summary>
    public string? Signature { get; init; }

    /// <summary>The statements that make it as it is.</summary>
    public IReadOnlyList<string> Statements => [Sql, .. Afterwards];
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
    public override string Kind => IsMaterialized ? "MATERIALIZED VIEW" : "VIEW";

    /// <summary>Whether its rows are kept.</summary>
    public bool IsMaterialized { get; init; }

    /// <summary>The tables and views that it reads, each with a column of it, where the database says so.</summary>
    public IReadOnlyList<(string Relation, string Column)> Uses { get; init; } = [];
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

    /// <summary>Whether it fires.</summary>
    public bool IsEnabled { get; init; } = true;

    /// <summary>The function that it calls, where it is one.</summary>
    public string? Function { get; init; }
}

/// <summary>What tables, views and triggers are made with on PostgreSQL: a function, a sequence of its own, an enumeration or a domain.</summary>
/// <param name="Name">Its name; for a function with the types of its arguments.</param>
/// <param name="Sort">FUNCTION, PROCEDURE, SEQUENCE, TYPE or DOMAIN.</param>
/// <param name="Shape">All of it.</param>
/// <param name="Sql">The statement.</param>
public sealed record Auxiliary(string Name, string Sort, string Shape, string Sql) : SchemaObject(Name, "", Shape, Sql)
{
    /// <inheritdoc/>
    public override string Kind => Sort;

    /// <summary>The language of a function.</summary>
    public string? Language { get; init; }

    /// <summary>The text of a function.</summary>
    public string? Body { get; init; }

    /// <summary>The labels of an enumeration, in order.</summary>
    public IReadOnlyList<string> Labels { get; init; } = [];

    /// <summary>Whether another version takes its place without its being dropped.</summary>
    public bool IsReplaceable => Sort is "FUNCTION" or "PROCEDURE";
}
