using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Planning;

/// <summary>One thing that differs about a table.</summary>
/// <param name="What">It in words.</param>
public abstract record TableChange(string What);

/// <summary>A column is missing.</summary>
public sealed record ColumnAdded(Column Column) : TableChange($"new column {Column.Name}");

/// <summary>A column may go.</summary>
public sealed record ColumnRemoved(Column Column) : TableChange($"column {Column.Name} goes");

/// <summary>A column must refuse NULL.</summary>
public sealed record NotNullSet(Column Column) : TableChange($"{Column.Name} NOT NULL");

/// <summary>A column must allow NULL.</summary>
public sealed record NotNullDropped(Column Column) : TableChange($"{Column.Name} NULL");

/// <summary>A check is missing.</summary>
public sealed record CheckAdded(Check Check) : TableChange($"CHECK ({Check.Expression})");

/// <summary>A check must go.</summary>
public sealed record CheckRemoved(Check Check) : TableChange($"no CHECK ({Check.Expression})");

/// <summary>A column is another: its type, default, collation, how it is computed or numbered.</summary>
public sealed record ColumnReshaped(Column Found, Column Wanted, string Reason) : TableChange(Reason);

/// <summary>A key or foreign key is missing.</summary>
public sealed record ConstraintAdded(Constraint Constraint) : TableChange(Constraint.Definition);

/// <summary>A key or foreign key must go.</summary>
public sealed record ConstraintRemoved(Constraint Constraint) : TableChange($"no {Constraint.Definition}");

/// <summary>A comment differs.</summary>
/// <param name="Column">Of which column; null for the table.</param>
/// <param name="Found">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
public sealed record CommentChanged(string? Column, string? Found, string? Wanted)
    : TableChange($"the comment {(Column is null ? "" : $"of {Column} ")}becomes {Wanted}");

/// <summary>Anything that no smaller change brings about.</summary>
public sealed record Reshaped(string Reason) : TableChange(Reason);

/// <summary>What differs about a table, and what it shall be: as wanted, with the columns that somebody else added.</summary>
/// <param name="Found">As it is.</param>
/// <param name="Wanted">As it shall be.</param>
/// <param name="Changes">What differs.</param>
/// <param name="KeptColumns">Columns that nobody wants and that stay.</param>
public sealed record TableDifference(Table Found, Table Wanted, IReadOnlyList<TableChange> Changes, IReadOnlyList<Column> KeptColumns)
{
    /// <summary>Compares a table with what it shall be.</summary>
    public static TableDifference Between(Table found, Table wanted, IEqualityComparer<string> names, SchemaHints hints)
    {
        var extra = found.Columns.Where(c => wanted.Column(c.Name, names) is null).ToList();
        List<Column> kept = hints.AllowDestructive ? [] : extra;
        var target = kept.Count == 0 ? wanted : With(wanted, found, kept, names);
        var changes = new List<TableChange>();
        changes.AddRange(extra.Except(kept).Select(c => new ColumnRemoved(c)));
        foreach (var column in target.Columns)
        {
            changes.AddRange(found.Column(column.Name, names) is { } there ? Columns(there, column) : [new ColumnAdded(column)]);
        }

        changes.AddRange(Constraints(found, target, names, [.. changes.OfType<ColumnRemoved>().Select(c => c.Column.Name)]));
        changes.AddRange(Options(found, target));
        changes.AddRange(Comments(found, target, names));
        return new TableDifference(found, target, changes, kept);
    }

    /// <summary>What differs about a column, in words; nothing when only NOT NULL does.</summary>
    internal static string Reason(Column found, Column wanted)
    {
        var reasons = new List<string>();
        reasons.AddRange(found.Type != wanted.Type ? [$"{found.Type} becomes {wanted.Type}"] : []);
        reasons.AddRange(found.Default != wanted.Default ? [$"its default {found.Default ?? "NULL"} becomes {wanted.Default ?? "NULL"}"] : []);
        reasons.AddRange(found.Collation != wanted.Collation
            ? [$"its collation {found.Collation ?? "binary"} becomes {wanted.Collation ?? "binary"}"] : []);
        reasons.AddRange(found.Generated != wanted.Generated
            ? [$"{found.Generated?.Expression ?? "plain"} becomes {wanted.Generated?.Expression ?? "plain"}"] : []);
        reasons.AddRange(found.Identity != wanted.Identity
            ? [$"numbered {found.Identity ?? "by nobody"} becomes {wanted.Identity ?? "by nobody"}"] : []);
        reasons.AddRange(found.Conflict != wanted.Conflict && wanted.NotNull ? ["what its NOT NULL does differs"] : []);
        reasons.AddRange(found.IsRowId != wanted.IsRowId ? ["its part in the row number differs"] : []);
        return string.Join(", ", reasons);
    }

