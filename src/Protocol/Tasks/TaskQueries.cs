namespace Orchestrator.Protocol.Tasks;

/// <summary>What a task can be asked. Nothing changes; an unknown task answers too.</summary>
public static class TaskQueries
{
    /// <summary>Asks for the whole task; answered by a <see cref="TaskDetails"/>, or <see cref="TaskReplies.Refused"/> if there is none.</summary>
    public sealed record GetDetails(TaskId TaskId) : ITaskMessage;

    /// <summary>Asks for the status alone; answered by a <see cref="Standing"/>, with <see cref="TaskPhase.None"/> if there is no such task.</summary>
    public sealed record GetStanding(TaskId TaskId) : ITaskMessage;

    /// <summary>The status of a task, whether it was ever completed, and whether it has handed in work.</summary>
    public sealed record Standing(TaskId TaskId, TaskPhase Phase, bool Satisfied, bool HasWork = false) : ITaskMessage;
}

/// <summary>One note.</summary>
public sealed record TaskNote(string By, DateTimeOffset At, string Text);

/// <summary>One work product with its number among the task's own.</summary>
public sealed record TaskArtifact(int Version, string By, DateTimeOffset At, ArtifactReference Artifact);

/// <summary>A task as it is now, whole.</summary>
public sealed record TaskDetails(
    TaskId TaskId, long Revision, TaskPhase Phase, string? Reason, SessionId? Session, TaskId? Parent, TaskId? Root,
    TaskDefinition Definition, int Progress, DateTimeOffset CreatedAt, string CreatedBy, DateTimeOffset UpdatedAt,
    string? ClaimedBy, ClaimGrant? Claim, int LostLeases,
    IReadOnlyList<TaskId> Subtasks, IReadOnlyList<TaskNote> Notes, IReadOnlyList<TaskArtifact> Artifacts) : ITaskMessage
{
    /// <summary>What was attached to it.</summary>
    public IReadOnlyDictionary<string, AttributeValue> Attributes { get; init; } = new Dictionary<string, AttributeValue>();
    /// <summary>What must exist before it takes a status.</summary>
    public IReadOnlyList<QualityGate> Gates { get; init; } = [];
    /// <summary>Which of its dependencies need not be met.</summary>
    public IReadOnlyList<GrantedWaiver> Waivers { get; init; } = [];
    /// <summary>The files that it touched, as they were at the last look.</summary>
    public IReadOnlyDictionary<string, TrackedFile> Files { get; init; } = new Dictionary<string, TrackedFile>();
    /// <summary>How many decisions were recorded.</summary>
    public int Decisions { get; init; }
    /// <summary>An archived task is kept at least until then.</summary>
    public DateTimeOffset? KeepUntil { get; init; }
}

/// <summary>A dependency that need not be met, who said so, and why.</summary>
public sealed record GrantedWaiver(TaskId On, string By, DateTimeOffset At, string Why);
