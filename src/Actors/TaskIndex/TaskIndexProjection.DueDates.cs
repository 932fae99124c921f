using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <content>What is still to be noted about due dates.</content>
public sealed partial class TaskIndexProjection
{
    private static void MoveDueDate(TaskRecord task, TaskEvents.Edited e)
    {
        if (e.MovesDueDate(task.DueAt == TaskRecord.NoDueDate ? null : DateTimeOffset.FromUnixTimeMilliseconds(task.DueAt)))
        {
            var to = e.DueAt == DateTimeOffset.MinValue ? null : e.DueAt;
            (task.DueAt, task.DueLeft) = (Due(to), to is null ? 0 : 2);
        }
    }

    private static void Watch(TaskRecord task)
    {
        var isOpen = ((TaskPhase)task.Phase).IsOpen();
        (task.DueToNear, task.DueToPass) = (isOpen && task.DueLeft == 2 ? task.DueAt : null, isOpen && task.DueLeft > 0 ? task.DueAt : null);
    }

    private static long Due(DateTimeOffset? at) => at?.ToUnixTimeMilliseconds() ?? TaskRecord.NoDueDate;
}
