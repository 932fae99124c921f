namespace Orchestrator.Protocol.Tasks;

/// <summary>A fact in the history of a task. Its stored name is in <see cref="EventManifest"/>.</summary>
public interface ITaskEvent : IStoredEvent
{
    /// <summary>The task.</summary>
    TaskId TaskId { get; }
}

/// <summary>The facts of a task.</summary>
public static partial class TaskEvents
{
    /// <summary>The task exists. A root's fact holds its whole plan; a subtask's own fact has a parent and no subtasks.</summary>
    public sealed record Planned(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At,
        SessionId? Session, TaskId? Parent, TaskId? Root, int Ordinal, TaskDefinition Definition, IReadOnlyList<PlannedTask> Subtasks) : ITaskEvent;

    /// <summary>More subtasks were planned below this task.</summary>
    public sealed record SubtasksAdded(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, SessionId? Session, IReadOnlyList<PlannedTask> Subtasks) : ITaskEvent;

    /// <summary>The planned subtasks have come into being.</summary>
    public sealed record SubtasksCreated(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<TaskId> Created) : ITaskEvent;

    /// <summary>Somebody has taken the task until <paramref name="Deadline"/>; it is in progress.</summary>
    public sealed record Claimed(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, ClaimToken Token, TimeSpan Lease, DateTimeOffset Deadline) : ITaskEvent;

    /// <summary>The lease runs anew.</summary>
    public sealed record ClaimRenewed(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, ClaimToken Token, DateTimeOffset Deadline) : ITaskEvent;

    /// <summary>The holder gave the claim up, or the task left the status that it goes with.</summary>
    public sealed record ClaimReleased(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, ClaimToken Token) : ITaskEvent;

    /// <summary>The lease ended without a word from its holder.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command of the watch over leases.</param>
    /// <param name="By">The watch.</param>
    /// <param name="At">When it was noticed.</param>
    /// <param name="Token">The claim that is lost.</param>
    /// <param name="Worker">Who held it.</param>
    /// <param name="Lost">How many leases of this task are lost by now.</param>
    public sealed record ClaimLost(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, ClaimToken Token, string Worker, int Lost) : ITaskEvent;

    /// <summary>
    /// The due date is near. Once for each due date; not for one that had passed before anybody noticed.
    /// </summary>
    public sealed record DeadlineApproached(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, DateTimeOffset DueAt) : ITaskEvent;

    /// <summary>The due date has passed and the task is still open. Once for each due date.</summary>
    public sealed record DeadlinePassed(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, DateTimeOffset DueAt) : ITaskEvent;

    /// <summary>The status changed.</summary>
    public sealed record StatusChanged(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, TaskPhase From, TaskPhase To, string? Reason) : ITaskEvent;

    /// <summary>What the task is about was edited. Null members did not change.</summary>
    public sealed record Edited(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At,
        string? Title, string? Description, TaskKind? Kind, TaskComplexity? Complexity, string? Specialist, int? Priority,
        string? Effort, DateTimeOffset? DueAt, string? Context, IReadOnlyList<Dependency>? Dependencies) : ITaskEvent;

    /// <summary>Somebody left a note.</summary>
    public sealed record Noted(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, string Text) : ITaskEvent;

    /// <summary>Somebody reported progress.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Percent">0 to 100.</param>
    public sealed record Progressed(TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, int Percent) : ITaskEvent;

    /// <summary>Work was handed in and is stored durably.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Version">1 for the task's first work product, then 2, and so on.</param>
    /// <param name="Next">What its maker wanted to happen.</param>
    /// <param name="Artifact">The work product.</param>
    public sealed record WorkStored(
        TaskId TaskId, CommandId CommandId, string By, DateTimeOffset At, int Version, NextAction Next, ArtifactReference Artifact) : ITaskEvent;
}
