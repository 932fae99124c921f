using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>The read side of the task index on linq2db. Safe for any thread: each call takes a connection of its own.</summary>
public sealed partial class SqliteTaskIndex(DataOptions store) : ITaskIndex, IMaintenanceIndex
{
    // Constants, not parameters, so that SQLite recognises the condition of the partial index.
    private const int Pending = (int)TaskPhase.Pending;
    private const int Related = (int)DependencyKind.Related;
    private const int Approval = (int)DependencyKind.Approval;

    /// <inheritdoc/>
    public long Position()
    {
        using var db = Open();
        return db.GetTable<ProjectionRecord>().Where(p => p.Name == TaskIndexTables.Projection).Select(p => p.Position).FirstOrDefault();
    }

    /// <inheritdoc/>
    public TaskPage Query(TaskFilter filter, int limit, string? cursor)
    {
        var order = filter.ReadyOnly ? TaskOrder.Urgency : filter.ChangedAfter is not null ? TaskOrder.Change : TaskOrder.Newest;
        var after = cursor is null ? null : PageCursor.Parse(cursor, order);
        using var db = Open();
        var matching = filter.Apply(db, filter is { AllLevels: true, Parent: { } root } ? ParentsBelow(db, root) : null);
        var total = matching.LongCount();
        var rows = order.Sort(after is null ? matching : order.Behind(matching, after)).Take(limit + 1).ToList();
        var more = rows.Count > limit;
        if (more)
        {
            rows.RemoveAt(limit);
        }

        return new TaskPage(rows.ConvertAll(TaskRows.ToRow), total, more ? PageCursor.Of(order, rows[^1]).ToString() : null);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> Find(IReadOnlyCollection<TaskId> ids)
    {
        using var db = Open();
        var values = ids.Select(i => i.Value).ToList();
        var found = db.GetTable<TaskRecord>().Where(t => values.Contains(t.TaskId)).ToDictionary(t => t.TaskId);
        return values.Where(found.ContainsKey).Select(v => TaskRows.ToRow(found[v])).ToList();
    }

    /// <inheritdoc/>
    public TaskCounts Count(TaskId? parent = null, SessionId? session = null)
    {
        using var db = Open();
        var tasks = db.GetTable<TaskRecord>().AsQueryable();
        if (parent is { } p)
        {
            tasks = tasks.Where(t => t.ParentId == p.Value);
        }

        if (session is { } s)
        {
            tasks = tasks.Where(t => t.SessionId == s.Value);
        }

        var byPhase = tasks.GroupBy(t => t.Phase).Select(g => new { g.Key, Count = g.LongCount() }).ToDictionary(g => (TaskPhase)g.Key, g => g.Count);
        return new TaskCounts(byPhase, IsReady(tasks).LongCount(), tasks.LongCount(t => t.ClaimedUntil != null));
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> Ready(int limit, string? specialist = null)
    {
        using var db = Open();
        var ready = IsReady(db.GetTable<TaskRecord>());
        if (specialist is not null)
        {
            ready = ready.Where(t => t.Specialist == specialist);
        }

        return TaskOrder.Urgency.Sort(ready).Take(limit).ToList().ConvertAll(TaskRows.ToRow);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> ReadyBecauseOf(TaskId task)
    {
        using var db = Open();

        // Named one by one: a condition over both would look through all that are ready.
        var concerned = db.GetTable<DependencyRecord>().Where(d => d.OnId == task.Value && d.Kind != Related && d.Kind != Approval).Select(d => d.TaskId).ToList();
        if (db.GetTable<TaskRecord>().Where(t => t.TaskId == task.Value).Select(t => t.ParentId).FirstOrDefault() is { } parent)
        {
            concerned.Add(parent);
        }

        if (concerned.Count == 0)
        {
            return [];
        }

        var ready = IsReady(db.GetTable<TaskRecord>()).Where(t => concerned.Contains(t.TaskId));
        return TaskOrder.Urgency.Sort(ready).ToList().ConvertAll(TaskRows.ToRow);
    }

    /// <inheritdoc/>
    public TaskId? ClaimedBy(CommandId command)
    {
        using var db = Open();
        var key = command.ToString();
        return db.GetTable<ClaimRecord>().Where(c => c.CommandId == key).Select(c => c.TaskId).FirstOrDefault() is { } id ? new TaskId(id) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<OpenClaim> OpenClaims(SessionId? session = null, int limit = int.MaxValue)
    {
        using var db = Open();
        var claimed = Claimed(db);
        if (session is { } s)
        {
            claimed = claimed.Where(t => t.SessionId == s.Value);
        }

        return claimed.OrderBy(t => t.ClaimedUntil).Take(limit).ToList().ConvertAll(TaskRows.ToClaim);
    }

    /// <inheritdoc/>
    public IReadOnlyList<OpenClaim> ExpiredClaims(DateTimeOffset now, int limit)
    {
        using var db = Open();
        var until = now.ToUnixTimeMilliseconds();
        return Claimed(db).Where(t => t.ClaimedUntil <= until).OrderBy(t => t.ClaimedUntil).Take(limit).ToList().ConvertAll(TaskRows.ToClaim);
    }

    /// <inheritdoc/>
    public DateTimeOffset? NextDeadline()
    {
        using var db = Open();
        return Claimed(db).Min(t => t.ClaimedUntil) is { } until ? DateTimeOffset.FromUnixTimeMilliseconds(until) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<ArtifactRow> Artifacts(IReadOnlyCollection<TaskId> tasks)
    {
        using var db = Open();
        var ids = tasks.Select(t => t.Value).ToList();
        return db.GetTable<ArtifactRecord>().Where(a => ids.Contains(a.TaskId)).OrderBy(a => a.TaskId).ThenBy(a => a.Version)
            .ToList().ConvertAll(TaskRows.ToArtifact);
    }

    /// <inheritdoc/>
    public ArtifactRow? Artifact(ArtifactId id)
    {
        using var db = Open();
        return db.GetTable<ArtifactRecord>().FirstOrDefault(a => a.ArtifactId == id.Value) is { } found ? TaskRows.ToArtifact(found) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<DependencyRow> DependenciesOf(IReadOnlyCollection<TaskId> tasks)
    {
        using var db = Open();
        var ids = tasks.Select(t => t.Value).ToList();
        var edges =
            from d in db.GetTable<DependencyRecord>()
            where ids.Contains(d.TaskId)
            join other in db.GetTable<TaskRecord>() on d.OnId equals other.TaskId
            orderby d.TaskId, d.OnId
            select new { d.TaskId, d.OnId, d.Kind, d.Waived, other.Satisfied, other.Phase, other.Title };
        return edges.ToList().ConvertAll(e => new DependencyRow(
            new TaskId(e.TaskId), new TaskId(e.OnId), (DependencyKind)e.Kind, e.Satisfied, (TaskPhase)e.Phase, e.Title, e.Waived));
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskId>? WaitPath(TaskId from, TaskId to)
    {
        using var db = Open();
        var cameFrom = new Dictionary<string, string?> { [from.Value] = null };
        var frontier = new List<string> { from.Value };
        while (frontier.Count > 0)
        {
            if (cameFrom.ContainsKey(to.Value))
            {
                return Trace(cameFrom, to.Value);
            }

            var next = new List<string>();
            foreach (var (waits, on) in frontier.Chunk(500).SelectMany(some => WaitsOn(db, some)))
            {
                if (cameFrom.TryAdd(on, waits))
                {
                    next.Add(on);
                }
            }

            frontier = next;
        }

        return null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskId> UnfinishedPlans()
    {
        using var db = Open();
        return db.GetTable<TaskRecord>().Where(t => t.Uncreated > 0 || t.Consequences > 0).OrderBy(t => t.CreatedPosition).Select(t => t.TaskId)
            .ToList().ConvertAll(id => new TaskId(id));
    }

    internal static IQueryable<TaskRecord> IsReady(IQueryable<TaskRecord> tasks) =>
        tasks.Where(t => t.Phase == Pending && t.WaitingFor == 0 && t.OpenSubtasks == 0 && t.Uncreated == 0);

    private DataConnection Open() => new(store);

    private static IQueryable<TaskRecord> Claimed(DataConnection db) => db.GetTable<TaskRecord>().Where(t => t.ClaimedUntil != null);

    /// <summary>A task and all tasks below it that have subtasks.</summary>
    private static List<string> ParentsBelow(DataConnection db, TaskId root)
    {
        var all = new List<string> { root.Value };
        for (var level = all.ToArray(); level.Length > 0;)
        {
            level = [.. level.Chunk(500).SelectMany(some => db.GetTable<TaskRecord>()
                .Where(t => t.Subtasks > 0 && some.Contains(t.ParentId)).Select(t => t.TaskId).ToList())];
            all.AddRange(level);
        }

        return all;
    }

    /// <summary>What these tasks wait for. A satisfied task waits for nothing any more, and never will again.</summary>
    private static List<(string Waits, string On)> WaitsOn(DataConnection db, string[] tasks)
    {
        var dependencies =
            from d in db.GetTable<DependencyRecord>()
            join t in db.GetTable<TaskRecord>() on d.TaskId equals t.TaskId
            where tasks.Contains(d.TaskId) && d.Kind != Related && !d.Waived && !t.Satisfied
            select new { Waits = d.TaskId, On = d.OnId };
        var subtasks =
            from s in db.GetTable<TaskRecord>()
            where tasks.Contains(s.ParentId)
            select new { Waits = s.ParentId!, On = s.TaskId };
        return [.. dependencies.ToList().Concat(subtasks.ToList()).Select(e => (e.Waits, e.On))];
    }

    private static List<TaskId> Trace(Dictionary<string, string?> cameFrom, string to)
    {
        var path = new List<TaskId>();
        for (string? at = to; at is not null; at = cameFrom[at])
        {
            path.Add(new TaskId(at));
        }

        path.Reverse();
        return path;
    }
}
