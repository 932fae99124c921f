using LinqToDB;
using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>
/// Fills the tables from the journal, in the order of the journal. The same code serves a live change, the catching up after a crash, and a
/// rebuild; the position moves in the same transaction, so no event is applied twice or left out.
/// </summary>
public sealed partial class TaskIndexProjection(DataOptions store) : IDisposable
{
    private const int Batch = 500;
    private readonly Lock _oneAtATime = new();
    private DataConnection? _db;
    private volatile bool _ended;

    /// <summary>Told after each full batch how far the tables are, and how far the journal goes.</summary>
    public Action<long, long>? Progress { get; set; }

    /// <summary>
    /// Applies what is new; returns the position reached. Empties the tables first if they the tables are of another definition, or when told to.
    /// </summary>
    /// <exception cref="ObjectDisposedException">It has ended, perhaps in the middle; the tables are whole, and the next one goes on.</exception>
    public long Pull(bool rebuild = false)
    {
        lock (_oneAtATime)
        {
            return PullAll(rebuild);
        }
    }

    /// <summary>
    /// Waits for the end of a batch that is under way: a connection taken from under it would go back to the pool with its transaction open,
    /// and whoever comes next would find the database locked.
    /// </summary>
    public void Dispose()
    {
        _ended = true;
        lock (_oneAtATime)
        {
            _db?.Dispose();
            _db = null;
        }
    }

    /// <summary>How many events it has applied by <see cref="Pull"/>.</summary>
    public long Applied { get; private set; }

    /// <summary>How far the journal goes.</summary>
    public long JournalEnd()
    {
        using var db = new DataConnection(store);
        return Last(db);
    }

    private long PullAll(bool rebuild)
    {
        try
        {
            while (true)
            {
                ObjectDisposedException.ThrowIf(_ended, this);
                var db = _db ??= new DataConnection(store);
                db.Execute("BEGIN IMMEDIATE");   // linq2db would begin deferred, and a lock taken later can fail
                var (position, read, applied) = ApplyBatch(db, rebuild);
                db.Execute("COMMIT");
                rebuild = false;
                Applied += applied;
                if (read < Batch)
                {
                    return position;
                }

                Progress?.Invoke(position, Last(db));
            }
        }
        catch
        {
            Abandon();
            throw;
        }
    }

    private static long Last(DataConnection db) => db.GetTable<JournalRecord>().Max(j => (long?)j.Ordering) ?? 0;

    private void Abandon()
    {
        try
        {
            _db?.Execute("ROLLBACK");
        }
        catch (SqliteException)
        {
            // SQLite has rolled back by itself, or the connection is beyond use; the next pull takes a new one.
        }

        _db?.Dispose();
        _db = null;
    }

    private static (long Position, int Read, int Applied) ApplyBatch(DataConnection db, bool rebuild)
    {
        var found = db.GetTable<ProjectionRecord>().FirstOrDefault(p => p.Name == TaskIndexTables.Projection);
        if (rebuild || found?.Definition != TaskIndexTables.Definition)
        {
            Clear(db);
            found = new ProjectionRecord();
        }

        var rows = db.GetTable<JournalRecord>().Where(j => j.Ordering > found.Position).OrderBy(j => j.Ordering).Take(Batch).ToList();
        var applied = 0;
        foreach (var row in rows)
        {
            switch (row.Deleted ? null : EventCodec.Read(row.Manifest, row.Message))
            {
                case ITaskEvent e:
                    Apply(db, e, row.SequenceNumber, row.Ordering);
                    applied++;
                    break;
                case ISessionEvent e:
                    Apply(db, e, row.Ordering);
                    applied++;
                    break;
            }
        }

        var position = rows.Count == 0 ? found.Position : rows[^1].Ordering;
        if (rows.Count > 0)
        {
            db.GetTable<ProjectionRecord>().Where(p => p.Name == TaskIndexTables.Projection).Set(p => p.Position, position).Update();
        }

        return (position, rows.Count, applied);
    }