    private static IEnumerable<TableChange> Columns(Column found, Column wanted)
    {
        var reason = Reason(found, wanted);
        if (reason.Length > 0)
        {
            return [new ColumnReshaped(found, wanted, $"{wanted.Name}: {reason}")];
        }

        return found.NotNull == wanted.NotNull ? [] : [wanted.NotNull ? new NotNullSet(wanted) : new NotNullDropped(wanted)];
    }

    private static IEnumerable<TableChange> Constraints(Table found, Table wanted, IEqualityComparer<string> names, List<string> going)
    {
        var (here, there) = (found.Constraints.Select(c => c.Shape).ToHashSet(), wanted.Constraints.Select(c => c.Shape).ToHashSet());
        foreach (var constraint in wanted.Constraints.Where(c => !here.Contains(c.Shape)))
        {
            // What a new column brings in its own definition is no change of its own.
            var withColumn = constraint.OfColumn is { } column && found.Column(column, names) is null && constraint is Check or ForeignKey;
            if (!withColumn)
            {
                yield return constraint is Check check ? new CheckAdded(check) : new ConstraintAdded(constraint);
            }
        }

        foreach (var constraint in found.Constraints.Where(c => !there.Contains(c.Shape)))
        {
            var withColumn = constraint.OfColumn is { } column && going.Contains(column, names) && constraint is Check or ForeignKey;
            if (!withColumn)
            {
                yield return constraint is Check check ? new CheckRemoved(check) : new ConstraintRemoved(constraint);
            }
        }
    }

    // A comment that nobody wants is somebody's.
    private static IEnumerable<TableChange> Comments(Table found, Table wanted, IEqualityComparer<string> names)
    {
        if (wanted.Comment is not null && found.Comment != wanted.Comment)
        {
            yield return new CommentChanged(null, found.Comment, wanted.Comment);
        }

        foreach (var column in wanted.Columns.Where(c => c.Comment is not null))
        {
            if (found.Column(column.Name, names)?.Comment is var there && there != column.Comment)
            {
                yield return new CommentChanged(column.Name, there, column.Comment);
            }
        }
    }

    private static IEnumerable<TableChange> Options(Table found, Table wanted)
    {
        if (found.Strict != wanted.Strict)
        {
            yield return new Reshaped(wanted.Strict ? "STRICT" : "not STRICT");
        }

        if (found.WithoutRowId != wanted.WithoutRowId)
        {
            yield return new Reshaped(wanted.WithoutRowId ? "WITHOUT ROWID" : "with row numbers");
        }

        if (found.AutoIncrement != wanted.AutoIncrement)
        {
            yield return new Reshaped(wanted.AutoIncrement ? "AUTOINCREMENT" : "no AUTOINCREMENT");
        }
    }

    private static Table With(Table wanted, Table found, List<Column> kept, IEqualityComparer<string> names)
    {
        var theirs = kept.Select(c => c.Name).ToHashSet(names);
        var carried = found.Constraints.Where(c => c.Columns.Any(theirs.Contains) && !(c is PrimaryKey && wanted.PrimaryKey is not null)
            && wanted.Constraints.All(w => w.Shape != c.Shape)).ToList();

        // The key that such a column was has passed to others.
        var columns = kept.Select(c => found.PrimaryKey is { } key && names.Equals(key.OfColumn, c.Name) && wanted.PrimaryKey is not null
            ? c with
            {
                Definition = c.Definition.Replace(key.Definition, "", StringComparison.Ordinal),
                IsRowId = false,
                NotNull = c.NotNull
                && !c.IsRowId
            }
            : c);
        return wanted with
        {
            Columns = [.. wanted.Columns, .. columns],
            Constraints = [.. wanted.Constraints, .. carried],
            AutoIncrement = wanted.AutoIncrement || (found.AutoIncrement && carried.Any(c => c is PrimaryKey)),
        };
    }
}
