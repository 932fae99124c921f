using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Sqlite;

/// <summary>Puts a backup in the place of the database. SQLite writes it in one transaction, so a crash leaves one or the other.</summary>
internal sealed class SqliteRestoration(string path, UpgradeOptions options)
{
    public UpgradeOutcome From(string backup)
    {
        try
        {
            if (!File.Exists(backup))
            {
                return new Refused(new UpgradeRefusal("backup", $"there is no {backup}", "name a backup of the history"));
            }

            if (Known(backup) is { } known && known != SqliteBackup.Hash(backup))
            {
                return new Refused(new UpgradeRefusal("backup", $"{backup} is not what was backed up: its SHA-256 differs", "name another backup"));
            }

            SqliteBackup.Verify(backup, null);
            var kept = File.Exists(path) ? KeepOld() : null;
            options.Reached?.Invoke("restore");
            using var source = SqliteBackup.Open(backup, SqliteOpenMode.ReadWrite);
            using var target = SqliteBackup.Open(path, SqliteOpenMode.ReadWriteCreate);
            source.BackupDatabase(target);
            return new TakenBack(0, kept);
        }
        catch (RefusalException e)
        {
            return new Refused(e.Refusal);
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException)
        {
            return new Failed(e.Message, "the database is as it was; settle the cause, then try again");
        }
    }

    private string? KeepOld()
    {
        try
        {
            long entries;
            using (var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite))
            {
                entries = connection.Number("SELECT count(*) FROM sqlite_schema");
            }

            return new SqliteBackup(path, options).Make("before-restore", entries).Path;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            return null;   // what is damaged cannot be kept, and is why one restores
        }
    }

    private string? Known(string backup)
    {
        try
        {
            var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite);
            using var session = new SqliteSession(connection, path, options);
            return MigrationHistory.Read(session)?.FirstOrDefault(r => r.Backup == Path.GetFullPath(backup))?.BackupHash;
        }
        catch (SqliteException)
        {
            return null;
        }
    }
}
