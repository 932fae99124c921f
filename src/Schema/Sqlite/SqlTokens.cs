using System.Text;

namespace Orchestrator.Schema.Sqlite;

internal enum TokenKind
{
    Word,
    Quoted,
    Text,
    Number,
    Blob,
    Sign,
}

/// <summary>A piece of SQL: where it stands, and what it says in the one spelling that makes equal things equal.</summary>
internal readonly record struct Token(TokenKind Kind, int Start, int End, string Text)
{
    public bool Is(string word) => Kind is TokenKind.Word or TokenKind.Sign && Text == word;

    public bool IsName => Kind is TokenKind.Word or TokenKind.Quoted or TokenKind.Text;
}

/// <summary>Cuts SQL as SQLite does. Comments and white space are nothing.</summary>
internal static class SqlTokens
{
    private static readonly string[] LongSigns = ["->>", "||", "<<", ">>", "<=", ">=", "==", "!=", "<>", "->"];

    public static List<Token> Of(string sql)
    {
        var tokens = new List<Token>();
        for (var i = 0; i < sql.Length;)
        {
            if (Blank(sql, i) is var next && next > i)
            {
                i = next;
                continue;
            }

            var token = At(sql, i);
            tokens.Add(token);
            i = token.End;
        }

        return tokens;
    }

    /// <summary>The name that a token stands for, unquoted.</summary>
    public static string Name(string sql, Token token) =>
        token.Kind is TokenKind.Quoted or TokenKind.Text ? Unquote(sql, token) : sql[token.Start..token.End];

    /// <summary>The tokens in one line and one spelling.</summary>
    public static string Canonical(IEnumerable<Token> tokens) => string.Join(' ', tokens.Select(t => t.Text));

    /// <summary>Lower case where SQLite ignores case: the letters of ASCII.</summary>
    public static string Fold(string name)
    {
        if (!name.AsSpan().ContainsAnyInRange('A', 'Z'))
        {
            return name;
        }

        var folded = new StringBuilder(name.Length);
        foreach (var c in name)
        {
            folded.Append(char.IsAsciiLetterUpper(c) ? (char)(c | 0x20) : c);
        }

        return folded.ToString();
    }

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    private static Token At(string sql, int i)
    {
        var c = sql[i];
        if (c is '"' or '`' or '[')
        {
            var end = QuoteEnd(sql, i, c == '[' ? ']' : c);
            var token = new Token(TokenKind.Quoted, i, end, "");
            return token with { Text = Spelled(Fold(Unquote(sql, token))) };
        }

        if (c == '\'')
        {
            var end = QuoteEnd(sql, i, '\'');
            return new Token(TokenKind.Text, i, end, sql[i..end]);
        }

        if (c is 'x' or 'X' && i + 1 < sql.Length && sql[i + 1] == '\'')
        {
            var end = QuoteEnd(sql, i + 1, '\'');
            return new Token(TokenKind.Blob, i, end, sql[i..end].ToUpperInvariant());
        }

        if (char.IsAsciiDigit(c) || (c == '.' && i + 1 < sql.Length && char.IsAsciiDigit(sql[i + 1])))
        {
            return Number(sql, i);
        }

        return IsWord(c) ? Word(sql, i) : Sign(sql, i);
    }

    private static Token Word(string sql, int i)
    {
        var end = i + 1;
        while (end < sql.Length && IsWord(sql[end]))
        {
            end++;
        }

        return new Token(TokenKind.Word, i, end, Fold(sql[i..end]));
    }

    private static Token Number(string sql, int i)
    {
        var end = i + 1;
        while (end < sql.Length
            && (char.IsAsciiLetterOrDigit(sql[end]) || sql[end] is '.' or '_' || (sql[end] is '+' or '-' && IsExponent(sql, i, end))))
        {
            end++;
        }

        return new Token(TokenKind.Number, i, end, Fold(sql[i..end]));
    }

    private static bool IsExponent(string sql, int start, int at) =>
        sql[at - 1] is 'e' or 'E' && !(sql[start] == '0' && start + 1 < sql.Length && sql[start + 1] is 'x' or 'X');

    private static Token Sign(string sql, int i)
    {
        foreach (var sign in LongSigns)
        {
            if (string.CompareOrdinal(sql, i, sign, 0, sign.Length) == 0)
            {
                return new Token(TokenKind.Sign, i, i + sign.Length, sign switch { "==" => "=", "<>" => "!=", _ => sign });
            }
        }

        return new Token(TokenKind.Sign, i, i + 1, sql[i].ToString());
    }

    private static bool IsWord(char c) => char.IsAsciiLetterOrDigit(c) || c is '_' or '$' || c > 127;

    private static int Blank(string sql, int i)
    {
        if (char.IsWhiteSpace(sql[i]) || sql[i] == '\ufeff')
        {
            return i + 1;
        }

        if (string.CompareOrdinal(sql, i, "--", 0, 2) == 0)
        {
            var end = sql.IndexOf('\n', i);
            return end < 0 ? sql.Length : end + 1;
        }

        if (string.CompareOrdinal(sql, i, "/*", 0, 2) == 0)
        {
            var end = sql.IndexOf("*/", i + 2, StringComparison.Ordinal);
            return end < 0 ? sql.Length : end + 2;
        }

        return i;
    }

    private static int QuoteEnd(string sql, int i, char quote)
    {
        for (var end = i + 1; end < sql.Length; end++)
        {
            if (sql[end] == quote)
            {
                if (quote == ']' || end + 1 >= sql.Length || sql[end + 1] != quote)
                {
                    return end + 1;
                }

                end++;
            }
        }

        return sql.Length;
    }

    private static string Unquote(string sql, Token token)
    {
        var quote = sql[token.Start];
        var inner = sql[(token.Start + 1)..(token.End - 1)];
        return quote == '[' ? inner : inner.Replace($"{quote}{quote}", $"{quote}", StringComparison.Ordinal);
    }

    // A quoted name that could stand without quotes is the same as that name.
    private static string Spelled(string name) =>
        name.Length > 0 && name.All(IsWord) && !char.IsAsciiDigit(name[0]) ? name : Quote(name);
}
