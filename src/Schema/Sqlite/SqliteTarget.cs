using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Schema.Sqlite;

/// <summary>A SQLite file; it need not be there yet.</summary>
internal sealed class SqliteTarget(string path) : DatabaseTarget
{
    public override string Name => path;

    // Reading needs no right to write, but for a database whose last writer died: it must first be put right.
    public override T Look<T>(UpgradeOptions options, Func<DatabaseSession, T> look)
    {
        if (!File.Exists(path))
        {
            using var empty = new SqliteSession(SqliteIntrospection.Scratch(), null, options);
            return look(empty);
        }

        try
        {
            using var session = new SqliteSession(SqliteBackup.Open(path, SqliteOpenMode.ReadOnly), path, options);
            return look(session);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 8 or 14)
        {
            using var session = new SqliteSession(SqliteBackup.Open(path, SqliteOpenMode.ReadWrite), path, options);
            return look(session);
        }
    }

    public override DatabaseSession Open(UpgradeOptions options)
    {
        var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWriteCreate);
        try
        {
            connection.Execute("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536");
            return connection.Number("PRAGMA foreign_keys") == 0
                ? new SqliteSession(connection, path, options)
                : throw new InvalidOperationException("foreign keys are still enforced: dropping a parent would drop its children");
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    public override Backfill Backfill(WantedSchema wanted, UpgradeOptions options)
    {
        var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite);
        connection.Execute("PRAGMA synchronous = FULL");
        return new SqliteBackfill(new SqliteSession(connection, path, options), wanted);
    }

    public override UpgradeOutcome Restore(string backup, UpgradeOptions options) => new SqliteRestoration(path, options).From(backup);

    public override bool IsUnusable(DbException error) => error is SqliteException { SqliteErrorCode: 11 or 26 };

    // Its file, or the directory in which its log or journal would be made.
    public override bool IsReadOnly(DbException error) => error is SqliteException { SqliteErrorCode: 8 or 14 };

    public override UpgradeRefusal Explain(DbException error) => IsUnusable(error)
        ? new UpgradeRefusal("damaged", $"{path}: {error.Message}", "restore a backup: orchestrator migrate restore BACKUP")
        : new UpgradeRefusal("unavailable", $"{path}: {error.Message}", "see that the file can be read and written, then try again");
}
