using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Applying;

/// <summary>One migration: lock, backup, steps, verification and history row, of which all or nothing is there afterwards.</summary>
internal sealed class Migrator(string path, WantedSchema wanted, UpgradeOptions options)
{
    public UpgradeOutcome Apply() => Guarded(connection =>
    {
        var before = Assessment.Of(connection, wanted, options);
        return before.Check switch
        {
            UpgradeRefusal refusal => throw new RefusalException(refusal),
            UpgradeNeeded needed => Migrate(connection, before, needed.Plan),
            _ => Stamp(connection, before),
        };
    });

    public UpgradeOutcome Rollback() => Guarded(connection =>
    {
        var history = MigrationHistory.Read(connection) ?? [];
        if (history.LastOrDefault(r => r.Status == "applied") is not { } last)
        {
            throw new RefusalException(new UpgradeRefusal("history", "no migration can be taken back", "nothing to do"));
        }

        var found = SqliteIntrospection.Read(connection);
        var target = SqliteIntrospection.Of(last.Before.Where(s => !s.StartsWith("CREATE VIEW", StringComparison.OrdinalIgnoreCase)
            && !s.StartsWith("CREATE TRIGGER", StringComparison.OrdinalIgnoreCase)));
        var before = new Assessment(new UpToDate(false), found, target, history, SqliteSoundness.Broken(connection, found));
        var (backup, _) = BackUp(connection, before, $"before-rollback-{last.Version}");
        new StepRunner(connection, options).Undo(last.Steps.Reverse());
        var now = SqliteIntrospection.Read(connection);
        var left = SchemaDiff.Between(now, target, SchemaHints.None, null);
        if (left.Missing.Count + left.Changed.Count + left.Conflicts.Count > 0)
        {
            throw new RefusalException(new UpgradeRefusal(
                "conflict", $"what was there before migration {last.Version} is not reached: the database was changed since", $"restore the backup {last.Backup}"));
        }

        new Verification(connection, before with { Found = now }, []).Check([]);
        MigrationHistory.TakeBack(connection, last.Version, $"taken back by {options.Who} at {options.Clock.GetUtcNow():u}");
        Commit(connection);
        return new TakenBack(last.Version, backup);
    });

    private Upgraded Migrate(SqliteConnection connection, Assessment before, SchemaPlan plan)
    {
        var clock = Stopwatch.StartNew();
        var started = options.Clock.GetUtcNow();
        var version = before.History.Count == 0 ? 1 : before.History[^1].Version + 1;
        var isNew = before.Found.Statements().Count == 0;
        NeedSpace(connection, plan);
        var (backup, hash) = isNew ? (null, null) : BackUp(connection, before, $"v{version.ToString(CultureInfo.InvariantCulture)}");
        try
        {
            var verification = new Verification(connection, before, plan.Steps);
            var done = new StepRunner(connection, options).Run(plan.Steps);
            options.Progress?.Invoke(new UpgradeProgress("verify", plan.Steps.Count, plan.Steps.Count, "verifying"));
            options.Reached?.Invoke("verify");
            verification.Check(plan.Steps);
            Reached(connection, before, plan);
            options.Reached?.Invoke("history");
            if (before.History.Count == 0 && !isNew)
            {
                Record(connection, before, Row(before, version++, "what was found", "baseline", started) with { Wanted = before.Found.Statements() }, null);
            }

            var row = Row(before, version, Name(plan), "applied", started) with
            {
                Steps = done,
                Renames = plan.Renamed,
                DurationMs = clock.ElapsedMilliseconds,
                Backup = backup,
                BackupHash = hash,
            };
            Record(connection, before, row, wanted.Fingerprint);
            Commit(connection);
        }
        catch (Exception e) when (backup is not null)
        {
            Note(connection, before, plan, started, e.Message);
            throw;
        }

        new DatabaseBackup(path, options).Prune(backup is not null);
        return new Upgraded(version, plan, backup, clock.Elapsed);
    }

    // The proof of the whole: what is there now is what is wanted, by the same eyes that found the difference.
    private void Reached(SqliteConnection connection, Assessment before, SchemaPlan plan)
    {
        var now = SqliteIntrospection.Read(connection);
        var memory = Assessment.Memory(before.History);
        var left = Assessment.Plan(
            Assessment.Facts(connection, now, before.Broken), before.Wanted, wanted, memory with { Renamed = [.. memory.Renamed, .. plan.Renamed] });
        if (!left.IsEmpty)
        {
            throw new InvalidOperationException(
                $"the steps do not lead to the wanted schema; this remains: {string.Join("; ", left.Refusals.Concat(left.Steps.Select(s => s.Summary)))}");
        }
    }

