using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Reads a CREATE TABLE as it stands in sqlite_schema.</summary>
internal static class TableParser
{
    public static Table Parse(string sql)
    {
        var reader = new TokenReader(sql, SqlTokens.Of(sql));
        reader.Need("create");
        _ = reader.Take("temp") || reader.Take("temporary");
        var isVirtual = reader.Take("virtual");
        reader.Need("table");
        IfNotExists(reader);
        var name = reader.QualifiedName();
        return isVirtual ? Virtual(reader, name) : Plain(reader, name);
    }

    internal static void IfNotExists(TokenReader reader)
    {
        if (reader.Is("if", "not"))
        {
            reader.Position += 3;
        }
    }

    private static Table Virtual(TokenReader reader, string name)
    {
        reader.Need("using");
        var from = reader.Position;
        while (!reader.AtEnd)
        {
            reader.Next();
        }

        return new Table(name, [], [], false, false, false, reader.Canonical((from, reader.Position)), reader.Sql);
    }

    private static Table Plain(TokenReader reader, string name)
    {
        var body = reader.Bracket();
        var draft = new TableDraft();
        while (!reader.AtEnd)
        {
            draft.Strict |= reader.Is("strict");
            draft.WithoutRowId |= reader.Is("without", "rowid");
            reader.Next();
        }

        foreach (var part in reader.Parts(body))
        {
            var item = reader.Within(part);
            if (IsConstraint(item))
            {
                while (!item.AtEnd)
                {
                    ConstraintParser.OfTable(item, draft);
                }
            }
            else
            {
                ColumnParser.Read(item, part, draft);
            }
        }

        return draft.Table(name, reader.Sql);
    }

    private static bool IsConstraint(TokenReader item) =>
        item.Is("constraint") || item.Is("primary", "key") || item.Is("unique") || item.Is("check") || item.Is("foreign", "key");
}
