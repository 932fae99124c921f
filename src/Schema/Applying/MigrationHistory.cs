using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>One row of the history.</summary>
/// <param name="Version">Its number.</param>
/// <param name="Name">It in a few words.</param>
/// <param name="Status">applied, failed, rolled back or baseline.</param>
/// <param name="Checksum">Of the DDL that was wanted.</param>
/// <param name="CodeVersion">The schema's number in the program, or null.</param>
/// <param name="Wanted">The DDL that was wanted.</param>
/// <param name="Before">The DDL that was there.</param>
/// <param name="Steps">What was done.</param>
/// <param name="Renames">The renames among it.</param>
/// <param name="StartedAt">When.</param>
/// <param name="DurationMs">How long it took.</param>
/// <param name="Who">Who did it.</param>
/// <param name="Host">Where.</param>
/// <param name="Program">With which version.</param>
/// <param name="Backup">The database before it, or null.</param>
/// <param name="BackupHash">The SHA-256 of the backup.</param>
/// <param name="Reason">Why it failed or was taken back.</param>
public sealed record MigrationRow(
    long Version, string Name, string Status, string Checksum, int? CodeVersion, IReadOnlyList<string> Wanted, IReadOnlyList<string> Before,
    IReadOnlyList<MigrationStep> Steps, IReadOnlyList<Rename> Renames, string StartedAt, long DurationMs, string Who, string Host, string Program,
    string? Backup, string? BackupHash, string? Reason);

/// <summary>One step of a migration that was done.</summary>
/// <param name="Summary">It in one line.</param>
/// <param name="IsRename">Whether what speaks of the name followed it.</param>
/// <param name="Sql">What was run.</param>
/// <param name="Undo">What takes it back.</param>
/// <param name="Rows">How many rows it touched.</param>
/// <param name="Ms">How long it took.</param>
public sealed record MigrationStep(string Summary, bool IsRename, IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, long Rows, long Ms);

/// <summary>What was done to a database, in the database. The last row that holds is the stamp: DDL and schema cookie of the last success.</summary>
internal static class MigrationHistory
{
    private const string Columns =
        "version, name, status, checksum, code_version, wanted, before, steps, renames, started_at, duration_ms, who, host, program, backup, "
        + "backup_sha256, reason";

    private const string Table =
        """
        CREATE TABLE IF NOT EXISTS migration_history (
            version INTEGER NOT NULL PRIMARY KEY, name TEXT NOT NULL, status TEXT NOT NULL, checksum TEXT NOT NULL, code_version INTEGER NULL,
            wanted TEXT NOT NULL, before TEXT NOT NULL, steps TEXT NOT NULL, renames TEXT NOT NULL, started_at TEXT NOT NULL,
            duration_ms INTEGER NOT NULL, who TEXT NOT NULL, host TEXT NOT NULL, program TEXT NOT NULL, backup TEXT NULL, backup_sha256 TEXT NULL,
            reason TEXT NULL, fingerprint TEXT NULL, cookie INTEGER NULL)
        """;

    // The fast path: one read says whether this DDL was reached and nobody changed anything since.
    private const string Stamp =
        """
        SELECT h.fingerprint, h.cookie = c.schema_version FROM migration_history AS h, pragma_schema_version AS c
        WHERE h.status IN ('applied', 'baseline') ORDER BY h.version DESC LIMIT 1
        """;

    public static bool Exists(SqliteConnection connection) =>
        connection.Number("SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = 'migration_history' COLLATE NOCASE") > 0;

    public static bool IsStamped(SqliteConnection connection, WantedSchema wanted)
    {
        try
        {
            return connection.Rows(Stamp) is [[string fingerprint, 1L]] && fingerprint == wanted.Fingerprint;
        }
        catch (SqliteException e) when (e.SqliteErrorCode == 1)
        {
            return false;   // no history, or somebody else's
        }
    }

    /// <summary>The history, oldest first; null when the table is somebody else's.</summary>
    public static List<MigrationRow>? Read(SqliteConnection connection)
    {
        if (!Exists(connection))
        {
            return [];
        }

        try
        {
            return connection.Rows($"SELECT {Columns} FROM migration_history ORDER BY version").ConvertAll(Row);
        }
        catch (Exception e) when (e is SqliteException { SqliteErrorCode: 1 } or JsonException or InvalidCastException)
        {
            return null;
        }
    }

    public static void Create(SqliteConnection connection) => connection.Execute(Table);

    public static void Add(SqliteConnection connection, MigrationRow row, string? fingerprint)
    {
        connection.Execute(
            $"INSERT INTO migration_history ({Columns}, fingerprint, cookie) SELECT $1, $2, $3, $4, $5, $6, $7, $8, $9, $10, $11, $12, $13, $14, $15, $16, "
            + "$17, $18, schema_version FROM pragma_schema_version",
            ("$1", row.Version), ("$2", row.Name), ("$3", row.Status), ("$4", row.Checksum), ("$5", row.CodeVersion),
            ("$6", JsonSerializer.Serialize(row.Wanted)), ("$7", JsonSerializer.Serialize(row.Before)), ("$8", JsonSerializer.Serialize(row.Steps)),
            ("$9", JsonSerializer.Serialize(row.Renames)), ("$10", row.StartedAt), ("$11", row.DurationMs), ("$12", row.Who), ("$13", row.Host),
            ("$14", row.Program), ("$15", row.Backup), ("$16", row.BackupHash), ("$17", row.Reason), ("$18", fingerprint));
    }

    /// <summary>Puts the stamp on the last row that holds.</summary>
    public static void Restamp(SqliteConnection connection, string fingerprint) => connection.Execute(
        """
        UPDATE migration_history SET fingerprint = $f, cookie = (SELECT schema_version FROM pragma_schema_version)
        WHERE version = (SELECT max(version) FROM migration_history WHERE status IN ('applied', 'baseline'))
        """,
        ("$f", fingerprint));

    public static void TakeBack(SqliteConnection connection, long version, string reason)
    {
        connection.Execute("UPDATE migration_history SET status = 'rolled back', reason = $r WHERE version = $v", ("$r", reason), ("$v", version));
        connection.Execute("UPDATE migration_history SET cookie = NULL");   // the stamp is put anew by the next look
    }

    private static MigrationRow Row(object?[] r) => new(
        (long)r[0]!, (string)r[1]!, (string)r[2]!, (string)r[3]!, r[4] is long code ? (int)code : null, Texts(r[5]), Texts(r[6]),
        JsonSerializer.Deserialize<List<MigrationStep>>((string)r[7]!)!, JsonSerializer.Deserialize<List<Rename>>((string)r[8]!)!, (string)r[9]!,
        Convert.ToInt64(r[10], CultureInfo.InvariantCulture), (string)r[11]!, (string)r[12]!, (string)r[13]!, (string?)r[14], (string?)r[15], (string?)r[16]);

    private static List<string> Texts(object? json) => JsonSerializer.Deserialize<List<string>>((string)json!)!;
}
