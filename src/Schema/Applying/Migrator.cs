using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>One migration: lock, backup, steps, verification and history row, of which all or nothing is there afterwards.</summary>
internal sealed class Migrator(DatabaseTarget target, WantedSchema wanted, UpgradeOptions options)
{
    private const int KeptFailures = 20;   // a program that starts again and again fails again and again

    private bool _isCommitted;

    public UpgradeOutcome Apply() => Guarded(session =>
    {
        var before = Assessment.Of(session, wanted);
        return before.Check switch
        {
            UpgradeRefusal refusal => throw new RefusalException(refusal),
            UpgradeNeeded needed => Migrate(session, before, needed.Plan),
            _ => Stamp(session, before),
        };
    });

    public UpgradeOutcome Rollback() => Guarded(session =>
    {
        var history = MigrationHistory.Read(session) ?? [];
        if (history.LastOrDefault(r => r.Status == "applied") is not { } last)
        {
            throw new RefusalException(new UpgradeRefusal("history", "no migration can be taken back", "nothing to do"));
        }

        var found = session.Read();
        var goal = session.OfFound(last.Before);
        var before = new Assessment(new UpToDate(false), found, goal, history, session.Broken(found));
        var (backup, _) = BackUp(session, before, $"before-rollback-{last.Version}", last.Touched);
        new StepRunner(session).Undo(last.Steps.Reverse());
        var now = session.Read();
        var left = SchemaDiff.Between(now, goal, SchemaHints.None, null);
        if (left.Missing.Count + left.Changed.Count + left.Conflicts.Count > 0)
        {
            throw new RefusalException(new UpgradeRefusal(
                "conflict", $"what was there before migration {last.Version} is not reached: the database was changed since",
                    $"restore the backup {last.Backup}"));
        }

        new Verification(session, before with { Found = now }, []).Check([]);
        MigrationHistory.TakeBack(session, last.Version, $"taken back by {options.Who} at {options.Clock.GetUtcNow():u}");
        Commit(session);
        return new TakenBack(last.Version, backup);
    });

    private Upgraded Migrate(DatabaseSession session, Assessment before, SchemaPlan plan)
    {
        options.Reached?.Invoke("freeze");
        if (session.Freeze(plan) && Assessment.Of(session, wanted).Check is var again && (again as UpgradeNeeded)?.Plan.Checksum != plan.Checksum)
        {
            throw new InvalidOperationException("the schema was changed by somebody else in this moment");
        }

        var clock = Stopwatch.StartNew();
        var started = options.Clock.GetUtcNow();
        var version = before.History.Count == 0 ? 1 : before.History[^1].Version + 1;
        var isNew = before.Found.Statements().Count == 0;
        var ahead = plan.IsFilledAhead ? session.BackedUpAhead() : null;
        if (ahead is null)
        {
            session.NeedSpace(plan);
        }

        var (backup, hash) = ((string?)null, (string?)null);
        try
        {
            (backup, hash) = isNew ? (null, null) : ahead ?? BackUp(session, before, $"v{version.ToString(CultureInfo.InvariantCulture)}", plan.Touched);
            var verification = ahead is null ? new Verification(session, before, plan.Steps) : null;   // no row changes: writers need not wait for it
            var done = new StepRunner(session).Run(plan.Steps);
            options.Progress?.Invoke(new UpgradeProgress("verify", plan.Steps.Count, plan.Steps.Count, "verifying"));
            options.Reached?.Invoke("verify");
            _ = options.Tamper?.Invoke("verify") is { } statement ? session.Connection.Execute(statement) : 0;
            verification?.Check(plan.Steps);
            EndBackfill(session, plan);
            Reached(session, before, plan);
            options.Reached?.Invoke("history");
            version += TakeUp(session, before);
            if (before.History.Count == 0 && !isNew)
            {
                Record(session, before, Row(before, version++, "what was found", "baseline", started) with { Wanted = before.Found.Statements() },
                    null);
            }

            var row = Row(before, version, Name(plan), "applied", started) with
            {
                Steps = done,
                Renames = plan.Renamed,
                DurationMs = clock.ElapsedMilliseconds,
                Backup = backup,
                BackupHash = hash,
            };
            Record(session, before, row, wanted.Fingerprint);
            Commit(session);
        }
        catch (Exception e) when (!isNew && !_isCommitted)
        {
            Note(session, before, plan, started, e.Message);
            throw;
        }

        if (backup is not null)
        {
            session.Prune();
        }

        return new Upgraded(version, plan, backup, clock.Elapsed);
    }

    private static void EndBackfill(DatabaseSession session, SchemaPlan plan)
    {
        if (plan.Steps.Any(s => s.Step is SetNotNull { IsFilledAhead: true })
            && session.Connection.Number($"SELECT count(*) FROM {Backfill.Rest}") == 0)
        {
            session.Connection.Execute(Backfill.DropRest);
        }
    }

