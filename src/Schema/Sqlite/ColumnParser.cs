using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Reads the definition of a column.</summary>
internal static class ColumnParser
{
    private static readonly string[] AfterType =
        ["constraint", "primary", "not", "null", "unique", "check", "default", "collate", "references", "generated", "as", "deferrable"];

    public static void Read(TokenReader item, (int From, int To) range, TableDraft draft)
    {
        var name = item.Name();
        var type = Type(item);
        var column = new Column(name, type, false, null, null, null, null, false, item.Raw(range));
        string? constraintName = null;
        while (!item.AtEnd)
        {
            var start = item.Position;
            if (item.Take("constraint"))
            {
                constraintName = item.Name();
                continue;
            }

            column = One(item, column, draft) ?? ConstraintParser.OfColumn(item, column, start, constraintName, draft);
            constraintName = null;
        }

        draft.Columns.Add(column);
    }

    private static string Type(TokenReader item)
    {
        var start = item.Position;
        while (!item.AtEnd && !(item.Current.Kind == TokenKind.Word && AfterType.Contains(item.Current.Text)))
        {
            if (item.Is("("))
            {
                item.Bracket();
            }
            else
            {
                item.Next();
            }
        }

        return item.Raw((start, item.Position)).ToUpperInvariant().Trim('"', '[', ']', '`');
    }

    private static Column? One(TokenReader item, Column column, TableDraft draft)
    {
        if (item.Is("not", "null"))
        {
            item.Position += 2;
            return column with { NotNull = true, Conflict = ConstraintParser.Conflict(item) };
        }

        if (item.Take("null"))
        {
            ConstraintParser.Conflict(item);
            return column;
        }

        if (item.Take("default"))
        {
            return column with { Default = Default(item) };
        }

        if (item.Take("collate"))
        {
            var collation = SqlTokens.Fold(item.Name());
            return column with { Collation = collation == "binary" ? null : collation };
        }

        if (item.Is("generated") || item.Is("as"))
        {
            _ = item.Take("generated") && item.Take("always");
            item.Need("as");
            var expression = item.Canonical(item.Bracket());
            var stored = item.Take("stored") || (item.Take("virtual") && false);
            return column with { Generated = new Generated(expression, stored) };
        }

        return null;
    }

    // NULL is what there is without a default; a bare or double-quoted word is a text; TRUE is 1.
    private static string? Default(TokenReader item)
    {
        if (item.Is("("))
        {
            return Settled(item.Tokens(item.Bracket()).ToList(), item.Sql, bracketed: true);
        }

        var tokens = new List<Token>();
        if (item.Is("+") || item.Is("-"))
        {
            tokens.Add(item.Next());
        }

        tokens.Add(item.Next());
        return Settled(tokens, item.Sql, bracketed: false);
    }

    private static string? Settled(List<Token> tokens, string sql, bool bracketed)
    {
        while (tokens.Count > 2 && tokens[0].Is("(") && Closes(tokens) == tokens.Count - 1)
        {
            tokens = tokens[1..^1];
        }

        if (tokens.Count == 2 && tokens[0].Is("+") && tokens[1].Kind == TokenKind.Number)
        {
            tokens.RemoveAt(0);
        }

        if (tokens.Count != 1)
        {
            return SqlTokens.Canonical(tokens);
        }

        return tokens[0] switch
        {
            { Kind: TokenKind.Word, Text: "null" } => null,
            { Kind: TokenKind.Word, Text: "true" } => "1",
            { Kind: TokenKind.Word, Text: "false" } => "0",
            { Kind: TokenKind.Word, Text: "current_timestamp" or "current_date" or "current_time" } word => word.Text,
            { Kind: TokenKind.Word } word when !bracketed => SqlTokens.Literal(SqlTokens.Name(sql, word)),
            { Kind: TokenKind.Quoted } word => SqlTokens.Literal(SqlTokens.Name(sql, word)),
            var token => token.Text,
        };
    }

    private static int Closes(List<Token> tokens)
    {
        var depth = 0;
        for (var i = 0; i < tokens.Count; i++)
        {
            depth += tokens[i].Is("(") ? 1 : tokens[i].Is(")") ? -1 : 0;
            if (depth == 0)
            {
                return i;
            }
        }

        return -1;
    }
}
