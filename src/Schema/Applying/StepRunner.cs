using System.Diagnostics;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;
using SQLitePCL;

namespace Orchestrator.Schema.Applying;

/// <summary>Runs the steps of a plan within the open transaction.</summary>
internal sealed class StepRunner(SqliteConnection connection, UpgradeOptions options)
{
    public List<MigrationStep> Run(IReadOnlyList<PlannedStep> steps)
    {
        var done = new List<MigrationStep>();
        Triggers(enabled: false);
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            options.Progress?.Invoke(new UpgradeProgress("step", i + 1, steps.Count, step.Summary));
            var clock = Stopwatch.StartNew();
            if (step.Checks.Select(c => RowQuestions.Ask(connection, c)).FirstOrDefault(r => r is not null) is { } refusal)
            {
                throw new RefusalException(refusal);
            }

            var isRename = step.Step is RenameTable or RenameColumn;
            Statements(step, i + 1, isRename);
            done.Add(new MigrationStep(step.Summary, isRename, step.Sql, step.Undo, step.Rows, clock.ElapsedMilliseconds));
        }

        Triggers(enabled: true);
        return done;
    }

    public void Undo(IEnumerable<MigrationStep> steps)
    {
        Triggers(enabled: false);
        foreach (var step in steps)
        {
            options.Progress?.Invoke(new UpgradeProgress("step", 0, 0, $"undo: {step.Summary}"));
            Legacy(!step.IsRename);
            foreach (var statement in step.Undo)
            {
                options.Reached?.Invoke($"undo: {statement}");
                try
                {
                    connection.Execute(statement);
                }
                catch (SqliteException e) when (e.SqliteErrorCode is 1 or 19)
                {
                    throw new RefusalException(new UpgradeRefusal(
                        "rows", $"undo of {step.Summary}: {e.Message}", "the rows that are there now do not fit the old schema; restore the backup instead"));
                }
            }
        }

        Triggers(enabled: true);
    }

    private void Statements(PlannedStep step, int number, bool isRename)
    {
        Legacy(!isRename);
        for (var s = 0; s < step.Sql.Count; s++)
        {
            options.Reached?.Invoke($"step {number}: {step.Sql[s]}");
            if (step.Proof is { } proof && proof.Before == s && RowQuestions.Ask(connection, proof.Check) is { } refusal)
            {
                throw new RefusalException(refusal);
            }

            try
            {
                connection.Execute(step.Sql[s]);
            }
            catch (SqliteException e) when (e.SqliteErrorCode is 1 or 19)
            {
                throw new RefusalException(new UpgradeRefusal(
                    e.SqliteErrorCode == 19 ? "rows" : "conflict", $"{step.Summary}: {e.Message}", "settle this, then try again; nothing was changed"));
            }
        }
    }

    // With it a rename leaves alone what speaks of the name, as a rebuild needs; without it everything follows.
    private void Legacy(bool on) => connection.Execute($"PRAGMA legacy_alter_table = {(on ? "ON" : "OFF")}");

    // What a migration writes is not what the user's triggers wait for.
    private void Triggers(bool enabled) =>
        raw.sqlite3_db_config(connection.Handle, raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, enabled ? 1 : 0, out _);
}
