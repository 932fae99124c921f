using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>The journal for those who read it: the facts of all tasks in their order, and a task as it was after one of them.</summary>
public sealed class TaskJournal(DataOptions store)
{
    /// <summary>The last position; 0 for an empty journal.</summary>
    public long End()
    {
        using var db = new DataConnection(store);
        return db.GetTable<JournalRecord>().Max(j => (long?)j.Ordering) ?? 0;
    }

    /// <summary>The facts behind a position, and the position that was looked at last.</summary>
    public (IReadOnlyList<(long Position, long Sequence, ITaskEvent Event)> Facts, long Position, bool More) Read(long after, int limit)
    {
        using var db = new DataConnection(store);
        var rows = db.GetTable<JournalRecord>().Where(j => j.Ordering > after).OrderBy(j => j.Ordering).Take(limit).ToList();
        var facts = new List<(long, long, ITaskEvent)>();
        foreach (var row in rows)
        {
            if (!row.Deleted && EventCodec.Read(row.Manifest, row.Message) is ITaskEvent e)
            {
                facts.Add((row.Ordering, row.SequenceNumber, e));
            }
        }

        return (facts, rows.Count == 0 ? after : rows[^1].Ordering, rows.Count == limit);
    }

    /// <summary>A task as it was after its n-th fact, and the command that it was planned with; null when it does not exist.</summary>
    public (TaskState State, CommandId Origin)? At(TaskId id, long sequence = long.MaxValue)
    {
        var persistence = TaskActor.PersistenceIdOf(id);
        using var db = new DataConnection(store);
        var rows = db.GetTable<JournalRecord>().Where(j => j.PersistenceId == persistence && j.SequenceNumber <= sequence)
            .OrderBy(j => j.SequenceNumber).ToList();
        if (rows.Count == 0)
        {
            return null;
        }

        var facts = rows.ConvertAll(r => (ITaskEvent)EventCodec.Read(r.Manifest, r.Message));
        return (facts.Aggregate(new TaskState(id), (state, e) => state.Apply(e)), facts[0].CommandId);
    }
}
