namespace Orchestrator.Schema.Postgres;

/// <summary>A file of DDL for PostgreSQL.</summary>
public static class PostgresScript
{
    /// <summary>Its statements. A semicolon within a text, a name, a comment, a dollar-quoted body or BEGIN ATOMIC ends none.</summary>
    /// <param name="script">The text.</param>
    public static IReadOnlyList<string> Statements(string script)
    {
        var (statements, start, hasWords, depth) = (new List<string>(), 0, false, 0);
        for (var i = 0; i < script.Length;)
        {
            var (next, isBlank) = Skip(script, i);
            if (next == i + 1 && script[i] == ';' && depth == 0)
            {
                _ = hasWords ? Add(statements, script[start..i]) : 0;
                (start, hasWords) = (next, false);
            }
            else
            {
                hasWords |= !isBlank;
                depth += Atomic(script[i..next], depth, script, i);
            }

            i = next;
        }

        _ = hasWords ? Add(statements, script[start..]) : 0;
        return statements;
    }

    // Within BEGIN ATOMIC, CASE has an END of its own.
    private static int Atomic(string word, int depth, string script, int at) =>
        depth == 0
            ? word.Equals("atomic", StringComparison.OrdinalIgnoreCase)
                && script[..at].TrimEnd().EndsWith("begin", StringComparison.OrdinalIgnoreCase) ? 1 : 0
            : word.Equals("case", StringComparison.OrdinalIgnoreCase) ? 1 : word.Equals("end", StringComparison.OrdinalIgnoreCase) ? -1 : 0;

    private static int Add(List<string> statements, string statement)
    {
        statements.Add(statement.Trim());
        return 1;
    }

    private static (int Next, bool IsBlank) Skip(string s, int i)
    {
        bool Starts(string with) => string.CompareOrdinal(s, i, with, 0, with.Length) == 0;
        if (char.IsWhiteSpace(s[i]))
        {
            return (i + 1, true);
        }

        if (Starts("--"))
        {
            return (s.IndexOf('\n', i) is >= 0 and var end ? end + 1 : s.Length, true);
        }

        if (Starts("/*"))
        {
            return (Comment(s, i), true);
        }

        if (s[i] is '\'' or '"')
        {
            var escapes = s[i] == '\'' && i > 0 && s[i - 1] is 'e' or 'E' && (i < 2 || !char.IsLetterOrDigit(s[i - 2]));
            return (Quoted(s, i, s[i], escapes), false);
        }

        if (s[i] == '$' && (i == 0 || !IsWord(s[i - 1])) && Tag(s, i) is { } tag)
        {
            var end = s.IndexOf(tag, i + tag.Length, StringComparison.Ordinal);
            return (end < 0 ? s.Length : end + tag.Length, false);
        }

        var word = i;
        while (word < s.Length && IsWord(s[word]) && !(word == i ? s[word] is 'e' or 'E' && word + 1 < s.Length && s[word + 1] == '\'' : false))
        {
            word++;
        }

        return (Math.Max(word, i + 1), false);
    }

    private static bool IsWord(char c) => char.IsLetterOrDigit(c) || c == '_';

    private static string? Tag(string s, int i)
    {
        var end = i + 1;
        while (end < s.Length && IsWord(s[end]))
        {
            end++;
        }

        return end < s.Length && s[end] == '$' && (end == i + 1 || !char.IsDigit(s[i + 1])) ? s[i..(end + 1)] : null;
    }

    // Comments nest.
    private static int Comment(string s, int i)
    {
        for (var depth = 0; i < s.Length; i++)
        {
            if (string.CompareOrdinal(s, i, "/*", 0, 2) == 0)
            {
                (depth, i) = (depth + 1, i + 1);
            }
            else if (string.CompareOrdinal(s, i, "*/", 0, 2) == 0)
            {
                (depth, i) = (depth - 1, i + 1);
                if (depth == 0)
                {
                    return i + 1;
                }
            }
        }

        return s.Length;
    }

    private static int Quoted(string s, int i, char quote, bool escapes)
    {
        for (var end = i + 1; end < s.Length; end++)
        {
            if (escapes && s[end] == '\\')
            {
                end++;
            }
            else if (s[end] == quote)
            {
                if (end + 1 >= s.Length || s[end + 1] != quote)
                {
                    return end + 1;
                }

                end++;
            }
        }

        return s.Length;
    }
}
