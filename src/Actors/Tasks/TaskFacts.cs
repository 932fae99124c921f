using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>From a wish that was granted to the fact that is written.</summary>
internal static class TaskFacts
{
    public static TaskEvents.Planned ToEvent(this TaskCommands.Plan c, DateTimeOffset now) =>
        new(c.TaskId, c.CommandId, c.By, now, c.Session, null, null, 0, c.Definition, c.Subtasks);

    // A subtask was planned when its parent's event says so, however much later a recovery brings it into being.
    public static TaskEvents.Planned ToEvent(this TaskCommands.Create c) =>
        new(c.TaskId, c.CommandId, c.By, c.PlannedAt, c.Session, c.Parent, c.Root, c.Ordinal, c.Definition, c.Subtasks ?? []);

    /// <summary>Whether anything is set that describes the task, as against its status, notes and progress.</summary>
    public static bool IsEdit(this TaskChanges c) =>
        (c.Title ?? c.Description ?? c.Specialist ?? c.Effort ?? c.Context) is not null
        || c.Kind is not null || c.Complexity is not null || c.Priority is not null || c.DueAt is not null || c.Dependencies is not null;

    /// <summary>Whether anything is set that is attached to the task.</summary>
    public static bool IsRecord(this TaskChanges c) => c.Attributes is not null || c.Gates is not null || c.Waivers is not null;

    public static IEnumerable<ITaskEvent> ToRecords(this TaskChanges c, TaskId task, CommandId command, string by, DateTimeOffset now)
    {
        if (c.Attributes is { Count: > 0 } attributes)
        {
            yield return new TaskEvents.AttributesChanged(task, command, by, now, attributes);
        }

        if (c.Gates is { } gates)
        {
            yield return new TaskEvents.GatesSet(task, command, by, now, gates);
        }

        foreach (var waiver in c.Waivers ?? [])
        {
            yield return new TaskEvents.DependencyWaived(task, command, by, now, waiver.On, waiver.Why);
        }
    }

    public static TaskEvents.Edited ToEvent(this TaskChanges c, TaskId task, CommandId command, string by, DateTimeOffset now) =>
        new(task, command, by, now, c.Title, c.Description, c.Kind, c.Complexity, c.Specialist, c.Priority, c.Effort, c.DueAt, c.Context, c.Dependencies);
}
