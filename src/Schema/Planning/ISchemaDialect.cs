using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>What a database can do, and how it is told.</summary>
public interface ISchemaDialect
{
    /// <summary>Whether a statement of its own brings a change about; otherwise the table is written anew.</summary>
    bool CanAlter(TableDifference table, TableChange change, SchemaFacts facts, SchemaHints hints);

    /// <summary>Whether foreign keys are made by statements of their own, after all tables.</summary>
    bool SeparatesForeignKeys { get; }

    /// <summary>What stands in the way of changes that it has no part in, and is taken away before them and put back after them.</summary>
    IReadOnlyList<SchemaStep> InTheWay(SchemaDiff diff, SchemaFacts facts);

    /// <summary>The schema after renames, as the database itself would rewrite it.</summary>
    DatabaseSchema AfterRenames(DatabaseSchema found, IReadOnlyList<SchemaStep> renames);

    /// <summary>The SQL of renames.</summary>
    IReadOnlyList<PlannedStep> Renames(IReadOnlyList<SchemaStep> renames, SchemaFacts facts);

    /// <summary>The SQL of a step.</summary>
    PlannedStep Render(SchemaStep step, SchemaFacts facts, SchemaHints hints);
}

/// <summary>What a plan must know of the rows and of what is broken already.</summary>
/// <param name="Found">The schema as it is.</param>
/// <param name="Rows">How many rows a table has, by its name as it is.</param>
/// <param name="Broken">Views and triggers that do not work as it is.</param>
public sealed record SchemaFacts(DatabaseSchema Found, Func<string, long> Rows, IReadOnlyCollection<string> Broken)
{
    /// <summary>How many bytes a table takes, by its name as it is.</summary>
    public Func<string, long> Bytes { get; init; } = _ => 0;

    /// <summary>What is left to do about a column that was filled ahead, by its table and its name; null when it was not.</summary>
    internal Func<string, string, FilledAhead?> Filled { get; init; } = (_, _) => null;
}

/// <summary>A column that a progressive backfill has filled.</summary>
/// <param name="Before">What is done just before NULL is forbidden.</param>
/// <param name="After">What takes away the traces of the backfill.</param>
internal sealed record FilledAhead(IReadOnlyList<string> Before, IReadOnlyList<string> After);
