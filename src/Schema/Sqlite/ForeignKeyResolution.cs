using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>A foreign key that names no columns of its parent means the parent's primary key: both spellings become one.</summary>
internal static class ForeignKeyResolution
{
    /// <summary>With parents that only another schema knows.</summary>
    public static DatabaseSchema Resolve(DatabaseSchema schema, DatabaseSchema other)
    {
        var tables = schema.Tables.Concat(other.Tables.Where(t => schema.Table(t.Name) is null)).ToDictionary(t => t.Name, SqliteNames.Comparer);
        return schema with { Tables = [.. schema.Tables.Select(t => Resolve(t, tables))] };
    }

    public static Table Resolve(Table table, IReadOnlyDictionary<string, Table> tables)
    {
        if (!table.ForeignKeys.Any(k => k.ParentColumns.Count == 0))
        {
            return table;
        }

        return table with { Constraints = [.. table.Constraints.Select(c => c is ForeignKey key ? Resolve(key, tables) : c)] };
    }

    private static ForeignKey Resolve(ForeignKey key, IReadOnlyDictionary<string, Table> tables)
    {
        if (key.ParentColumns.Count > 0 || tables.GetValueOrDefault(key.Parent)?.PrimaryKey is not { } parent)
        {
            return key;
        }

        var rest = key.Shape[(key.Shape.IndexOf(") delete ", StringComparison.Ordinal) + 2)..];
        return key with { Shape = ConstraintParser.ForeignKeyShape(key.Columns, key.Parent, parent.Columns, rest) };
    }
}
