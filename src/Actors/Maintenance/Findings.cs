using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Maintenance;

/// <summary>How bad a finding is.</summary>
public enum Severity
{
    /// <summary>Somebody should look at it.</summary>
    Medium,
    /// <summary>It is overdue.</summary>
    High,
    /// <summary>It cannot go on like this.</summary>
    Critical,
}

/// <summary>Something that maintenance found.</summary>
/// <param name="Kind">stale_task, orphaned_task, broken_dependency, abandoned_workflow or expired_archive.</param>
/// <param name="Severity">How bad.</param>
/// <param name="Task">Where.</param>
/// <param name="Detail">What.</param>
/// <param name="Advice">What to do.</param>
public sealed record Finding(string Kind, Severity Severity, TaskRow Task, string Detail, string Advice);

/// <summary>All findings of a kind: the true count, and the first.</summary>
public sealed record Findings(string Kind, long Total, IReadOnlyList<Finding> First)
{
    /// <summary>What nobody goes on with, hangs in the air, or can be let go of.</summary>
    public static IReadOnlyList<Findings> Scan(IMaintenanceIndex index, MaintenanceScope scope, DateTimeOffset now, int limit)
    {
        var stale = index.Stale(scope, now, limit);
        var orphans = index.Orphans(scope, limit);
        var broken = index.BrokenDependencies(scope, limit);
        var expired = index.ExpiredArchives(scope, now, limit);
        return
        [
            new("stale_task", stale.Total, [.. stale.First.Select(t => Stale(t, now))]),
            new("orphaned_task", orphans.Total, [.. orphans.First.Select(t => new Finding(
                "orphaned_task", Severity.Critical, t, $"Its parent {t.Parent} is gone.", "archive it, or plan its work anew"))]),
            new("broken_dependency", broken.Total, [.. broken.First.Select(Broken)]),
            Abandoned(index, scope, now, limit),
            new("expired_archive", expired.Total, [.. expired.First.Select(t => new Finding(
                "expired_archive", Severity.Medium, t, $"It was kept until {t.KeepUntil:yyyy-MM-dd}.", "delete it, or restore it"))]),
        ];
    }

    private static Finding Stale(TaskRow t, DateTimeOffset now)
    {
        var (idle, limit) = (now - t.UpdatedAt, StaleLimits.For(t.Specialist));
        return new Finding(
            "stale_task", idle > 2 * limit ? Severity.High : Severity.Medium, t,
            $"{TaskNames.Of(t.Phase)} and unchanged for {idle.TotalHours:0} h; {t.Specialist} should be heard of within {limit.TotalHours:0} h.",
            t.WaitingFor > 0 ? "resolve what it waits for, or archive it" : idle > 2 * limit ? "archive it" : "review it");
    }

    private static Finding Broken(BrokenDependency d) => new(
        "broken_dependency", d.Phase == TaskPhase.None ? Severity.High : Severity.Critical, d.Task,
        d.Phase == TaskPhase.None ? $"It waits for {d.On}, which is gone." : $"It waits for {d.On}, which is {TaskNames.Of(d.Phase)}.",
        "revive that task, or waive or remove the dependency");

    // Hardly begun and idle for a week, or begun and idle for twice what its role may take.
    private static Findings Abandoned(IMaintenanceIndex index, MaintenanceScope scope, DateTimeOffset now, int limit)
    {
        var shortest = StaleLimits.ByRole.Values.Append(StaleLimits.Default).Min();
        var candidates = index.IdleWorkflows(scope, now - (2 * shortest), 10_000);
        var abandoned = candidates.First.Where(w => now - w.LastChange >
            (w.Completed * 10 < w.Tasks ? StaleLimits.Workflow : 2 * StaleLimits.For(w.Root.Specialist))).ToList();
        return new Findings("abandoned_workflow", abandoned.Count, [.. abandoned.Take(limit).Select(w => new Finding(
            "abandoned_workflow", Severity.High, w.Root,
            $"{w.Completed} of {w.Tasks} tasks are completed and nothing has changed for {(now - w.LastChange).TotalHours:0} h.",
            "go on with it, or archive it whole"))]);
    }
}

internal static class TaskNames
{
    public static string Of(TaskPhase phase) => Tasks.TaskTransitions.Name(phase);
}
