using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>A database that brings itself to the schema that a program wants, without losing a row, or says what stands in the way.</summary>
/// <param name="path">The SQLite file; it need not be there yet.</param>
/// <param name="wanted">What the program wants.</param>
/// <param name="options">How.</param>
public sealed class DatabaseUpgrade(string path, WantedSchema wanted, UpgradeOptions? options = null)
{
    private readonly UpgradeOptions _options = options ?? new UpgradeOptions();

    /// <summary>Looks, and changes nothing. With nothing to do it costs one read.</summary>
    public UpgradeCheck Check()
    {
        if (!File.Exists(path))
        {
            using var empty = SqliteIntrospection.Scratch();
            return Assessment.Of(empty, wanted, _options).Check;
        }

        return Reading(connection => MigrationHistory.IsStamped(connection, wanted) ? new UpToDate(true) : Assessment.Of(connection, wanted, _options).Check);
    }

    /// <summary>Brings the database to the wanted schema. What is to be done is found anew within the lock.</summary>
    public UpgradeOutcome Apply() => Check() switch
    {
        UpToDate { IsStamped: true } => new NothingToDo(),
        UpgradeRefusal refusal => new Refused(refusal),
        _ => new Migrator(path, wanted, _options).Apply(),
    };

    /// <summary>Takes the last migration back.</summary>
    public UpgradeOutcome Rollback() => new Migrator(path, wanted, _options).Rollback();

    /// <summary>What was done to the database, oldest first.</summary>
    public IReadOnlyList<MigrationRow> History()
    {
        using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadWrite);
        return MigrationHistory.Read(connection) ?? [];
    }

    /// <summary>
    /// The numbers of the history and what became of each, without the rest: cheap enough for every start. The making of a new database is left out:
    /// nothing was migrated by it.
    /// </summary>
    public IReadOnlyList<(long Version, string Status)> Outline()
    {
        using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadWrite);
        return MigrationHistory.Exists(connection)
            ? connection.Rows("SELECT version, status FROM migration_history WHERE before <> '[]' ORDER BY version").ConvertAll(r => ((long)r[0]!, (string)r[1]!))
            : [];
    }

    /// <summary>Everything that is wrong with the database: damage, rows without parents, views and triggers that do not work, drift.</summary>
    public IReadOnlyList<string> Verify()
    {
        try
        {
            using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadWrite);
            var wrong = connection.Rows("PRAGMA integrity_check").ConvertAll(r => $"{r[0]}").FindAll(r => r != "ok");
            wrong.AddRange(connection.Rows("PRAGMA foreign_key_check").Select(r => $"{r[0]} row {r[1]} has no parent in {r[2]}"));
            var assessment = Assessment.Of(connection, wanted, _options);
            wrong.AddRange(assessment.Broken.Select(b => $"{b.Key} does not work: {b.Value}"));
            wrong.AddRange(assessment.Check switch
            {
                UpgradeRefusal refusal => [refusal.Reason],
                UpgradeNeeded needed => [.. needed.Drift, .. needed.Plan.Steps.Select(s => $"not as wanted: {s.Summary}")],
                _ => [],
            });
            return wrong;
        }
        catch (Exception e) when (e is SqliteException or SchemaException)
        {
            return [e.Message];
        }
    }

    /// <summary>Puts a backup in the place of the database, in one transaction, after backing up what is there.</summary>
    /// <param name="backup">The backup.</param>
    public UpgradeOutcome Restore(string backup) => new Restoration(path, _options).From(backup);

    // Reading needs no right to write, but for a database whose last writer died: it must first be put right.
    private UpgradeCheck Reading(Func<SqliteConnection, UpgradeCheck> look)
    {
        try
        {
            try
            {
                using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadOnly);
                return look(connection);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 8 or 14)
            {
                using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadWrite);
                return look(connection);
            }
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            return new UpgradeRefusal("damaged", $"{path}: {e.Message}", "restore a backup: orchestrator migrate restore BACKUP");
        }
        catch (SqliteException e)
        {
            return new UpgradeRefusal("unavailable", $"{path}: {e.Message}", "see that the file can be read and written, then try again");
        }
    }
}
