using System.Globalization;
using System.Text.Json;
using Npgsql;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Postgres;

/// <summary>What a backup holds.</summary>
/// <param name="Schema">Of which schema it is.</param>
/// <param name="Statements">The DDL of all of it.</param>
/// <param name="Tables">The tables that were copied.</param>
internal sealed record BackupManifest(string Schema, IReadOnlyList<string> Statements, IReadOnlyList<BackupTable> Tables);

/// <summary>A copied table.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Columns">Its columns.</param>
/// <param name="Rows">How many rows.</param>
/// <param name="Hash">A number that stands for their content.</param>
/// <param name="Numbers">The last number that each numbered column was given.</param>
internal sealed record BackupTable(string Name, IReadOnlyList<string> Columns, long Rows, string Hash, IReadOnlyDictionary<string, long> Numbers);

/// <summary>
/// Copies of the tables whose rows a migration may change, in a schema of their own, made within the transaction of the migration: they are there
/// exactly when it is done. Until then the transaction itself is the backup.
/// </summary>
internal sealed class PostgresBackup(NpgsqlConnection connection, UpgradeOptions options)
{
    private const string Mark = "orchestrator backup ";
    private const int LongestSchema = 20;

    public (string? Name, string? Hash) Make(DatabaseSchema found, string label, IReadOnlyList<string> touched)
    {
        var tables = found.Tables.Where(t => touched.Contains(t.Name)).ToList();
        if (tables.Count == 0)
        {
            return (null, null);
        }

        options.Reached?.Invoke("backup: schema");
        var schema = (string)connection.Scalar("SELECT current_schema()")!;
        var name = $"{Prefix(schema)}{label}_{Time(options.Clock.GetUtcNow())}";
        connection.Execute($"CREATE SCHEMA {PostgresNames.Quote(name)}");
        var copied = tables.ConvertAll(t => Copy(name, t, found));
        var manifest = JsonSerializer.Serialize(new BackupManifest(schema, found.Statements(), copied), SchemaJson.Default.BackupManifest);
        options.Reached?.Invoke("backup: manifest");
        connection.Execute($"COMMENT ON SCHEMA {PostgresNames.Quote(name)} IS {PostgresNames.Literal(Mark + manifest)}");
        return (name, WantedSchema.Hash(manifest));
    }

    /// <summary>What a backup says of itself, with the hash of that; null when there is none of that name.</summary>
    public static (BackupManifest Manifest, string Hash)? Read(NpgsqlConnection connection, string name)
    {
        var text = connection.Scalar("SELECT obj_description(oid, 'pg_namespace') FROM pg_namespace WHERE nspname = @n", ("@n", name)) as string;
        return text is not null && text.StartsWith(Mark, StringComparison.Ordinal)
            && JsonSerializer.Deserialize(text[Mark.Length..], SchemaJson.Default.BackupManifest) is { } manifest
            ? (manifest, WantedSchema.Hash(text[Mark.Length..]))
            : null;
    }

    /// <summary>Drops the oldest beyond the number and the age that are kept. The newest stays whatever its age.</summary>
    public void Prune()
    {
        var prefix = Prefix((string)connection.Scalar("SELECT current_schema()")!);
        var made = connection.Rows(
            "SELECT nspname::text FROM pg_namespace WHERE starts_with(nspname::text, @p) AND starts_with(obj_description(oid, 'pg_namespace'), "
                + "@m)", ("@p", prefix), ("@m", Mark));
        var oldest = options.KeepBackupsFor is { } age ? Time(options.Clock.GetUtcNow() - age) : "";
        foreach (var (name, place) in made.Select(r => (string)r[0]!).OrderByDescending(n => n[^Time(default).Length..], StringComparer.Ordinal)
            .Select((n, i) => (n, i)))
        {
            if (place >= Math.Max(1, options.KeepBackups) || (place > 0 && string.CompareOrdinal(name[^Time(default).Length..], oldest) < 0))
            {
                connection.Execute($"DROP SCHEMA {PostgresNames.Quote(name)} CASCADE");
            }
        }
    }

    /// <summary>A number that stands for the content of columns, in any order of rows.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="table">The table, quoted.</param>
    /// <param name="columns">The columns.</param>
    public static string Hash(NpgsqlConnection connection, string table, IReadOnlyList<string> columns) => columns.Count == 0
        ? $"{connection.Number($"SELECT count(*) FROM {table}")}"
        : (string)connection.Scalar(
            $"SELECT count(*) || ':' || coalesce(sum(hashtextextended(ROW({PostgresNames.List(columns)})::text, 0)::numeric), 0) FROM {table}")!;

    private static string Prefix(string schema) => $"backup_{(schema.Length > LongestSchema ? schema[..LongestSchema] : schema)}_";

    private static string Time(DateTimeOffset at) => at.UtcDateTime.ToString("yyyyMMdd't'HHmmssfff'z'", CultureInfo.InvariantCulture);

    // A copy must not keep a type of the schema from being changed: such values are kept as their text.
    private static string Kept(Column column, DatabaseSchema found) =>
        found.Auxiliaries.Any(a => !a.IsReplaceable
            && (PostgresNames.Quote(a.Name) == column.Type || a.Name == column.Type.Replace("[]", "", StringComparison.Ordinal)))
            ? $"{PostgresNames.Quote(column.Name)}::text"
            : PostgresNames.Quote(column.Name);

    private BackupTable Copy(string schema, Table table, DatabaseSchema found)
    {
        options.Reached?.Invoke($"backup: {table.Name}");
        var (source, copy) = (PostgresNames.Quote(table.Name), $"{PostgresNames.Quote(schema)}.{PostgresNames.Quote(table.Name)}");
        connection.Execute($"CREATE TABLE {copy} AS SELECT {string.Join(", ", table.Columns.Select(c => Kept(c, found)))} FROM {source}");
        List<string> columns = [.. table.Columns.Select(c => c.Name)];
        var (before, after) = (Hash(connection, source, columns), Hash(connection, copy, columns));
        if (before != after)
        {
            throw new RefusalException(new UpgradeRefusal("backup",
                $"the backup of {table.Name} does not hold what {table.Name} does", "see that nobody writes to it, then try again"));
        }

        var numbers = table.Columns.Where(c => c.Identity is not null).Select(c => (c.Name, Last: connection.Scalar(
            $"SELECT pg_sequence_last_value(pg_get_serial_sequence({PostgresNames.Literal(source)}, {PostgresNames.Literal(c.Name)})::regclass)")))
            .Where(n => n.Last is not null).ToDictionary(n => n.Name, n => (long)n.Last!);
        return new BackupTable(table.Name, columns, connection.Number($"SELECT count(*) FROM {copy}"), after, numbers);
    }
}