    // The proof of the whole: what is there now is what is wanted, by the same eyes that found the difference.
    private void Reached(DatabaseSession session, Assessment before, SchemaPlan plan)
    {
        var now = session.Read();
        var memory = Assessment.Memory(session, before.History);
        var left = Assessment.Plan(
            session, Assessment.Facts(session, now, before.Broken), before.Wanted, wanted,
            memory with { Renamed = [.. memory.Renamed, .. plan.Renamed] });
        if (!left.IsEmpty)
        {
            throw new InvalidOperationException(
                $"the steps do not lead to the wanted schema; this remains: {string.Join("; "
                    + $"", left.Refusals.Concat(left.Steps.Select(s => s.Summary)))}");
        }
    }

    private NothingToDo Stamp(DatabaseSession session, Assessment before)
    {
        options.Reached?.Invoke("stamp");
        if (before.History.Any(r => r.Status is "applied" or "baseline"))
        {
            MigrationHistory.Restamp(session, wanted.Fingerprint);
        }
        else
        {
            var version = before.History.Count + 1 + TakeUp(session, before);
            var row = Row(before, version, "what was found", "baseline", options.Clock.GetUtcNow());
            Record(session, before, row, wanted.Fingerprint);
        }

        Commit(session);
        return new NothingToDo();
    }

    // What failed before there was a history comes first in it. Of a database that is new it cannot be.
    private static int TakeUp(DatabaseSession session, Assessment before)
    {
        if (before.History.Count > 0)
        {
            return 0;
        }

        var failures = before.Found.Statements().Count == 0 ? [] : session.Failures();
        for (var i = 0; i < failures.Count; i++)
        {
            Record(session, before, failures[i] with { Version = i + 1 }, null);
        }

        session.ForgetFailures(isCommitted: false);
        return failures.Count;
    }

    private static void Record(DatabaseSession session, Assessment before, MigrationRow row, string? fingerprint)
    {
        if (!before.History.Any())
        {
            MigrationHistory.Create(session);
        }

        var checksum = WantedSchema.ChecksumOf(row.Wanted);
        MigrationHistory.Add(session, row with { Checksum = checksum }, fingerprint);
    }

    private MigrationRow Row(Assessment before, long version, string name, string status, DateTimeOffset at) => new(
        version, name, status, wanted.Checksum, wanted.Version, wanted.Statements, before.Found.Statements(), [], [], $"{at:u}", 0,
        options.Who, Environment.MachineName, options.Program, null, null, null);

    private static string Name(SchemaPlan plan) =>
        plan.Steps.Count == 1 ? plan.Steps[0].Summary : $"{plan.Steps[0].Summary} and {plan.Steps.Count - 1} more";

    private static (string? Name, string? Hash) BackUp(DatabaseSession session, Assessment before, string label, IReadOnlyList<string> touched)
    {
        session.Options.Progress?.Invoke(new UpgradeProgress("backup", 0, 0, "backing up"));
        return session.BackUp(before.Found, label, touched);
    }

    private void Commit(DatabaseSession session)
    {
        options.Reached?.Invoke("commit");
        session.Commit();
        _isCommitted = true;
        options.Reached?.Invoke("committed");
        session.ForgetFailures(isCommitted: true);
    }

    private void Note(DatabaseSession session, Assessment before, SchemaPlan plan, DateTimeOffset at, string reason)
    {
        try
        {
            session.Connection.Execute("ROLLBACK");
            if (before.History.Count > 0)
            {
                var row = Row(before, before.History[^1].Version + 1, Name(plan), "failed", at);
                Record(session, before, row with { Reason = reason }, null);
                return;
            }

            // Without a history not even its table may come to be: the database is exactly what it was.
            List<MigrationRow> failures = [.. session.Failures(), Row(before, 0, Name(plan), "failed", at) with { Reason = reason }];
            session.KeepFailures([.. failures.TakeLast(KeptFailures).Select((f, i) => f with { Version = i + 1 })]);
        }
        catch (Exception e) when (e is DbException or IOException or UnauthorizedAccessException or InvalidOperationException)
        {
            // the reason goes to the caller all the same
        }
    }

    private UpgradeOutcome Guarded(Func<DatabaseSession, UpgradeOutcome> act)
    {
        try
        {
            options.Reached?.Invoke("open");
            MigrationHistory.Prepare();   // nobody shall wait for that
            using var session = target.Open(options);
            options.Reached?.Invoke("lock");
            using var held = session.Lock();
            options.Reached?.Invoke("locked");
            return act(session);   // closing the connection ends what is not committed
        }
        catch (RefusalException e)
        {
            return new Refused(e.Refusal);
        }
        catch (DbException e) when (target.IsUnusable(e) || target.IsReadOnly(e))
        {
            return new Refused(target.Explain(e));
        }
        catch (UnauthorizedAccessException e)
        {
            return new Refused(new UpgradeRefusal(
                "unavailable", $"{target.Name}: {e.Message.TrimEnd('.')}", "see that it and its backups can be written, then try again"));
        }
        catch (Exception e) when (e is DbException or IOException or InvalidOperationException)
        {
            return new Failed(e.Message, "the database is as it was; settle the cause, then start again");
        }
    }
}
