namespace Orchestrator.Schema.Sqlite;

/// <summary>What a declared type means to SQLite: its affinity, by the five rules of its documentation.</summary>
internal static class ColumnTypes
{
    public static string Affinity(string declared)
    {
        var type = declared.ToUpperInvariant();
        return Has(type, "INT") ? "INTEGER"
            : Has(type, "CHAR") || Has(type, "CLOB") || Has(type, "TEXT") ? "TEXT"
            : type.Length == 0 || Has(type, "BLOB") ? "BLOB"
            : Has(type, "REAL") || Has(type, "FLOA") || Has(type, "DOUB") ? "REAL"
            : "NUMERIC";
    }

    private static bool Has(string type, string part) => type.Contains(part, StringComparison.Ordinal);
}
