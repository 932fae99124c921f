namespace Orchestrator.Schema.Sqlite;

/// <summary>Compares names as SQLite does: the case of ASCII letters is nothing, that of others is.</summary>
internal sealed class SqliteNames : IEqualityComparer<string>
{
    public static readonly SqliteNames Comparer = new();

    public bool Equals(string? x, string? y)
    {
        if (ReferenceEquals(x, y) || x is null || y is null || x.Length != y.Length)
        {
            return ReferenceEquals(x, y);
        }

        for (var i = 0; i < x.Length; i++)
        {
            if (x[i] != y[i] && (!char.IsAsciiLetter(x[i]) || (x[i] | 0x20) != (y[i] | 0x20)))
            {
                return false;
            }
        }

        return true;
    }

    // Coarser than Equals, which does no harm.
    public int GetHashCode(string obj) => StringComparer.OrdinalIgnoreCase.GetHashCode(obj);
}
