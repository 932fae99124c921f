namespace Orchestrator.Schema.Model;

/// <summary>A constraint of a table.</summary>
/// <param name="Shape">What it demands, in the one spelling that makes equal things equal. Its name is no part of it.</param>
/// <param name="Name">The name it was given, or null.</param>
/// <param name="Definition">It as written, with its name.</param>
/// <param name="OfColumn">The column whose definition holds it, or null when it stands by itself.</param>
/// <param name="Columns">The columns of the table that it speaks of.</param>
public abstract record Constraint(string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns);

/// <summary>The primary key.</summary>
public sealed record PrimaryKey(string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns)
    : Constraint(Shape, Name, Definition, OfColumn, Columns);

/// <summary>A UNIQUE constraint.</summary>
/// <param name="Shape">What it demands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">It as written.</param>
/// <param name="OfColumn">The column that holds it.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Parts">The same as SQL, with their collations: what to group by when looking for duplicates.</param>
public sealed record UniqueKey(
    string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns, IReadOnlyList<string> Parts)
    : Constraint(Shape, Name, Definition, OfColumn, Columns);

/// <summary>A CHECK.</summary>
/// <param name="Shape">What it demands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">It as written.</param>
/// <param name="OfColumn">The column that holds it.</param>
/// <param name="Columns">The columns it speaks of.</param>
/// <param name="Expression">Its expression as SQL.</param>
public sealed record Check(string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns, string Expression)
    : Constraint(Shape, Name, Definition, OfColumn, Columns);

/// <summary>A foreign key.</summary>
/// <param name="Shape">What it demands, with its actions.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">It as written.</param>
/// <param name="OfColumn">The column that holds it.</param>
/// <param name="Columns">The columns of the child.</param>
/// <param name="Parent">The parent table.</param>
/// <param name="ParentColumns">The columns of the parent; empty for its primary key.</param>
public sealed record ForeignKey(
    string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns, string Parent,
        IReadOnlyList<string> ParentColumns)
    : Constraint(Shape, Name, Definition, OfColumn, Columns);

/// <summary>An EXCLUDE of PostgreSQL.</summary>
/// <param name="Shape">What it demands.</param>
/// <param name="Name">Its name.</param>
/// <param name="Definition">It as written.</param>
/// <param name="OfColumn">The column that holds it.</param>
/// <param name="Columns">Its columns.</param>
public sealed record Exclusion(string Shape, string? Name, string Definition, string? OfColumn, IReadOnlyList<string> Columns)
    : Constraint(Shape, Name, Definition, OfColumn, Columns);
