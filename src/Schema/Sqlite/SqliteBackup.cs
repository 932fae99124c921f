using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// A copy of the database as it is before a migration, made by SQLite through a connection of its own. The file is never copied by hand: that drops
/// the lock of this very process, and loses what is still in the write-ahead log.
/// </summary>
internal sealed class SqliteBackup(string database, UpgradeOptions options)
{
    private readonly string _folder = options.BackupFolder ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(database))!, "backups");

    private const int TimeLength = 22;   // of what a name ends in: its time and .db

    private string Prefix => Path.GetFileNameWithoutExtension(database);

    /// <summary>Makes one and verifies it by opening it.</summary>
    /// <param name="label">What it is from, as part of its name.</param>
    /// <param name="tables">How many things its schema must have.</param>
    public (string Path, string Hash) Make(string label, long tables)
    {
        Directory.CreateDirectory(_folder);
        foreach (var left in Directory.GetFiles(_folder, $"{Prefix}-*.partial*"))
        {
            File.Delete(left);   // of one who died while he wrote it
        }

        var target = Path.Combine(_folder, $"{Prefix}-{label}-{Time(options.Clock.GetUtcNow())}.db");
        var partial = $"{target}.partial";
        options.Reached?.Invoke("backup: copy");
        Copy(partial);
        options.Reached?.Invoke("backup: verify");
        var hash = Settle(partial, tables);
        options.Reached?.Invoke("backup: publish");
        File.Move(partial, target);
        return (target, hash);
    }

    /// <summary>Deletes the oldest beyond the number and the age that are kept. The newest stays whatever its age. Returns how many.</summary>
    public int Prune()
    {
        var expired = Expired();
        foreach (var old in expired)
        {
            old.Delete();
        }

        return expired.Count;
    }

    /// <summary>What <see cref="Prune"/> would delete.</summary>
    public IReadOnlyList<FileInfo> Expired()
    {
        var made = new DirectoryInfo(_folder) is { Exists: true } folder ? folder.GetFiles($"{Prefix}-*.db") : [];
        made = [.. made.Where(f => f.Name.Length > TimeLength)];   // others are not ours
        var oldest = options.KeepBackupsFor is { } age ? Time(options.Clock.GetUtcNow() - age) : "";

        // Names end in the time, so they sort by it.
        return [.. made.OrderByDescending(f => f.Name[^TimeLength..]).Where((f, i) => i >= Math.Max(1, options.KeepBackups) || (i > 0 && IsOlder(f, oldest)))];
    }

    /// <summary>Whether a file is a sound database.</summary>
    public static void Verify(string path, long? tables)
    {
        using var copy = Open(path, SqliteOpenMode.ReadWrite);
        copy.Execute("PRAGMA journal_mode = DELETE");   // one file, whatever the original was
        var check = (string?)copy.Scalar("PRAGMA quick_check(1)");
        var found = copy.Number("SELECT count(*) FROM sqlite_schema");
        if (check != "ok" || (tables is not null && tables != found))
        {
            throw new RefusalException(new UpgradeRefusal(
                "backup", $"the backup {path} is not sound: {check}, {found} of {tables} "
                    + "entries", "check the database with: orchestrator migrate verify"));
        }
    }

    public static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.Read, FileShare.ReadWrite, 1 << 20);
        return Convert.ToHexStringLower(SHA256.HashData(file));
    }

    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder
        {
            DataSource = path,
            Mode = mode,
            Pooling = false,
            ForeignKeys = false
        }.ConnectionString);
        connection.Open();
        return connection;
    }

    private static string Time(DateTimeOffset at) => at.ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);

    private static bool IsOlder(FileInfo file, string time) => string.CompareOrdinal(file.Name[^22..], time) < 0;

    // Three looks at bytes that change no more: whether they are sound, what they are, and that they are on the disk.
    private static string Settle(string partial, long tables)
    {
        var hash = Task.Run(() => Hash(partial));
        var synced = Task.Run(() => Sync(partial));
        try
        {
            Verify(partial, tables);
        }
        finally
        {
            Task.WhenAll(hash, synced).ContinueWith(_ => { }, TaskScheduler.Default).Wait();   // nobody reads it when we leave
        }

        synced.GetAwaiter().GetResult();
        return hash.GetAwaiter().GetResult();
    }

    private static void Sync(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.ReadWrite);
        RandomAccess.FlushToDisk(file.SafeFileHandle);
    }

    private void Copy(string partial)
    {
        using var source = Open(database, SqliteOpenMode.ReadWrite);
        using var copy = Open(partial, SqliteOpenMode.ReadWriteCreate);
        copy.Execute("PRAGMA synchronous = OFF");   // it is synced once, when it is whole
        source.BackupDatabase(copy);
        copy.Execute("PRAGMA journal_mode = DELETE");   // one file, whatever the original was
    }
}
