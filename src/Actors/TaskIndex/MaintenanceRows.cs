using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>What maintenance looks at; null members match everything.</summary>
/// <param name="Session">Tasks planned in this session.</param>
/// <param name="Tasks">These tasks.</param>
public sealed record MaintenanceScope(SessionId? Session, IReadOnlyCollection<TaskId>? Tasks)
{
    /// <summary>Everything.</summary>
    public static readonly MaintenanceScope Everything = new(null, null);
}

/// <summary>A true count and the first of what was counted.</summary>
public sealed record Found<T>(long Total, IReadOnlyList<T> First);

/// <summary>A dependency that cannot be met as things stand.</summary>
/// <param name="Task">The open task that waits.</param>
/// <param name="On">What it waits for.</param>
/// <param name="Phase">The status of that; none when it is gone.</param>
public sealed record BrokenDependency(TaskRow Task, TaskId On, TaskPhase Phase);

/// <summary>A plan that nobody goes on with.</summary>
/// <param name="Root">The task it began with.</param>
/// <param name="LastChange">When anything in it last changed.</param>
/// <param name="Tasks">How many tasks it has, without the root.</param>
/// <param name="Completed">How many of them were completed.</param>
public sealed record WorkflowRow(TaskRow Root, DateTimeOffset LastChange, long Tasks, long Completed);

/// <summary>A check of the tables against themselves and the journal.</summary>
/// <param name="Name">What was checked.</param>
/// <param name="Checked">How many rows.</param>
/// <param name="Wrong">How many of them were wrong.</param>
/// <param name="Examples">Some of those.</param>
public sealed record StructureCheck(string Name, long Checked, long Wrong, IReadOnlyList<string> Examples);

/// <summary>What maintenance asks of the task index. Counts are of all; lists are of the first.</summary>
public interface IMaintenanceIndex
{
    /// <summary>Open, unclaimed tasks that have not changed since the limit of their role, longest unchanged first.</summary>
    Found<TaskRow> Stale(MaintenanceScope scope, DateTimeOffset now, int limit);

    /// <summary>Tasks whose parent is gone.</summary>
    Found<TaskRow> Orphans(MaintenanceScope scope, int limit);

    /// <summary>Dependencies of open tasks on tasks that are gone, failed, cancelled, or archived without having been completed.</summary>
    Found<BrokenDependency> BrokenDependencies(MaintenanceScope scope, int limit);

    /// <summary>Open plans in which nothing has changed since <paramref name="before"/>, longest unchanged first.</summary>
    Found<WorkflowRow> IdleWorkflows(MaintenanceScope scope, DateTimeOffset before, int limit);

    /// <summary>Archived tasks that need not be kept any longer.</summary>
    Found<TaskRow> ExpiredArchives(MaintenanceScope scope, DateTimeOffset now, int limit);

    /// <summary>Tasks that this request has archived.</summary>
    IReadOnlyList<TaskRow> ArchivedBy(CommandId request);

    /// <summary>How many tasks there are by status.</summary>
    IReadOnlyDictionary<TaskPhase, long> CountByPhase(MaintenanceScope scope);

    /// <summary>Tasks in a status, last changed first.</summary>
    IReadOnlyList<TaskRow> Latest(MaintenanceScope scope, TaskPhase phase, int limit);

    /// <summary>Holds the tables against themselves and the journal.</summary>
    IReadOnlyList<StructureCheck> CheckStructure();

    /// <summary>Work products, oldest first, those behind the handle <paramref name="after"/>.</summary>
    IReadOnlyList<ArtifactRow> AllArtifacts(string after, int limit);
}
