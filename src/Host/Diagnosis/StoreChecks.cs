using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Migrations;
using Orchestrator.Protocol;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Diagnosis;

/// <summary>The database, its backups and the work products beside it.</summary>
internal static class StoreChecks
{
    private const long LargeWal = 64L * 1024 * 1024;
    private const int ArtifactsLookedAt = 1000;
    private static readonly TimeSpan OldBackup = TimeSpan.FromDays(30);
    private static readonly TimeSpan Skew = TimeSpan.FromMinutes(5);

    public static readonly IReadOnlyList<Check> All =
    [
        new("database-format", p => File.Exists(p.Database) && !HasHeader(p.Database)
            ? [new Finding("database-format", Verdict.Fault, $"{p.Database} is not an SQLite database.",
                "Move it away and put a backup in its place; or move it away to begin anew.")] : []),
        new("database-readable", p => p.StoreTrouble is { } trouble
            ? [new Finding("database-readable", Verdict.Fault, $"{p.Database} cannot be read: {trouble}",
                "See the other findings; put a backup in its place if it is damaged.")] : []),
        new("integrity", p => Integrity(p.Database, "integrity",
            "Stop the backend, then: orchestrator migrate restore BACKUP. What is there is kept for rescue (sqlite3 FILE .recover).")),
        new("journal-mode", p => Pragma(p, "journal_mode") is { } mode && mode != "wal"
            ? [new Finding("journal-mode", Verdict.Warning, $"The database is in mode '{mode}', not 'wal': another program has changed it.",
                "The next backend sets it right; leave the file to the backend.")] : []),
        new("schema", Schema),
        new("newer-events", p => p.Store is null ? [] : Query(p, "SELECT DISTINCT manifest FROM journal").Select(r => r[0] as string ?? "")
            .Where(m => !EventManifest.Names.Values.Contains(m)).ToList() is { Count: > 0 } unknown
            ? [new Finding("newer-events", Verdict.Fault,
                $"The journal holds events that this version does not know: {string.Join(", ", unknown.Take(5))}.",
                "Use the version that wrote them, or a newer one.")] : []),
        new("read-model", p => p.Store is { } s && p.Backend.State == BackendState.NotRunning && s.Index < s.Journal
            ? [new Finding("read-model", Verdict.Warning, $"The read model is {s.Journal - s.Index} events behind the journal.",
                "Nothing to do: the next start catches up.")] : []),
        new("read-model-ahead", p => p.Store is { } s && s.Index > s.Journal
            ? [new Finding("read-model-ahead", Verdict.Fault,
                $"The read model holds event {s.Index}, the journal ends at {s.Journal}: events are missing.",
                "The database was damaged or put together from two. Stop the backend, then: orchestrator migrate restore BACKUP")] : []),
        new("wal-size", p => p.Store is { } s && s.WalBytes > LargeWal
            ? [new Finding("wal-size", Verdict.Warning,
                $"The write-ahead log has {s.WalBytes / 1024 / 1024} MB: a reader keeps it from being emptied.",
                "Close other programs that have the database open; 'orchestrator stop' empties it.")] : []),
        new("clock", p => p.Store is null ? [] : Query(p, "SELECT coalesce(max(updated_at), 0) FROM task_index") is [[long last]]
            && DateTimeOffset.FromUnixTimeMilliseconds(last) is var time && time > p.Now + Skew
            ? [new Finding("clock", Verdict.Fault,
                $"The newest change is from {time:yyyy-MM-dd'T'HH:mm:ss'Z'}; this machine says {p.Now:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
                "Set the clock right: leases end by it.")] : []),
        new("expired-claims", p => p.Store is { } s && p.Backend.State == BackendState.Serving
            && s.Claims.Count(c => c.Until < p.Now - Skew) is var late and > 0
            ? [new Finding("expired-claims", Verdict.Fault, $"{late} claims ended and were not taken back although a backend serves.",
                "Run 'orchestrator stop'; the next backend takes them back. Please report it.")] : []),
        new("backup-age", p => p.Store is { Journal: > 0 } && Backups(p) is var backups
            && (backups.Count == 0 || p.Now - backups[0].LastWriteTimeUtc > OldBackup)
            ? [new Finding("backup-age", Verdict.Warning,
                backups.Count == 0 ? "There is no backup of the database."
                    : $"The newest backup is {(p.Now - backups[0].LastWriteTimeUtc).TotalDays:0} days old.",
                $"orchestrator export --artifacts FILE, or: sqlite3 {p.Database} \".backup COPY\". "
                + "Never copy the file by hand while a backend serves.")] : []),
        new("backup-restores", p => Backups(p) is [var newest, ..]
            ? Integrity(newest.FullName, "backup-restores", "Do not rely on it: make another, and remove this one.") : []),
        new("artifacts", Artifacts),
        new("leftovers", p => Directory.Exists(Folder(p)) && Directory.EnumerateFiles(Folder(p), "*.tmp", SearchOption.AllDirectories)
            .Count(f => p.Now - File.GetLastWriteTimeUtc(f) > TimeSpan.FromDays(1)) is var left and > 0
            ? [new Finding("leftovers", Verdict.Warning, $"{left} unfinished files of processes that were killed lie in {Folder(p)}.",
                $"find {Folder(p)} -name '*.tmp' -mtime +1 -delete")] : []),
    ];

