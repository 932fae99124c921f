using System.Data.Common;
using System.Globalization;
using System.Text.Json;
using Orchestrator.Schema.Planning;

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
    string? Backup, string? BackupHash, string? Reason)
{
    /// <summary>The tables whose rows its steps changed.</summary>
    internal IReadOnlyList<string> Touched => [.. Steps.SelectMany(s => s.Touched ?? []).Distinct()];
}

/// <summary>One step of a migration that was done.</summary>
/// <param name="Summary">It in one line.</param>
/// <param name="IsRename">Whether what speaks of the name followed it.</param>
/// <param name="Sql">What was run.</param>
/// <param name="Undo">What takes it back.</param>
/// <param name="Rows">How many rows it touched.</param>
/// <param name="Ms">How long it took.</param>
public sealed record MigrationStep(string Summary, bool IsRename, IReadOnlyList<string> Sql, IReadOnlyList<string> Undo, long Rows, long Ms)
{
    /// <summary>The tables whose rows it changed.</summary>
    public IReadOnlyList<string>? Touched { get; init; }
}

/// <summary>What was done to a database, in the database. The last row that holds is the stamp: DDL and schema cookie of the last success.</summary>
internal static class MigrationHistory
{
    private const string Columns =
        "version, name, status, checksum, code_version, wanted, before, steps, renames, started_at, duration_ms, who, host, program, backup, "
        + "backup_sha256, reason";

    private static readonly Recent<List<object?[]>, IReadOnlyList<MigrationRow>> Parsed = new(DatabaseCommands.IsSame);

    private static readonly Lazy<bool> Prepared = new(() =>
    {
        _ = JsonSerializer.Serialize([new MigrationStep("", false, [""], [""], 0, 0)], SchemaJson.Default.IReadOnlyListMigrationStep);
        _ = JsonSerializer.Serialize([new Rename(RenameKind.Table, "", "", "")], SchemaJson.Default.IReadOnlyListRename);
        return true;
    });

    /// <summary>Makes what writing a row needs for the first time, before others are held up: it takes longer than the row.</summary>
    public static void Prepare() => _ = Prepared.Value;

    // The fast path: one read says whether this DDL was reached and nobody changed anything since.
    public static bool IsStamped(DatabaseSession session, WantedSchema wanted)
    {
        try
        {
            return session.Ask(
                $"SELECT fingerprint, CASE WHEN cookie = {session.History.Cookie} THEN 1 ELSE 0 END FROM migration_history "
                + "WHERE status IN ('applied', 'baseline') ORDER BY version DESC LIMIT 1") is [[string fingerprint, var same]]
                && fingerprint == wanted.Fingerprint && Convert.ToInt32(same, CultureInfo.InvariantCulture) == 1;
        }
        catch (DbException e) when (session.IsMissing(e))
        {
            return false;   // no history, or somebody else's
        }
    }

    /// <summary>The history, oldest first; null when the table is somebody else's.</summary>
    public static IReadOnlyList<MigrationRow>? Read(DatabaseSession session)
    {
        if (!session.HasHistory)
        {
            return [];
        }

        try
        {
            return Parsed.Of(session.TryAsk($"SELECT {Columns} FROM migration_history ORDER BY version"), rows => rows.ConvertAll(Row));
        }
        catch (Exception e) when ((e is DbException error && session.IsMissing(error)) || e is JsonException or InvalidCastException)
        {
            return null;
        }
    }

    /// <summary>Failures that were kept beside the database. What is not one, somebody else wrote: it is nothing.</summary>
    /// <param name="json">The text.</param>
    public static IReadOnlyList<MigrationRow> Failures(string json)
    {
        try
        {
            var kept = JsonSerializer.Deserialize(json, SchemaJson.Default.ListMigrationRow) ?? [];
            return [.. kept.OfType<MigrationRow>().Where(r => r is
            {
                Status: "failed", Wanted: not null, Before: not null, Steps: not null, Renames: not null, Name: not null, StartedAt: not null,
                Who: not null, Host: not null, Program: not null,
            })];
        }
        catch (JsonException)
        {
            return [];
        }
    }

    public static void Create(DatabaseSession session) => session.Connection.Execute(session.History.Table);

    public static void Add(DatabaseSession session, MigrationRow row, string? fingerprint)
    {
        session.Connection.Execute(
            $"INSERT INTO migration_history ({Columns}, fingerprint, cookie) VALUES ("
            + $"{string.Join(", ", Enumerable.Range(1, 18).Select(n => $"@p{n}"))}, {session.History.Cookie})",
            ("@p1", row.Version), ("@p2", row.Name), ("@p3", row.Status), ("@p4", row.Checksum), ("@p5", row.CodeVersion),
            ("@p6", JsonSerializer.Serialize(row.Wanted, SchemaJson.Default.IReadOnlyListString)),
            ("@p7", JsonSerializer.Serialize(row.Before, SchemaJson.Default.IReadOnlyListString)),
            ("@p8", JsonSerializer.Serialize(row.Steps, SchemaJson.Default.IReadOnlyListMigrationStep)),
            ("@p9", JsonSerializer.Serialize(row.Renames, SchemaJson.Default.IReadOnlyListRename)),
            ("@p10", row.StartedAt), ("@p11", row.DurationMs), ("@p12", row.Who), ("@p13", row.Host),
            ("@p14", row.Program), ("@p15", row.Backup), ("@p16", row.BackupHash), ("@p17", row.Reason), ("@p18", fingerprint));
    }

    /// <summary>Puts the stamp on the last row that holds.</summary>
    public static void Restamp(DatabaseSession session, string fingerprint) => session.Connection.Execute(
        $"""
        UPDATE migration_history SET fingerprint = @f, cookie = {session.History.Cookie}
        WHERE version = (SELECT max(version) FROM migration_history WHERE status IN ('applied', 'baseline'))
        """,
        ("@f", fingerprint));

    public static void TakeBack(DatabaseSession session, long version, string reason)
    {
        session.Connection.Execute("UPDATE migration_history SET status = 'rolled back', reason = @r WHERE version = @v", ("@r", reason),
            ("@v", version));
        session.Connection.Execute("UPDATE migration_history SET cookie = NULL");   // the stamp is put anew by the next look
    }

    private static MigrationRow Row(object?[] r) => new(
        (long)r[0]!, (string)r[1]!, (string)r[2]!, (string)r[3]!, r[4] is { } code ? Convert.ToInt32(code, CultureInfo.InvariantCulture) : null,
            Texts(r[5]), Texts(r[6]),
        JsonSerializer.Deserialize((string)r[7]!, SchemaJson.Default.ListMigrationStep)!, JsonSerializer.Deserialize((string)r[8]!, SchemaJson.Default.ListRename)!, (string)r[9]!,
        Convert.ToInt64(r[10], CultureInfo.InvariantCulture), (string)r[11]!, (string)r[12]!, (string)r[13]!, (string?)r[14], (string?)r[15],
            (string?)r[16]);

    private static List<string> Texts(object? json) => JsonSerializer.Deserialize((string)json!, SchemaJson.Default.ListString)!;
}
