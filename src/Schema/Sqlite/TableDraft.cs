using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>A table while it is read: what its parts mean is settled when all of them are known.</summary>
internal sealed class TableDraft
{
    public bool Strict { get; set; }

    public bool WithoutRowId { get; set; }

    public bool AutoIncrement { get; set; }

    public List<Column> Columns { get; } = [];

    public List<Constraint> Constraints { get; } = [];

    // In a column's own definition, DESC keeps an INTEGER PRIMARY KEY from being the row number: an old mistake that SQLite keeps.
    public bool InlineDescendingKey { get; set; }

    public Table Table(string name, string sql)
    {
        var key = Constraints.OfType<PrimaryKey>().FirstOrDefault();
        var columns = Columns.ConvertAll(c => Settle(c, key));
        var constraints = Constraints.ConvertAll(c => Settle(c, columns, name));
        var settled = constraints.OfType<PrimaryKey>().FirstOrDefault()?.Shape["primary key".Length..];
        constraints.RemoveAll(c => c is UniqueKey unique && unique.Shape["unique".Length..] == settled);
        return new Table(name, columns, [.. constraints.DistinctBy(c => c.Shape)], Strict, WithoutRowId, AutoIncrement, null, sql);
    }

    private Column Settle(Column column, PrimaryKey? key)
    {
        var inKey = key is not null && key.Columns.Contains(column.Name, SqliteNames.Comparer);
        var isRowId = inKey && key!.Columns.Count == 1 && !WithoutRowId && !InlineDescendingKey && column.Type == "INTEGER";
        return column with
        {
            Type = Strict ? column.Type is "INT" ? "INTEGER" : column.Type : ColumnTypes.Affinity(column.Type),
            IsRowId = isRowId,
            NotNull = column.NotNull || isRowId || (inKey && WithoutRowId),
        };
    }

    private static Constraint Settle(Constraint constraint, List<Column> columns, string table) => constraint switch
    {
        Check check => check with
        {
            Columns = Mentioned(check.Expression, columns),
            Shape = $"check {SqlTokens.Canonical(SqlTokens.Of(Unqualified(check.Expression, table)))}",
        },
        PrimaryKey key => key with { Shape = Keyed("primary key", key.Shape, columns) },
        UniqueKey unique => unique with { Shape = Keyed("unique", unique.Shape, columns) },
        _ => constraint,
    };

    /// <summary>An expression that does not name its own table: while the table is written anew it has another name.</summary>
    internal static string Unqualified(string definition, string table)
    {
        var tokens = SqlTokens.Of(definition);
        for (var i = tokens.Count - 2; i >= 0; i--)
        {
            if (tokens[i].IsName && tokens[i + 1].Is(".") && SqliteNames.Comparer.Equals(SqlTokens.Name(definition, tokens[i]), table))
            {
                definition = definition.Remove(tokens[i].Start, tokens[i + 1].End - tokens[i].Start);
            }
        }

        return definition;
    }

    // A key's part without a collation is compared as its column is.
    private static string Keyed(string kind, string shape, List<Column> columns)
    {
        var (parts, conflict) = (shape.Split('\n')[..^1], shape.Split('\n')[^1]);
        var settled = parts.Select(part =>
        {
            var (name, collation) = (part.Split('\t')[0], part.Split('\t')[1]);
            var own = columns.Find(c => SqlTokens.Fold(c.Name) == name)?.Collation ?? "";
            return $"{name} {(collation == "binary" ? "" : collation.Length > 0 ? collation : own)}";
        });
        return $"{kind} {string.Join(", ", settled)} {conflict}";
    }

    internal static IReadOnlyList<string> Mentioned(string expression, IReadOnlyList<Column> columns)
    {
        var words = SqlTokens.Of(expression).Where(t => t.Kind is TokenKind.Word or TokenKind.Quoted)
            .Select(t => SqlTokens.Fold(SqlTokens.Name(expression, t))).ToHashSet();
        return [.. columns.Select(c => c.Name).Where(c => words.Contains(SqlTokens.Fold(c)))];
    }
}
