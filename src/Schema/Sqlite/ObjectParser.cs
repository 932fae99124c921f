using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Reads CREATE INDEX, CREATE VIEW and CREATE TRIGGER as they stand in sqlite_schema.</summary>
internal static class ObjectParser
{
    public static TableIndex Index(string sql, Func<string, Table?> tables)
    {
        var reader = new TokenReader(sql, SqlTokens.Of(sql));
        reader.Need("create");
        var unique = reader.Take("unique");
        reader.Need("index");
        TableParser.IfNotExists(reader);
        var name = reader.QualifiedName();
        reader.Need("on");
        var table = tables(reader.Name());
        var bracket = reader.Bracket();
        var parts = reader.Parts(bracket).ConvertAll(range => Part(reader, range, table));
        string? where = null;
        var mentioned = reader.Raw(bracket);
        if (reader.Take("where"))
        {
            var range = (reader.Position, SqlTokens.Of(sql).Count);
            (where, mentioned) = (reader.Canonical(range), $"{mentioned} {reader.Raw(range)}");
        }

        var list = string.Join(", ", parts.Select(p => $"{p.Expression} {p.Collation}{(p.Descending ? " desc" : "")}"));
        var shape = $"{(unique ? "unique " : "")}index on {SqlTokens.Fold(table?.Name ?? "")} ({list}){(where is null ? "" : $" where {where}")}";
        return new TableIndex(name, table?.Name ?? "", unique, parts, where, TableDraft.Mentioned(mentioned, table?.Columns ?? []), shape, sql);
    }

    public static View View(string name, string sql)
    {
        var reader = new TokenReader(sql, SqlTokens.Of(sql));
        reader.Need("create");
        _ = reader.Take("temp") || reader.Take("temporary");
        reader.Need("view");
        TableParser.IfNotExists(reader);
        reader.QualifiedName();
        return new View(name, $"view {Rest(reader)}", sql);
    }

    public static Trigger Trigger(string name, string table, string sql)
    {
        var reader = new TokenReader(sql, SqlTokens.Of(sql));
        reader.Need("create");
        _ = reader.Take("temp") || reader.Take("temporary");
        reader.Need("trigger");
        TableParser.IfNotExists(reader);
        reader.QualifiedName();
        var start = reader.Position;
        while (!(reader.Is("insert") || reader.Is("update") || reader.Is("delete")))
        {
            reader.Next();
        }

        var @event = reader.Current.Text.ToUpperInvariant();
        reader.Position = start;

        // BEFORE is what it is without a word; FOR EACH ROW is the only kind there is.
        var shape = Rest(reader).Replace(" for each row ", " ", StringComparison.Ordinal);
        shape = shape.StartsWith("insert", StringComparison.Ordinal) || shape.StartsWith("update", StringComparison.Ordinal)
            || shape.StartsWith("delete", StringComparison.Ordinal) ? $"before {shape}" : shape;
        return new Trigger(name, table, @event, $"trigger {shape}", sql);
    }

    private static string Rest(TokenReader reader) => reader.Canonical((reader.Position, SqlTokens.Of(reader.Sql).Count));

    private static IndexPart Part(TokenReader reader, (int From, int To) range, Table? table)
    {
        var (from, to) = range;
        var tokens = reader.Tokens(range).ToList();
        var descending = tokens[^1].Is("desc");
        to -= descending || tokens[^1].Is("asc") ? 1 : 0;
        string? collation = null;
        if (to - from > 2 && tokens[to - from - 2].Is("collate"))
        {
            collation = SqlTokens.Fold(SqlTokens.Name(reader.Sql, tokens[to - from - 1]));
            to -= 2;
        }

        var expression = reader.Canonical((from, to));
        var own = to - from == 1 ? table?.Column(SqlTokens.Name(reader.Sql, tokens[0]), SqliteNames.Comparer)?.Collation : null;
        return new IndexPart(expression, (collation ?? own) is "binary" ? null : collation ?? own, descending);
    }
}
