using System.Text.Json;
using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <content>Who waits for whom, what is attached to tasks, and what becomes of it at their end.</content>
public sealed partial class TaskIndexProjection
{
    // What DependencyRules say, for a whole set at once. Kinds: 0 completion, 2 data, 4 prerequisite, 5 blocks. Phases 1 to 3 are open.
    private const string Recounting =
        """
        UPDATE task_index SET waiting_for = (
            SELECT count(*) FROM task_dependency d LEFT JOIN task_index o ON o.task_id = d.on_id
            WHERE d.task_id = task_index.task_id AND d.waived = 0 AND CASE d.kind
                WHEN 0 THEN coalesce(o.satisfied, 0) = 0
                WHEN 4 THEN coalesce(o.satisfied, 0) = 0
                WHEN 2 THEN coalesce(o.artifacts, 0) = 0
                WHEN 5 THEN coalesce(o.phase, 0) IN (1, 2, 3)
                ELSE 0 END)
        """;

    private static void Recount(DataConnection db, string task) =>
        db.Execute($"{Recounting} WHERE task_id = @id", new DataParameter("id", task));

    // Phrased so that only those who wait are looked at, not every task there is.
    private static void RecountDependents(DataConnection db, string on) =>
        db.Execute($"{Recounting} WHERE task_id IN (SELECT task_id FROM task_dependency WHERE on_id = @id)", new DataParameter("id", on));

    private static void ApplyRecord(DataConnection db, TaskRecord task, ITaskEvent e)
    {
        var id = task.TaskId;
        switch (e)
        {
            case TaskEvents.ConsequencesDue x:
                task.Consequences += x.Consequences.Count;
                break;
            case TaskEvents.ConsequencesDone x:
                task.Consequences -= x.Tasks.Count;
                break;
            case TaskEvents.DeadlineApproached:
                task.DueLeft = 1;
                break;
            case TaskEvents.DeadlinePassed:
                task.DueLeft = 0;
                break;
            case TaskEvents.Archived x:
                (task.ArchivedAt, task.ArchiveCause, task.KeepUntil) = (Milliseconds(x.At), (int)x.Cause, Milliseconds(x.KeepUntil));
                task.ArchivedUnder = (x.CommandId with { Part = "" }).ToString();
                break;
            case TaskEvents.WorkDiscarded x:
                var discarded = x.Artifacts.Select(a => a.Value).ToList();
                task.Artifacts -= db.GetTable<ArtifactRecord>().Where(a => discarded.Contains(a.ArtifactId)).Delete();
                break;
            case TaskEvents.AttributesChanged x:
                Change(db, id, x);
                break;
            case TaskEvents.DecisionRecorded x:
                Record(db, task, x);
                break;
            case TaskEvents.FilesRecorded x:
                Record(db, id, x);
                break;
            case TaskEvents.GatesSet:
                break;
            default:
                throw new NotSupportedException($"Task index: no rule for event {e.GetType().Name}.");
        }
    }

    private static void Change(DataConnection db, string task, TaskEvents.AttributesChanged e)
    {
        foreach (var change in e.Changes)
        {
            if (change.Attribute is { } attribute)
            {
                db.InsertOrReplace(new AttributeRecord { TaskId = task, Name = change.Name, Kind = (int)attribute.Kind, Value = attribute.Value });
            }
            else
            {
                db.GetTable<AttributeRecord>().Where(a => a.TaskId == task && a.Name == change.Name).Delete();
            }
        }
    }

    private static void Record(DataConnection db, TaskRecord task, TaskEvents.DecisionRecorded e)
    {
        var d = e.Decision;
        db.Insert(new DecisionRow
        {
            DecisionId = d.DecisionId.Value,
            TaskId = task.TaskId,
            Position = task.Position,
            MadeBy = e.By,
            MadeAt = Milliseconds(e.At),
            Title = d.Title,
            Outcome = d.Outcome,
            Rationale = d.Rationale,
            Alternatives = JsonSerializer.Serialize(d.Alternatives, IndexJson.Default.IReadOnlyListString),
            Category = d.Category,
            Supersedes = d.Supersedes?.Value,
        });
        if (d.Supersedes is { } old)
        {
            db.GetTable<DecisionRow>().Where(o => o.DecisionId == old.Value).Set(o => o.SupersededBy, d.DecisionId.Value).Update();
        }
    }

    private static void Record(DataConnection db, string task, TaskEvents.FilesRecorded e)
    {
        foreach (var file in e.Files)
        {
            var known = db.GetTable<FileRecord>().FirstOrDefault(f => f.TaskId == task && f.Path == file.Path);
            db.InsertOrReplace(new FileRecord
            {
                TaskId = task,
                Path = file.Path,
                First = known is null ? file.After : known.First,
                Before = file.Before,
                Sha256 = file.After,
                Size = file.Size,
                Change = (int)file.Change,
                LookedBy = e.By,
                LookedAt = Milliseconds(e.At),
            });
        }
    }

    private static void Delete(DataConnection db, TaskRecord task)
    {
        var id = task.TaskId;
        if (task.ParentId is { } parent)
        {
            Count(db, parent, subtasks: -1, ((TaskPhase)task.Phase).IsOpen() ? -1 : 0, task.Satisfied ? -1 : 0);
        }

        if (task.Satisfied)
        {
            // What was completed once stays so for those who waited for it.
            db.GetTable<DependencyRecord>()
                .Where(d => d.OnId == id && d.Kind != (int)DependencyKind.Data && d.Kind != (int)DependencyKind.Blocks)
                .Set(d => d.Waived, true).Update();
        }

        db.GetTable<DependencyRecord>().Where(d => d.TaskId == id).Delete();
        db.GetTable<ArtifactRecord>().Where(a => a.TaskId == id).Delete();
        db.GetTable<AttributeRecord>().Where(a => a.TaskId == id).Delete();
        db.GetTable<DecisionRow>().Where(d => d.TaskId == id).Delete();
        db.GetTable<FileRecord>().Where(f => f.TaskId == id).Delete();
        db.GetTable<TaskRecord>().Where(t => t.TaskId == id).Delete();
        RecountDependents(db, id);
    }
}
