using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>What a piece of upkeep has come to.</summary>
public enum UpkeepOutcome
{
    /// <summary>It is done.</summary>
    Done,
    /// <summary>It was not begun.</summary>
    Skipped,
    /// <summary>It was begun, the time was over, and SQLite has taken it back.</summary>
    Stopped,
}

/// <summary>The outcome of a piece of upkeep.</summary>
/// <param name="Outcome">How it ended.</param>
/// <param name="What">What was done, or why not.</param>
/// <param name="Items">How many things were removed.</param>
public sealed record Upkeep(UpkeepOutcome Outcome, string What, long Items = 0);

/// <summary>How much of a database file is in use.</summary>
/// <param name="Bytes">The file.</param>
/// <param name="FreeBytes">Gaps in it.</param>
public sealed record DatabaseSpace(long Bytes, long FreeBytes)
{
    /// <summary>What would be left without the gaps.</summary>
    public long UsedBytes => Bytes - FreeBytes;
}

/// <summary>
/// Work on a database file that wants a moment in which nobody else uses it. It is bounded in time, and whatever ends it leaves the file as it was
/// before the step in which it ended.
/// </summary>
public sealed class SqliteUpkeep(string path, UpgradeOptions options)
{
    /// <summary>How fast a file is assumed to be written anew until it has been measured: half of what a busy machine of two cores did.</summary>
    public const double AssumedBytesPerSecond = 25_000_000;

    // Its first part fills another file and can be stopped; the second, which copies that back and cannot, takes no longer. Both within the time.
    private const double FirstPart = 0.45;
    private const int InstructionsPerLook = 50;   // about a dozen rows
    private const int SnapshotsAtOnce = 200;
    private const int Interrupted = 9;   // SQLITE_INTERRUPT

    private const string Superseded =
        "FROM snapshot WHERE EXISTS (SELECT 1 FROM snapshot n WHERE n.persistence_id = snapshot.persistence_id AND n.sequence_number > snapshot.sequence_number)";

    /// <summary>Told of each act while it is under way: where tests stop the process.</summary>
    public Action<string>? Reached { get; set; }

    /// <summary>The file's size and gaps.</summary>
    public DatabaseSpace Space()
    {
        using var db = SqliteBackup.Open(path, SqliteOpenMode.ReadOnly);
        var page = db.Number("PRAGMA page_size");
        return new DatabaseSpace(db.Number("PRAGMA page_count") * page, db.Number("PRAGMA freelist_count") * page);
    }

    /// <summary>Snapshots that a later one of the same actor has replaced.</summary>
    public long SupersededSnapshots()
    {
        using var db = SqliteBackup.Open(path, SqliteOpenMode.ReadOnly);
        return db.Number($"SELECT count(*) {Superseded}");
    }

    /// <summary>Backups that are no longer kept.</summary>
    public int ExpiredBackups() => new SqliteBackup(path, options).Expired().Count;

    /// <summary>Removes superseded snapshots, some at a time, and takes in the write-ahead log.</summary>
    /// <param name="limit">How long it may take.</param>
    public Upkeep Compact(TimeSpan limit)
    {
        var start = Stopwatch.GetTimestamp();
        using var db = Open();
        var (removed, last) = (0, 0);
        do
        {
            if (Stopwatch.GetElapsedTime(start) > limit)
            {
                return new Upkeep(UpkeepOutcome.Stopped, $"{removed} superseded snapshots removed; the time was over before the rest", removed);
            }

            last = db.Execute($"DELETE FROM snapshot WHERE rowid IN (SELECT rowid {Superseded} LIMIT {SnapshotsAtOnce})");
            removed += last;
            Reached?.Invoke("compacting");
        }
        while (last > 0);
        db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        return new Upkeep(UpkeepOutcome.Done, $"{removed} superseded snapshots removed; every event is kept", removed);
    }

    /// <summary>Removes backups that are no longer kept.</summary>
    public Upkeep PruneBackups()
    {
        var removed = new SqliteBackup(path, options).Prune();
        return new Upkeep(UpkeepOutcome.Done, $"{removed} backups removed", removed);
    }

    /// <summary>Writes the file anew without its gaps, if it is likely to be done in time.</summary>
    /// <param name="limit">How long it may take.</param>
    /// <param name="bytesPerSecond">How fast it went the last time; null when that is not known.</param>
    public Upkeep Vacuum(TimeSpan limit, double? bytesPerSecond)
    {
        var space = Space();
        var expected = Expected(space, bytesPerSecond);
        if (expected > limit)
        {
            return new Upkeep(
                UpkeepOutcome.Skipped,
                Text($"VACUUM would take about {expected.TotalSeconds:0.0} s ({space.UsedBytes} bytes); {limit.TotalSeconds:0.0} s are left"));
        }

        // Once as another file, once in the write-ahead log.
        if (options.FreeSpace(path) is var free && free < 2 * space.UsedBytes)
        {
            return new Upkeep(UpkeepOutcome.Skipped, Text($"VACUUM needs {2 * space.UsedBytes} bytes beside the database; {free} are free"));
        }

        var start = Stopwatch.GetTimestamp();
        using var db = Open();
        delegate_progress look = _ =>
        {
            Reached?.Invoke("vacuuming");
            return Stopwatch.GetElapsedTime(start) > limit * FirstPart ? 1 : 0;
        };
        raw.sqlite3_progress_handler(db.Handle, InstructionsPerLook, look, null);
        try
        {
            db.Execute("VACUUM");
        }
        catch (SqliteException stopped) when (stopped.SqliteErrorCode == Interrupted)
        {
            var after = Stopwatch.GetElapsedTime(start).TotalSeconds;
            return new Upkeep(UpkeepOutcome.Stopped, Text($"VACUUM was taken back after {after:0.0} s: it would not have been done in time"));
        }
        finally
        {
            raw.sqlite3_progress_handler(db.Handle, 0, null, null);
        }

        if (Stopwatch.GetElapsedTime(start) < limit * 2 * FirstPart)
        {
            db.Execute("PRAGMA wal_checkpoint(TRUNCATE)");
        }

        return new Upkeep(UpkeepOutcome.Done, "the file was written anew");
    }

    /// <summary>How long <see cref="Vacuum"/> is expected to take, with some to spare.</summary>
    public static TimeSpan Expected(DatabaseSpace space, double? bytesPerSecond) =>
        TimeSpan.FromSeconds(space.UsedBytes / (bytesPerSecond is { } measured ? measured * 0.7 : AssumedBytesPerSecond));

    private static string Text(FormattableString text) => FormattableString.Invariant(text);

    private SqliteConnection Open()
    {
        var db = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite);
        db.Execute("PRAGMA synchronous = FULL");
        return db;
    }
}
