using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>What is noted about a task's due date.</summary>
public enum DeadlineStage
{
    /// <summary>Nothing yet.</summary>
    Ahead,
    /// <summary>That it is near.</summary>
    Approaching,
    /// <summary>That it has passed: the last there is to note.</summary>
    Passed,
}

/// <content>What happens to a task by nothing but the passing of time.</content>
public sealed partial record TaskState
{
    private Decision Decide(TaskCommands.NoteDeadline c, DateTimeOffset now)
    {
        if (Definition!.DueAt is { } due && Phase.IsOpen() && Deadline != DeadlineStage.Passed)
        {
            if (due <= now)
            {
                return Decision.Accept(new TaskEvents.DeadlinePassed(Id, c.CommandId, c.By, now, due));
            }

            if (Deadline == DeadlineStage.Ahead && due - now <= c.Ahead)
            {
                return Decision.Accept(new TaskEvents.DeadlineApproached(Id, c.CommandId, c.By, now, due));
            }
        }

        return Decision.Refuse(RefusalCode.InvalidTaskState, $"There is nothing to note about the due date of {Id}.", "Nothing to do.");
    }
}

internal static class DeadlineEvents
{
    /// <summary>Whether somebody or something did it. Time that passes is no work on a task: one that lies idle still does.</summary>
    public static bool IsChange(this ITaskEvent e) => e is not (TaskEvents.DeadlineApproached or TaskEvents.DeadlinePassed);

    /// <summary>Whether an edit gives the task another due date, or none. To the millisecond, which is what the index holds.</summary>
    public static bool MovesDueDate(this TaskEvents.Edited e, DateTimeOffset? from) =>
        e.DueAt is { } to && to.ToUnixTimeMilliseconds() != (from ?? DateTimeOffset.MinValue).ToUnixTimeMilliseconds();
}
