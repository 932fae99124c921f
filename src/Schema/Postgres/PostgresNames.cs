using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>Names as PostgreSQL writes and chooses them.</summary>
internal static class PostgresNames
{
    private const int Longest = 63;   // bytes; a longer one is cut

    public static string Quote(string name) => $"\"{name.Replace("\"", "\"\"", StringComparison.Ordinal)}\"";

    public static string Literal(string text) => text.Contains('\\', StringComparison.Ordinal)
        ? $"E'{text.Replace("\\", "\\\\", StringComparison.Ordinal).Replace("'", "''", StringComparison.Ordinal)}'"
        : $"'{text.Replace("'", "''", StringComparison.Ordinal)}'";

    public static string List(IEnumerable<string> names) => string.Join(", ", names.Select(Quote));

    /// <summary>Whether the server would have chosen this name by itself: then it may choose again, should the name be taken.</summary>
    public static bool IsChosen(string table, string name, IEnumerable<string> columns)
    {
        var stem = $"{table}_{string.Join('_', columns)}";
        string[] usual = [$"{table}_pkey", $"{stem}_key", $"{stem}_fkey", $"{stem}_check", $"{table}_check", $"{stem}_excl"];
        return Array.Exists(usual, u => u == name || (name.StartsWith(u, StringComparison.Ordinal) && name[u.Length..].All(char.IsAsciiDigit)))
            || (name.Length >= Longest - 1 && name.StartsWith(table, StringComparison.Ordinal));
    }

    /// <summary>A name that nothing else has.</summary>
    public static string Free(string name, DatabaseSchema found, string table)
    {
        // Of the same table, one of that name is another version of it, which goes before.
        var taken = found.Tables.Where(t => t.Name != table)
            .SelectMany(t => t.Constraints.Where(c => c is PrimaryKey or UniqueKey or Exclusion).Select(c => c.Name))
            .Concat(found.Indexes.Select(i => i.Name)).Concat(found.Tables.Select(t => t.Name)).Concat(found.Views.Select(v => v.Name)).ToHashSet();
        return Enumerable.Range(0, int.MaxValue)
            .Select(n => n == 0 ? name : $"{(name.Length > 60 ? name[..60] : name)}{n}").First(n => !taken.Contains(n));
    }
}
