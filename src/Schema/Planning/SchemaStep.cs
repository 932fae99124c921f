using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>One change of a database, as data: it can be printed, tested, refused and undone before a byte changes.</summary>
/// <param name="On">The table or object that it changes.</param>
/// <param name="IsDestructive">Whether something is lost that only a backup brings back.</param>
/// <param name="RewritesTable">Whether every row is written anew.</param>
public abstract record SchemaStep(string On, bool IsDestructive = false, bool RewritesTable = false)
{
    /// <summary>Whether stored values may change or go.</summary>
    public virtual bool TouchesRows => IsDestructive || RewritesTable;
}

/// <summary>A new table.</summary>
public sealed record CreateTable(Table Wanted) : SchemaStep(Wanted.Name);

/// <summary>A table goes, with its rows and what hangs on it.</summary>
public sealed record DropTable(Table Found, IReadOnlyList<SchemaObject> Objects) : SchemaStep(Found.Name, IsDestructive: true);

/// <summary>A table gets another name; what speaks of it follows.</summary>
public sealed record RenameTable(string From, string To) : SchemaStep(From);

/// <summary>A column gets another name; what speaks of it follows.</summary>
public sealed record RenameColumn(string Table, string From, string To) : SchemaStep(Table);

/// <summary>A new column.</summary>
public sealed record AddColumn(string Table, Column Column, string? Fill) : SchemaStep(Table)
{
    /// <inheritdoc/>
    public override bool TouchesRows => Fill is not null;
}

/// <summary>A column goes, with its values.</summary>
public sealed record DropColumn(string Table, Column Column) : SchemaStep(Table, IsDestructive: true);

/// <summary>A column refuses NULL from now on; where there is one, it is filled.</summary>
public sealed record SetNotNull(string Table, Column Column, string? Fill) : SchemaStep(Table)
{
    /// <summary>Whether its rows were filled while others went on writing: then there is nothing left but to forbid NULL.</summary>
    public bool IsFilledAhead { get; init; }

    /// <inheritdoc/>
    public override bool TouchesRows => !IsFilledAhead && (Fill ?? Column.Default) is not null;
}

/// <summary>A column allows NULL from now on.</summary>
public sealed record DropNotNull(string Table, Column Column) : SchemaStep(Table);

/// <summary>A new check.</summary>
public sealed record AddCheck(string Table, Check Check) : SchemaStep(Table);

/// <summary>A check goes.</summary>
public sealed record DropCheck(string Table, Check Check) : SchemaStep(Table);

/// <summary>A column becomes another in place: its type, default, collation, how it is computed or numbered.</summary>
/// <param name="Table">The table.</param>
/// <param name="Found">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
/// <param name="Convert">A declared conversion.</param>
/// <param name="Fill">A declared expression for where there is nothing.</param>
public sealed record AlterColumn(string Table, Column Found, Column Wanted, string? Convert, string? Fill)
    : SchemaStep(Table, RewritesTable: Found.Type != Wanted.Type || Convert is not null || Found.Generated != Wanted.Generated)
{
    /// <inheritdoc/>
    public override bool TouchesRows => RewritesTable || (Wanted.NotNull && !Found.NotNull && (Fill ?? Wanted.Default) is not null);
}

/// <summary>A new key or foreign key.</summary>
public sealed record AddConstraint(string Table, Constraint Constraint) : SchemaStep(Table);

/// <summary>A key or foreign key goes.</summary>
public sealed record DropConstraint(string Table, Constraint Constraint) : SchemaStep(Table);

/// <summary>Another comment.</summary>
public sealed record SetComment(string Table, CommentChanged Change) : SchemaStep(Table);

/// <summary>Another version of a function takes its place.</summary>
public sealed record ReplaceObject(SchemaObject Found, SchemaObject Wanted) : SchemaStep(Wanted.Name);

/// <summary>An enumeration gets more labels.</summary>
/// <param name="Found">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
public sealed record ExtendType(Auxiliary Found, Auxiliary Wanted) : SchemaStep(Wanted.Name);

/// <summary>The table is written anew in another shape.</summary>
/// <param name="Found">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
/// <param name="Sources">Where the values of each column come from.</param>
/// <param name="Objects">What hangs on it and is put back.</param>
/// <param name="Because">What no smaller change could do.</param>
public sealed record RebuildTable(
    Table Found, Table Wanted, IReadOnlyList<ColumnSource> Sources, IReadOnlyList<SchemaObject> Objects, IReadOnlyList<string> Because)
    : SchemaStep(Found.Name, IsDestructive: Sources.Any(s => s.IsLoss), RewritesTable: true);

/// <summary>A new index, view or trigger.</summary>
public sealed record CreateObject(SchemaObject Wanted) : SchemaStep(Wanted.Name);

/// <summary>An index, view or trigger of ours goes, or makes room for its next version.</summary>
/// <param name="Found">It.</param>
/// <param name="Objects">What hangs on it and goes with it.</param>
public sealed record DropObject(SchemaObject Found, IReadOnlyList<SchemaObject> Objects) : SchemaStep(Found.Name);

/// <summary>Where the values of a column come from when its table is written anew.</summary>
/// <param name="Found">The column as it is; null for a new one.</param>
/// <param name="Wanted">The column as it shall be; null for one that goes.</param>
/// <param name="Convert">A declared conversion.</param>
/// <param name="Fill">A declared expression for where there is nothing.</param>
public sealed record ColumnSource(Column? Found, Column? Wanted, string? Convert, string? Fill)
{
    /// <summary>Whether values are lost.</summary>
    public bool IsLoss => Wanted is null && Found is { Generated: null };
}

/// <summary>A step with its SQL.</summary>
/// <param name="Step">The step.</param>
/// <param name="Summary">It in one line.</param>
/// <param name="Sql">The statements, in order.</param>
/// <param name="Undo">The statements that take it back, in order.</param>
/// <param name="Checks">What must hold for the rows, or the step is refused.</param>
/// <param name="Rows">How many rows it touches.</param>
public sealed record PlannedStep(
    SchemaStep Step, string Summary, IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, IReadOnlyList<RowCheck> Checks, long Rows)
{
    /// <summary>What it is likely to cost.</summary>
    public StepCost Cost { get; init; } = StepCost.None;

    /// <summary>What must hold before the statement of that number is run: the copy holds what the original does.</summary>
    public (int Before, RowCheck Check)? Proof { get; init; }
}

/// <summary>A question about rows that must have no answer.</summary>
/// <param name="Reason">Why the rows that it finds stand in the way.</param>
/// <param name="Sql">Yields one text for each such row: what names it.</param>
public sealed record RowCheck(string Reason, string Sql)
{
    /// <summary>Whether the step must not be taken when it cannot be asked: the statement itself would lose what it asks for.</summary>
    public bool IsRequired { get; init; }
}
