namespace Orchestrator.Protocol.Tasks;

/// <summary>Whatever is meant for one task; enough to route it.</summary>
public interface ITaskMessage
{
    /// <summary>The task.</summary>
    TaskId TaskId { get; }
}

/// <summary>A wish to change a task. Answered by an <see cref="ITaskReply"/> after the write.</summary>
public interface ITaskCommand : ITaskMessage
{
    /// <summary>What makes a repetition harmless.</summary>
    CommandId CommandId { get; }

    /// <summary>Who asks: client and front, as the history shows it.</summary>
    string By { get; }
}

/// <summary>The commands of a task.</summary>
public static partial class TaskCommands
{
    /// <summary>Plans a task without a parent, with its subtasks: all or nothing.</summary>
    public sealed record Plan(
        TaskId TaskId, CommandId CommandId, string By, SessionId? Session, TaskDefinition Definition, IReadOnlyList<PlannedTask> Subtasks) : ITaskCommand;

    /// <summary>Plans more subtasks below an existing task: all or nothing.</summary>
    public sealed record AddSubtasks(
        TaskId TaskId, CommandId CommandId, string By, SessionId? Session, IReadOnlyList<PlannedTask> Subtasks) : ITaskCommand;

    /// <summary>Brings a subtask into being; sent by its parent, whose history already holds it.</summary>
    /// <param name="TaskId">The subtask.</param>
    /// <param name="CommandId">Derived from the command that planned it.</param>
    /// <param name="By">Who planned it.</param>
    /// <param name="Session">The session it was planned in.</param>
    /// <param name="Parent">Its parent.</param>
    /// <param name="Root">The task that the tree begins with.</param>
    /// <param name="Ordinal">Its place among the parent's subtasks, from 0.</param>
    /// <param name="PlannedAt">When it was planned: the time of the parent's event, not of this command.</param>
    /// <param name="Definition">What it is about.</param>
    /// <param name="Subtasks">What is planned below it; null for nothing.</param>
    public sealed record Create(
        TaskId TaskId, CommandId CommandId, string By, SessionId? Session, TaskId Parent, TaskId Root, int Ordinal, DateTimeOffset PlannedAt,
        TaskDefinition Definition, IReadOnlyList<PlannedTask>? Subtasks = null) : ITaskCommand;

    /// <summary>Parent only, internal: these subtasks exist now.</summary>
    public sealed record ConfirmSubtasks(TaskId TaskId, CommandId CommandId, string By, IReadOnlyList<TaskId> Created) : ITaskCommand;

    /// <summary>Takes the task for a time. The handle is derived from the command.</summary>
    public sealed record Claim(TaskId TaskId, CommandId CommandId, string By, TimeSpan Lease) : ITaskCommand;

    /// <summary>Takes the task back because its lease ended; sent by the watch over leases.</summary>
    public sealed record ExpireClaim(TaskId TaskId, CommandId CommandId, string By, ClaimToken Token) : ITaskCommand;

    /// <summary>Lets a lease end later because nobody could have renewed it for a while; sent by a restart. An earlier end changes nothing.</summary>
    public sealed record ExtendClaim(TaskId TaskId, CommandId CommandId, string By, ClaimToken Token, DateTimeOffset Until) : ITaskCommand;

    /// <summary>Notes that the due date is near or has passed, if it is so and not noted yet; sent by the watch over due dates.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">The watch.</param>
    /// <param name="Ahead">How long before its due date a task is near it.</param>
    public sealed record NoteDeadline(TaskId TaskId, CommandId CommandId, string By, TimeSpan Ahead) : ITaskCommand;

    /// <summary>
    /// Changes what is set in <paramref name="Changes"/>. Setting the status to pending releases the claim; setting it to cancelled or archived has the
    /// consequences of <see cref="Cancel"/> and <see cref="Archive"/>.
    /// </summary>
    public sealed record Update(
        TaskId TaskId, CommandId CommandId, string By, ClaimToken? Token, long? ExpectedRevision, TaskChanges Changes) : IConsequentialCommand
    {
        /// <inheritdoc/>
        public IReadOnlyList<Consequence> Consequences { get; init; } = [];
    }

    /// <summary>Hands in work. <paramref name="Next"/> decides the status.</summary>
    public sealed record Complete(
        TaskId TaskId, CommandId CommandId, string By, ClaimToken? Token, NextAction Next, ArtifactReference Artifact) : ITaskCommand;
}

/// <summary>What an update sets; null leaves as it is.</summary>
public sealed record TaskChanges
{
    /// <summary>New status.</summary>
    public TaskPhase? Phase { get; init; }
    /// <summary>New title.</summary>
    public string? Title { get; init; }
    /// <summary>New description.</summary>
    public string? Description { get; init; }
    /// <summary>A note to add; it is also the reason when the status changes.</summary>
    public string? Note { get; init; }
    /// <summary>0 to 100.</summary>
    public int? Progress { get; init; }
    /// <summary>0 (most urgent) to 4.</summary>
    public int? Priority { get; init; }
    /// <summary>New kind.</summary>
    public TaskKind? Kind { get; init; }
    /// <summary>New complexity.</summary>
    public TaskComplexity? Complexity { get; init; }
    /// <summary>New role.</summary>
    public string? Specialist { get; init; }
    /// <summary>New effort; empty clears it.</summary>
    public string? Effort { get; init; }
    /// <summary>New due date; <see cref="DateTimeOffset.MinValue"/> clears it.</summary>
    public DateTimeOffset? DueAt { get; init; }
    /// <summary>New context (JSON object), in place of the old one.</summary>
    public string? Context { get; init; }
    /// <summary>All dependencies, in place of the old ones.</summary>
    public IReadOnlyList<Dependency>? Dependencies { get; init; }
    /// <summary>Attributes to set or remove.</summary>
    public IReadOnlyList<AttributeChange>? Attributes { get; init; }
    /// <summary>All quality gates, in place of the old ones.</summary>
    public IReadOnlyList<QualityGate>? Gates { get; init; }
    /// <summary>Dependencies that need not be met, and why.</summary>
    public IReadOnlyList<DependencyWaiver>? Waivers { get; init; }
}

/// <summary>A dependency that need not be met.</summary>
/// <param name="On">The task that need not be waited for.</param>
/// <param name="Why">The reason.</param>
public sealed record DependencyWaiver(TaskId On, string Why);
