using System.Globalization;
using System.Security.Cryptography;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// A copy of the database as it is before a migration, made by SQLite through a connection of its own. The file is never copied by hand: that drops
/// the lock of this very process, and loses what is still in the write-ahead log.
/// </summary>
internal sealed class DatabaseBackup(string database, UpgradeOptions options)
{
    private readonly string _folder = options.BackupFolder ?? Path.Combine(Path.GetDirectoryName(Path.GetFullPath(database))!, "backups");

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

        var time = options.Clock.GetUtcNow().ToString("yyyyMMdd'T'HHmmssfff'Z'", CultureInfo.InvariantCulture);
        var target = Path.Combine(_folder, $"{Prefix}-{label}-{time}.db");
        var partial = $"{target}.partial";
        options.Reached?.Invoke("backup: copy");
        Copy(partial);
        options.Reached?.Invoke("backup: verify");
        Verify(partial, tables);
        var hash = Hash(partial);
        options.Reached?.Invoke("backup: publish");
        File.Move(partial, target);
        return (target, hash);
    }

    /// <summary>Deletes the oldest beyond the number that is kept.</summary>
    public void Prune(bool made)
    {
        if (!made)
        {
            return;
        }

        // Names end in the time, so they sort by it within a label; the file's own time orders them all.
        foreach (var old in new DirectoryInfo(_folder).GetFiles($"{Prefix}-*.db").OrderByDescending(f => f.Name[^22..]).Skip(options.KeepBackups))
        {
            old.Delete();
        }
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
                "backup", $"the backup {path} is not sound: {check}, {found} of {tables} entries", "check the database with: orchestrator migrate verify"));
        }
    }

    public static string Hash(string path)
    {
        using var file = new FileStream(path, FileMode.Open, FileAccess.ReadWrite, FileShare.Read, 1 << 20);
        var hash = Convert.ToHexStringLower(SHA256.HashData(file));
        file.Flush(flushToDisk: true);
        return hash;
    }

    public static SqliteConnection Open(string path, SqliteOpenMode mode)
    {
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = path, Mode = mode, Pooling = false, ForeignKeys = false }.ConnectionString);
        connection.Open();
        return connection;
    }

    private void Copy(string partial)
    {
        using var source = Open(database, SqliteOpenMode.ReadWrite);
        using var copy = Open(partial, SqliteOpenMode.ReadWriteCreate);
        copy.Execute("PRAGMA synchronous = OFF");   // it is synced once, when it is whole
        source.BackupDatabase(copy);
    }
}
