using System.Data.Common;
using System.Diagnostics;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>Runs the steps of a plan within the open transaction.</summary>
internal sealed class StepRunner(DatabaseSession session)
{
    private readonly UpgradeOptions _options = session.Options;

    public List<MigrationStep> Run(IReadOnlyList<PlannedStep> steps)
    {
        var done = new List<MigrationStep>();
        session.Stepping(begins: true);
        for (var i = 0; i < steps.Count; i++)
        {
            var step = steps[i];
            _options.Progress?.Invoke(new UpgradeProgress("step", i + 1, steps.Count, step.Summary));
            var clock = Stopwatch.StartNew();
            if (step.Checks.Select(c => RowQuestions.Ask(session, c, isLast: true)).FirstOrDefault(r => r is not null) is { } refusal)
            {
                throw new RefusalException(refusal);
            }

            var isRename = step.Step is RenameTable or RenameColumn;
            Statements(step, i + 1, steps.Count, isRename);
            done.Add(new MigrationStep(step.Summary, isRename, step.Sql, step.Undo, step.Rows, clock.ElapsedMilliseconds)
            {
                Touched = step.Step.TouchesRows ? [step.Step.On] : null,
            });
        }

        session.Stepping(begins: false);
        return done;
    }

    public void Undo(IEnumerable<MigrationStep> steps)
    {
        session.Stepping(begins: true);
        foreach (var step in steps)
        {
            _options.Progress?.Invoke(new UpgradeProgress("step", 0, 0, $"undo: {step.Summary}"));
            session.Before(step.IsRename);
            foreach (var statement in step.Undo)
            {
                _options.Reached?.Invoke($"undo: {statement}");
                try
                {
                    session.Connection.Execute(statement);
                }
                catch (DbException e) when (session.Refusal(e) is { } code)
                {
                    throw new RefusalException(new UpgradeRefusal(
                        code is "locked" ? code : "rows",
                            $"undo of {step.Summary}: {e.Message}", "the rows that are there now do not fit the old schema; restore the backup "
                                + "instead"));
                }
            }
        }

        session.Stepping(begins: false);
    }

    private void Statements(PlannedStep step, int number, int of, bool isRename)
    {
        session.Before(isRename);
        for (var s = 0; s < step.Sql.Count; s++)
        {
            _options.Reached?.Invoke($"step {number}: {step.Sql[s]}");
            if (step.Proof is { } proof && proof.Before == s && RowQuestions.Ask(session, proof.Check) is { } refusal)
            {
                throw new RefusalException(refusal);
            }

            try
            {
                using var watch = _options.Progress is { } progress
                    ? session.Watch(step.Sql[s], step.Rows, percent => progress(new UpgradeProgress("step", number, of, step.Summary) { Percent = percent }))
                    : null;
                session.Connection.Execute(step.Sql[s]);
            }
            catch (DbException e) when (session.Refusal(e) is { } code)
            {
                throw new RefusalException(new UpgradeRefusal(
                    code, $"{step.Summary}: {e.Message}", "settle this, then try again; nothing was changed"));
            }
        }
    }
}
