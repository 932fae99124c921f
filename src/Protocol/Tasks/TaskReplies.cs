namespace Orchestrator.Protocol.Tasks;

/// <summary>The answer to an <see cref="ITaskCommand"/>.</summary>
public interface ITaskReply : ITaskMessage;

/// <summary>The answers of a task.</summary>
public static class TaskReplies
{
    /// <summary>
    /// The command has taken effect and is on disk, and the read model holds it. A repeated command gets the same answer again.
    /// </summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="Revision">Number of the task's last event that the command wrote; the <c>version</c> of the tools.</param>
    /// <param name="Phase">The status after the command.</param>
    /// <param name="Claim">The claim that the command took or renewed, if any.</param>
    public sealed record Accepted(TaskId TaskId, long Revision, TaskPhase Phase, ClaimGrant? Claim) : ITaskReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(TaskId TaskId, Refusal Refusal) : ITaskReply;
}

/// <summary>A claim as its holder needs to know it.</summary>
public sealed record ClaimGrant(ClaimToken Token, DateTimeOffset Deadline);