    // Without a condition SQLite empties a table page by page, not row by row.
    private static void Clear(DataConnection db)
    {
        foreach (var table in TaskIndexTables.Names)
        {
            db.Execute($"DELETE FROM {table}");
        }

        db.InsertOrReplace(new ProjectionRecord { Name = TaskIndexTables.Projection, Definition = TaskIndexTables.Definition });
    }

    private static void Apply(DataConnection db, ITaskEvent e, long revision, long position)
    {
        if (e is TaskEvents.Planned planned)
        {
            Insert(db, planned, revision, position);
            return;
        }

        var id = e.TaskId.Value;
        if (e is TaskEvents.SubtasksAdded or TaskEvents.SubtasksCreated)
        {
            CountUncreated(db, e, revision, position);
            return;
        }

        var task = db.GetTable<TaskRecord>().First(t => t.TaskId == id);
        if (e is TaskEvents.Deleted)
        {
            Delete(db, task);
            return;
        }

        var (wasOpen, wasSatisfied, hadWork) = (((TaskPhase)task.Phase).IsOpen(), task.Satisfied, task.Artifacts > 0);
        var own = false;
        (task.Revision, task.Position, task.UpdatedAt) = (revision, position, e.IsChange() ? Milliseconds(e.At) : task.UpdatedAt);
        switch (e)
        {
            case TaskEvents.Claimed x:
                (task.ClaimToken, task.ClaimedBy, task.ClaimedUntil) = (x.Token.Value, x.By, Milliseconds(x.Deadline));
                db.InsertOrReplace(new ClaimRecord { CommandId = x.CommandId.ToString(), TaskId = id });
                break;
            case TaskEvents.ClaimRenewed x:
                task.ClaimedUntil = Milliseconds(x.Deadline);
                break;
            case TaskEvents.ClaimReleased or TaskEvents.ClaimLost:
                (task.ClaimToken, task.ClaimedBy, task.ClaimedUntil) = (null, null, null);
                break;
            case TaskEvents.StatusChanged x:
                ChangeStatus(db, task, x);
                break;
            case TaskEvents.Edited x:
                Edit(db, task, x);
                own = x.Dependencies is not null;
                break;
            case TaskEvents.Progressed x when task.Subtasks == 0:
                task.Progress = x.Percent;
                break;
            case TaskEvents.WorkStored x:
                db.InsertOrReplace(Artifact(x));
                task.Artifacts++;
                break;
            case TaskEvents.DependencyWaived x:
                db.GetTable<DependencyRecord>().Where(d => d.TaskId == id && d.OnId == x.On.Value).Set(d => d.Waived, true).Update();
                own = true;
                break;
            case TaskEvents.Noted or TaskEvents.Progressed:
                break;
            default:
                ApplyRecord(db, task, e);
                break;
        }

        Watch(task);
        db.Update(task);
        if (own)
        {
            Recount(db, id);
        }

        if (wasOpen != ((TaskPhase)task.Phase).IsOpen() || wasSatisfied != task.Satisfied || hadWork != task.Artifacts > 0)
        {
            RecountDependents(db, id);
        }
    }

    private static void Insert(DataConnection db, TaskEvents.Planned e, long revision, long position)
    {
        var d = e.Definition;
        InsertDependencies(db, e.TaskId.Value, d.Dependencies, []);
        var task = new TaskRecord
        {
            TaskId = e.TaskId.Value,
            ParentId = e.Parent?.Value,
            RootId = (e.Root ?? e.TaskId).Value,
            SessionId = e.Session?.Value,
            Title = d.Title,
            Description = d.Description,
            Phase = (int)TaskPhase.Pending,
            Kind = (int)d.Kind,
            Specialist = d.Specialist,
            Complexity = (int)d.Complexity,
            Priority = d.Priority,
            DueAt = Due(d.DueAt),
            DueLeft = d.DueAt is null ? 0 : 2,
            Uncreated = e.Subtasks.Count,
            Revision = revision,
            Position = position,
            CreatedPosition = position,
            Ordinal = e.Ordinal,
            CreatedAt = Milliseconds(e.At),
            UpdatedAt = Milliseconds(e.At),
        };
        Watch(task);
        db.Insert(task);
        if (d.Dependencies.Count > 0)
        {
            Recount(db, e.TaskId.Value);
        }

        if (e.Parent is { } parent)
        {
            Count(db, parent.Value, subtasks: 1, open: 1, completed: 0);
        }
    }

