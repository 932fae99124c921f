using System.Globalization;
using Npgsql;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Postgres;

/// <summary>Reads the current schema of a PostgreSQL database. What the code wants is built in a scratch schema and read the same way.</summary>
internal static class PostgresIntrospection
{
    /// <summary>Tables of the engine itself, which no schema names.</summary>
    public static bool IsOwn(string table) => table is "migration_history" or Backfill.Rest;

    private static readonly Recent<PostgresCatalog, DatabaseSchema> Known = new((a, b) => a.IsSame(b));

    /// <summary>The current schema.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="isRepeated">Whether it was read over this connection before, and is likely to be again.</param>
    public static DatabaseSchema Read(NpgsqlConnection connection, bool isRepeated = false) =>
        Known.Of(PostgresCatalog.Read(connection, isRepeated), Of);

    private static DatabaseSchema Of(PostgresCatalog catalog)
    {
        var (tables, names) = PostgresTables.Of(catalog);
        var objects = new PostgresObjects(catalog, tables.ToDictionary(t => t.Name));
        return new DatabaseSchema(
            [.. tables.Where(t => !IsOwn(t.Name))], [.. objects.Indexes(names)], [.. objects.Views()], [.. objects.Triggers()],
                StringComparer.Ordinal)
        {
            Auxiliaries = [.. objects.Functions(), .. objects.Sequences(), .. objects.Types()],
        };
    }

    /// <summary>Its first schema-qualified name without the schema: everything here is in the one schema.</summary>
    public static string Unqualified(string sql, string before, string schema)
    {
        var at = sql.IndexOf($"{before}{schema}.", StringComparison.Ordinal);
        return at < 0 ? sql : sql.Remove(at + before.Length, schema.Length + 1);
    }

    public static long Number(object? value) => Convert.ToInt64(value, CultureInfo.InvariantCulture);

    /// <summary>Which columns an expression speaks of.</summary>
    public static IReadOnlyList<string> Mentioned(string sql, IEnumerable<Column> columns)
    {
        var words = SqlTokens.Of(sql).Where(t => t.Kind is TokenKind.Word or TokenKind.Quoted).Select(t => SqlTokens.Name(sql, t)).ToHashSet();
        return [.. columns.Select(c => c.Name).Where(words.Contains)];
    }
}
