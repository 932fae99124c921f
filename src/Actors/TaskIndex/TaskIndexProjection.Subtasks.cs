using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

// What a row counts of the tasks below it.
public sealed partial class TaskIndexProjection
{
    // A parent has two of these events for what is planned below it, and nothing else of its row changes.
    private static void CountUncreated(DataConnection db, ITaskEvent e, long revision, long position)
    {
        var step = e is TaskEvents.SubtasksAdded added ? added.Subtasks.Count : -((TaskEvents.SubtasksCreated)e).Created.Count;
        var found = db.GetTable<TaskRecord>().Where(t => t.TaskId == e.TaskId.Value)
            .Set(t => t.Uncreated, t => t.Uncreated + step)
            .Set(t => t.Revision, revision)
            .Set(t => t.Position, position)
            .Set(t => t.UpdatedAt, Milliseconds(e.At))
            .Update();
        if (found == 0)
        {
            throw new InvalidOperationException($"The index has no {e.TaskId}, which has an event at {position}.");
        }
    }

    private static void Count(DataConnection db, string parent, int subtasks, int open, int completed) =>
        db.GetTable<TaskRecord>().Where(t => t.TaskId == parent)
            .Set(t => t.Subtasks, t => t.Subtasks + subtasks)
            .Set(t => t.OpenSubtasks, t => t.OpenSubtasks + open)
            .Set(t => t.CompletedSubtasks, t => t.CompletedSubtasks + completed)
            .Update();
}
