namespace Orchestrator.Protocol.Tasks;

/// <summary>What a task can be asked. Nothing changes; an unknown task answers too.</summary>
public static class TaskQueries
{
    /// <summary>Asks for the whole task; answered by a <see cref="TaskDetails"/>, or <see cref="TaskReplies.Refused"/> if there is none.</summary>
    public sealed record GetDetails(TaskId TaskId) : ITaskMessage;

    /// <summary>Asks for the status alone; answered by a <see cref="Standing"/>, with <see cref="TaskPhase.None"/> if there is no such task.</summary>
    public sealed record GetStanding(TaskId TaskId) : ITaskMessage;

    /// <summary>The status of a task, and whether dependencies on it are satisfied.</summary>
    public sealed record Standing(TaskId TaskId, TaskPhase Phase, bool Satisfied) : ITaskMessage;
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
    IReadOnlyList<TaskId> Subtasks, IReadOnlyList<TaskNote> Notes, IReadOnlyList<TaskArtifact> Artifacts) : ITaskMessage;
