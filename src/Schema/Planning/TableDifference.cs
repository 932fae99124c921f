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
        return new TableDifference(found, target, changes, kept);
    }

    private static IEnumerable<TableChange> Columns(Column found, Column wanted)
    {
        var reasons = new List<string>();
        reasons.AddRange(found.Type != wanted.Type ? [$"{found.Type} becomes {wanted.Type}"] : []);
        reasons.AddRange(found.Default != wanted.Default ? [$"its default {found.Default ?? "NULL"} becomes {wanted.Default ?? "NULL"}"] : []);
        reasons.AddRange(found.Collation != wanted.Collation ? [$"its collation {found.Collation ?? "binary"} becomes {wanted.Collation ?? "binary"}"] : []);
        reasons.AddRange(found.Generated != wanted.Generated ? [$"{found.Generated?.Expression ?? "plain"} becomes {wanted.Generated?.Expression ?? "plain"}"] : []);
        reasons.AddRange(found.Conflict != wanted.Conflict && wanted.NotNull ? ["what its NOT NULL does differs"] : []);
        reasons.AddRange(found.IsRowId != wanted.IsRowId ? ["its part in the row number differs"] : []);
        if (reasons.Count > 0)
        {
            return [new Reshaped($"{wanted.Name}: {string.Join(", ", reasons)}")];
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
                yield return constraint is Check check ? new CheckAdded(check) : new Reshaped(constraint.Definition);
            }
        }

        foreach (var constraint in found.Constraints.Where(c => !there.Contains(c.Shape)))
        {
            var withColumn = constraint.OfColumn is { } column && going.Contains(column, names) && constraint is Check or ForeignKey;
            if (!withColumn)
            {
                yield return constraint is Check check ? new CheckRemoved(check) : new Reshaped($"no {constraint.Definition}");
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
            ? c with { Definition = c.Definition.Replace(key.Definition, "", StringComparison.Ordinal), IsRowId = false, NotNull = c.NotNull && !c.IsRowId }
            : c);
        return wanted with
        {
            Columns = [.. wanted.Columns, .. columns],
            Constraints = [.. wanted.Constraints, .. carried],
            AutoIncrement = wanted.AutoIncrement || (found.AutoIncrement && carried.Any(c => c is PrimaryKey)),
        };
    }
}