    private static void ChangeStatus(DataConnection db, TaskRecord task, TaskEvents.StatusChanged e)
    {
        var satisfied = e.To == TaskPhase.Completed || (e.To == TaskPhase.Archived && task.Satisfied);
        var step = (satisfied ? 1 : 0) - (task.Satisfied ? 1 : 0);
        var opened = (e.To.IsOpen() ? 1 : 0) - (((TaskPhase)task.Phase).IsOpen() ? 1 : 0);
        if (task.ParentId is { } parent && (opened != 0 || step != 0))
        {
            Count(db, parent, subtasks: 0, opened, step);
        }

        (task.Phase, task.Reason, task.Satisfied) = ((int)e.To, e.Reason, satisfied);
        task.StartedAt ??= e.To == TaskPhase.InProgress ? Milliseconds(e.At) : null;
        task.ClosedAt = e.To.IsOpen() ? null : task.ClosedAt ?? Milliseconds(e.At);
        task.Progress = e.To == TaskPhase.Completed ? 100 : task.Progress;
        if (e.To != TaskPhase.Archived)
        {
            (task.ArchivedAt, task.ArchiveCause, task.KeepUntil, task.ArchivedUnder) = (null, null, null, null);
        }
    }

    private static void Edit(DataConnection db, TaskRecord task, TaskEvents.Edited e)
    {
        task.Title = e.Title ?? task.Title;
        task.Description = e.Description ?? task.Description;
        task.Kind = (int?)e.Kind ?? task.Kind;
        task.Complexity = (int?)e.Complexity ?? task.Complexity;
        task.Specialist = e.Specialist ?? task.Specialist;
        task.Priority = e.Priority ?? task.Priority;
        MoveDueDate(task, e);
        if (e.Dependencies is { } dependencies)
        {
            SetDependencies(db, task.TaskId, dependencies);
        }
    }

    /// <summary>Replaces the edges of a task. Of two to the same task the one that holds up counts; a waiver stays with its edge.</summary>
    private static void SetDependencies(DataConnection db, string task, IReadOnlyList<Dependency> dependencies)
    {
        var waived = db.GetTable<DependencyRecord>().Where(d => d.TaskId == task && d.Waived).Select(d => d.OnId).ToHashSet();
        db.GetTable<DependencyRecord>().Where(d => d.TaskId == task).Delete();
        InsertDependencies(db, task, dependencies, waived);
    }

    private static void InsertDependencies(DataConnection db, string task, IReadOnlyList<Dependency> dependencies, HashSet<string> waived)
    {
        foreach (var on in dependencies.GroupBy(d => d.On.Value))
        {
            var kind = on.Select(d => d.Kind).OrderBy(k => k == DependencyKind.Related).First();
            db.Insert(new DependencyRecord { TaskId = task, OnId = on.Key, Kind = (int)kind, Waived = waived.Contains(on.Key) });
        }
    }

    private static ArtifactRecord Artifact(TaskEvents.WorkStored e) => new()
    {
        ArtifactId = e.Artifact.ArtifactId.Value,
        TaskId = e.TaskId.Value,
        Version = e.Version,
        MadeBy = e.By,
        MadeAt = Milliseconds(e.At),
        Kind = (int)e.Artifact.Kind,
        Sha256 = e.Artifact.Sha256,
        Size = e.Artifact.Size,
        MediaType = e.Artifact.MediaType,
        Summary = e.Artifact.Summary,
        Files = string.Join('\n', e.Artifact.Files),
    };

    private static long Milliseconds(DateTimeOffset at) => at.ToUnixTimeMilliseconds();
}
