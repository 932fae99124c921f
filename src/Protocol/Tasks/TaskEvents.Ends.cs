namespace Orchestrator.Protocol.Tasks;

/// <content>How tasks end, what that means for others, and what is recorded on the way.</content>
public static partial class TaskEvents
{
    /// <summary>The change has consequences for others, which follow.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Text">What the others are told.</param>
    /// <param name="Consequences">Who is concerned.</param>
    /// <param name="ThenDelete">The task itself is deleted when all are carried out.</param>
    public sealed record ConsequencesDue(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, string Text, IReadOnlyList<Consequence> Consequences, bool ThenDelete) : ITaskEvent;

    /// <summary>The consequences for these are carried out.</summary>
    public sealed record ConsequencesDone(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<TaskId> Tasks) : ITaskEvent;

    /// <summary>The dependency need not be met.</summary>
    public sealed record DependencyWaived(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, TaskId On, string Why) : ITaskEvent;

    /// <summary>Attributes were set or removed.</summary>
    public sealed record AttributesChanged(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<AttributeChange> Changes) : ITaskEvent;

    /// <summary>These quality gates hold from now on, and no others.</summary>
    public sealed record GatesSet(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<QualityGate> Gates) : ITaskEvent;

    /// <summary>Something was decided.</summary>
    public sealed record DecisionRecorded(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, DecisionRecord Decision) : ITaskEvent;

    /// <summary>Somebody looked at files.</summary>
    public sealed record FilesRecorded(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<FileOperation> Files) : ITaskEvent;

    /// <summary>The task was put away, and is kept at least until <paramref name="KeepUntil"/>.</summary>
    public sealed record Archived(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, ArchiveCause Cause, DateTimeOffset KeepUntil) : ITaskEvent;

    /// <summary>These work products are no longer wanted.</summary>
    public sealed record WorkDiscarded(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<ArtifactId> Artifacts) : ITaskEvent;

    /// <summary>The task is gone from all lists.</summary>
    public sealed record Deleted(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, string? Reason) : ITaskEvent;
}
