namespace Orchestrator.Schema.Sqlite;

/// <summary>Compares names as SQLite does: the case of ASCII letters is nothing, that of others is.</summary>
internal sealed class SqliteNames : IEqualityComparer<string>
{
    public static readonly SqliteNames Comparer = new();

    public bool Equals(string? x, string? y) => x is null || y is null ? ReferenceEquals(x, y) : SqlTokens.Fold(x) == SqlTokens.Fold(y);

    public int GetHashCode(string obj) => SqlTokens.Fold(obj).GetHashCode(StringComparison.Ordinal);
}