    private static string Folder(Patient p) => Path.Join(p.Location.Path, "artifacts");

    private static List<FileInfo> Backups(Patient p) => new DirectoryInfo(Path.Join(p.Location.Path, "backups")) is { Exists: true } folder
        ? [.. folder.GetFiles("*.db").OrderByDescending(f => f.LastWriteTimeUtc)] : [];

    private static bool HasHeader(string path)
    {
        // Locks of this very process on the file must not be dropped by closing another handle: there are none, this process only reads.
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite | FileShare.Delete);
        Span<byte> start = stackalloc byte[16];
        var read = file.ReadAtLeast(start, 16, throwOnEndOfStream: false);
        return read == 0 || start.SequenceEqual("SQLite format 3\0"u8);
    }

    private static IReadOnlyList<object[]> Query(Patient p, string sql)
    {
        using var connection = StoreLook.Open(p.Database);
        return StoreLook.Rows(connection, sql);
    }

    private static string? Pragma(Patient p, string name) =>
        p.Store is null ? null : Convert.ToString(Query(p, $"PRAGMA {name}")[0][0], CultureInfo.InvariantCulture);

    private static List<Finding> Integrity(string file, string check, string remedy)
    {
        if (!File.Exists(file) || new FileInfo(file).Length == 0)
        {
            return [];
        }

        try
        {
            using var connection = StoreLook.Open(file);
            var wrong = StoreLook.Rows(connection, "PRAGMA integrity_check(5)").Select(r => $"{r[0]}").Where(r => r != "ok").ToList();
            return wrong.Count == 0 ? [] : [new Finding(check, Verdict.Fault, $"{file} is damaged: {string.Join("; ", wrong)}", remedy)];
        }
        catch (SqliteException e)
        {
            return [new Finding(check, Verdict.Fault, $"{file} is damaged: {e.Message}", remedy)];
        }
    }

    private static IEnumerable<Finding> Schema(Patient p)
    {
        if (!File.Exists(p.Database) || new FileInfo(p.Database).Length == 0 || !HasHeader(p.Database))
        {
            yield break;
        }

        switch (OrchestratorDatabase.Upgrade(p.Database).Check())
        {
            case UpgradeRefusal refusal:
                yield return new Finding("schema", Verdict.Fault, $"The database cannot be brought to this version: {refusal.Reason}.", refusal.NextStep);
                break;
            case UpgradeNeeded needed:
                yield return new Finding(
                    "schema", Verdict.Warning,
                    $"The database is not as this version wants it: {string.Join("; ", needed.Plan.Steps.Select(s => s.Summary).Concat(needed.Drift).Take(5))}.",
                    "Nothing to do: the next backend upgrades it, after a backup. 'orchestrator migrate plan' shows how.");
                break;
        }
    }

    private static IEnumerable<Finding> Artifacts(Patient p)
    {
        if (p.Store is null)
        {
            yield break;
        }

        var wrong = Query(p, $"SELECT artifact_id, sha256, size FROM task_artifact ORDER BY made_at DESC LIMIT {ArtifactsLookedAt}")
            .Where(r => new FileInfo(Path.Join(Folder(p), ((string)r[1])[..2], (string)r[1])) is var file
                && (!file.Exists || file.Length != (long)r[2]))
            .Select(r => (string)r[0]).ToList();
        if (wrong.Count > 0)
        {
            yield return new Finding(
                "artifacts", Verdict.Fault, $"{wrong.Count} work products are missing or have another size: {string.Join(", ", wrong.Take(5))}.",
                $"Put {Folder(p)} back from a backup; the tasks and their summaries are unharmed.");
        }
    }
}