    private NothingToDo Stamp(SqliteConnection connection, Assessment before)
    {
        options.Reached?.Invoke("stamp");
        if (before.History.Any(r => r.Status is "applied" or "baseline"))
        {
            MigrationHistory.Restamp(connection, wanted.Fingerprint);
        }
        else
        {
            var row = Row(before, before.History.Count + 1, "what was found", "baseline", options.Clock.GetUtcNow());
            Record(connection, before, row, wanted.Fingerprint);
        }

        Commit(connection);
        return new NothingToDo();
    }

    private static void Record(SqliteConnection connection, Assessment before, MigrationRow row, string? fingerprint)
    {
        if (!before.History.Any())
        {
            MigrationHistory.Create(connection);
        }

        var checksum = WantedSchema.Hash(System.Text.Json.JsonSerializer.Serialize(row.Wanted));
        MigrationHistory.Add(connection, row with { Checksum = checksum }, fingerprint);
    }

    private MigrationRow Row(Assessment before, long version, string name, string status, DateTimeOffset at) => new(
        version, name, status, wanted.Checksum, wanted.Version, wanted.Statements, before.Found.Statements(), [], [], $"{at:u}", 0,
        options.Who, Environment.MachineName, options.Program, null, null, null);

    private static string Name(SchemaPlan plan) =>
        plan.Steps.Count == 1 ? plan.Steps[0].Summary : $"{plan.Steps[0].Summary} and {plan.Steps.Count - 1} more";

    private (string? Path, string? Hash) BackUp(SqliteConnection connection, Assessment before, string label)
    {
        options.Progress?.Invoke(new UpgradeProgress("backup", 0, 0, "backing up"));
        var entries = connection.Number("SELECT count(*) FROM sqlite_schema");
        return before.Found.Tables.Count == 0 ? (null, null) : new DatabaseBackup(path, options).Make(label, entries);
    }

    private void NeedSpace(SqliteConnection connection, SchemaPlan plan)
    {
        var size = connection.Number("SELECT page_count * page_size FROM pragma_page_count, pragma_page_size");
        var need = size + (plan.Steps.Any(s => s.Step.RewritesTable) ? 2 * size : 0) + (1 << 20);
        if (options.FreeSpace(path) is var free && free < need)
        {
            throw new RefusalException(new UpgradeRefusal(
                "space", $"{free >> 20} MiB are free where the backup and the migration need {(need >> 20) + 1} MiB", "make room, then try again; nothing was changed"));
        }
    }

    private void Commit(SqliteConnection connection)
    {
        options.Reached?.Invoke("commit");
        using var commit = connection.CreateCommand();
        commit.CommandText = "COMMIT";
        commit.CommandTimeout = Math.Max(1, (int)options.LockWait.TotalSeconds);   // readers of a database without a write-ahead log must end first
        commit.ExecuteNonQuery();
        options.Reached?.Invoke("committed");
    }

    private void Note(SqliteConnection connection, Assessment before, SchemaPlan plan, DateTimeOffset at, string reason)
    {
        try
        {
            Sqlite.SqliteCommands.Execute(connection, "ROLLBACK");
            if (before.History.Count > 0)
            {
                var row = Row(before, before.History[^1].Version + 1, Name(plan), "failed", at);
                Record(connection, before, row with { Reason = reason }, null);
            }
        }
        catch (SqliteException)
        {
            // the reason goes to the caller all the same
        }
    }

    private UpgradeOutcome Guarded(Func<SqliteConnection, UpgradeOutcome> act)
    {
        try
        {
            options.Reached?.Invoke("open");
            using var connection = DatabaseBackup.Open(path, SqliteOpenMode.ReadWriteCreate);
            connection.Execute("PRAGMA synchronous = FULL; PRAGMA cell_size_check = ON; PRAGMA cache_size = -65536");
            if (connection.Number("PRAGMA foreign_keys") != 0)
            {
                throw new InvalidOperationException("foreign keys are still enforced: dropping a parent would drop its children");
            }

            options.Reached?.Invoke("lock");
            using var held = UpgradeLock.Take(connection, path, options);
            return act(connection);   // closing the connection ends what is not committed
        }
        catch (RefusalException e)
        {
            return new Refused(e.Refusal);
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 11 or 26)
        {
            return new Refused(new UpgradeRefusal("damaged", $"{path}: {e.Message}", "restore a backup: orchestrator migrate restore BACKUP"));
        }
        catch (Exception e) when (e is SqliteException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            return new Failed(e.Message, "the database is as it was; settle the cause, then start again");
        }
    }
}
