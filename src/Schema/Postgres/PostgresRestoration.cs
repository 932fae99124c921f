using System.Data.Common;
using Npgsql;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// Puts the tables of a backup in their place, in one transaction: they are emptied, the schema goes back to what it was, and the rows come back
/// before the foreign keys do. What is there is backed up first.
/// </summary>
internal sealed class PostgresRestoration(PostgresTarget target, UpgradeOptions options)
{
    public UpgradeOutcome From(string backup)
    {
        try
        {
            using var session = target.Open(options);
            using var held = session.Lock();
            var connection = (NpgsqlConnection)session.Connection;
            if (PostgresBackup.Read(connection, backup) is not { } found)
            {
                return new Refused(new UpgradeRefusal("backup", $"there is no backup {backup} in {target.Name}", "name a backup of the history"));
            }

            if (MigrationHistory.Read(session)?.FirstOrDefault(r => r.Backup == backup)?.BackupHash is { } known && known != found.Hash)
            {
                return new Refused(new UpgradeRefusal("backup",
                    $"{backup} is not what was backed up: its manifest was changed", "name another backup"));
            }

            return Restore(session, connection, backup, found.Manifest);
        }
        catch (RefusalException e)
        {
            return new Refused(e.Refusal);
        }
        catch (PostgresException e) when (e.SqlState.StartsWith("23", StringComparison.Ordinal)
            || e.SqlState.StartsWith("2B", StringComparison.Ordinal))
        {
            return new Refused(new UpgradeRefusal("conflict",
                $"what is there now does not go with the backup: {e.MessageText}", "settle this, then try again; nothing was changed"));
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException or SchemaException)
        {
            return new Failed(e.Message, "the database is as it was; settle the cause, then try again");
        }
    }

    private TakenBack Restore(DatabaseSession session, NpgsqlConnection connection, string backup, BackupManifest manifest)
    {
        foreach (var table in manifest.Tables)
        {
            var copy = $"{PostgresNames.Quote(backup)}.{PostgresNames.Quote(table.Name)}";
            if (PostgresBackup.Hash(connection, copy, table.Columns) != table.Hash)
            {
                throw new RefusalException(new UpgradeRefusal("backup",
                    $"{backup} is not what was backed up: the rows of {table.Name} differ", "name another backup"));
            }
        }

        var (now, then) = (session.Read(), session.OfFound(manifest.Statements));
        var names = manifest.Tables.Select(t => t.Name).ToHashSet();
        var plan = Plan(session, now, then);
        var (kept, _) = session.BackUp(now, "before_restore", [.. names.Concat(plan.Touched).Distinct()]);
        options.Reached?.Invoke("restore");
        session.Freeze(plan);
        Empty(connection, now, names);
        var steps = Plan(session, session.Read(), then).Steps;
        new StepRunner(session).Run([.. steps.Where(s => !IsLate(s))]);
        Fill(connection, backup, manifest, then);
        new StepRunner(session).Run([.. steps.Where(IsLate)]);
        Enable(connection, now, session.Read());
        connection.Execute("UPDATE migration_history SET cookie = NULL");
        options.Reached?.Invoke("commit");
        session.Commit();
        return new TakenBack(0, kept);
    }

    // A restored table loses what came after: columns too. Tables that came after are somebody's and stay.
    private static SchemaPlan Plan(DatabaseSession session, DatabaseSchema now, DatabaseSchema then) =>
        SchemaPlan.Between(Assessment.Facts(session, now, new Dictionary<string, string>()), then, new SchemaHints { AllowDestructive = true },
            Assessment.Memory(session, MigrationHistory.Read(session) ?? []) with { Renamed = [] }, session.Dialect) is var plan
                && plan.Refusals.Count == 0
            ? plan
            : throw new RefusalException(new UpgradeRefusal("conflict",
                string.Join("; ", plan.Refusals), "settle this, then try again; nothing was changed"));

    private static bool IsLate(PlannedStep step) => step.Step is AddConstraint { Constraint: ForeignKey } or CreateObject { Wanted: Trigger };

    private static void Enable(NpgsqlConnection connection, DatabaseSchema before, DatabaseSchema now)
    {
        foreach (var trigger in before.Triggers
            .Where(t => t.IsEnabled && now.Triggers.Any(n => n.Name == t.Name && n.Table == t.Table && !n.IsEnabled)))
        {
            connection.Execute(trigger.Afterwards.Count > 0 ? trigger.Afterwards[0]
                : $"{PostgresSteps.Alter(trigger.Table)} ENABLE TRIGGER {PostgresNames.Quote(trigger.Name)}");
        }
    }

    private static void Empty(NpgsqlConnection connection, DatabaseSchema now, HashSet<string> names)
    {
        foreach (var (table, key) in now.Tables.SelectMany(t => t.ForeignKeys.Select(k => (t, k)))
            .Where(p => names.Contains(p.t.Name) || names.Contains(p.k.Parent)))
        {
            connection.Execute($"{PostgresSteps.Alter(table.Name)} DROP CONSTRAINT {PostgresNames.Quote(key.Name!)}");
        }

        foreach (var table in now.Tables.Where(t => names.Contains(t.Name)))
        {
            foreach (var trigger in now.TriggersOf(table.Name).Where(t => t.IsEnabled))
            {
                connection.Execute($"{PostgresSteps.Alter(table.Name)} DISABLE TRIGGER {PostgresNames.Quote(trigger.Name)}");
            }

            connection.Execute($"TRUNCATE {PostgresNames.Quote(table.Name)}");
        }
    }

    private static void Fill(NpgsqlConnection connection, string backup, BackupManifest manifest, DatabaseSchema then)
    {
        foreach (var table in manifest.Tables)
        {
            var stored = then.Table(table.Name)!.Columns.Where(c => c.Generated is null).ToList();
            var (target, columns) = (PostgresNames.Quote(table.Name), PostgresNames.List(stored.Select(c => c.Name)));
            var values = string.Join(", ", stored.Select(c => $"{PostgresNames.Quote(c.Name)}::{c.Type}"));
            connection.Execute($"INSERT INTO {target} ({columns}) OVERRIDING SYSTEM VALUE SELECT {values} FROM "
                + $"{PostgresNames.Quote(backup)}.{target}");
            if (PostgresBackup.Hash(connection, target, table.Columns) != table.Hash)
            {
                throw new InvalidOperationException($"the restored {table.Name} does not hold what the backup does");
            }

            foreach (var (column, last) in table.Numbers)
            {
                connection.Execute($"SELECT setval(pg_get_serial_sequence({PostgresNames.Literal(target)}, "
                    + $"{PostgresNames.Literal(column)})::regclass, {last})");
            }
        }
    }
}
