using System.Text.Json;
using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Actors.Maintenance;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <content>What maintenance asks.</content>
public sealed partial class SqliteTaskIndex
{
    private const int Blocked = (int)TaskPhase.Blocked;
    private const int Completed = (int)TaskPhase.Completed;

    /// <inheritdoc/>
    public Found<TaskRow> Stale(MaintenanceScope scope, DateTimeOffset now, int limit)
    {
        using var db = Open();
        var named = StaleLimits.ByRole.Keys.ToList();
        var open = In(db, scope).Where(t => t.Phase >= Pending && t.Phase <= Blocked && t.ClaimedUntil == null);
        var (total, first) = (0L, new List<TaskRow>());
        foreach (var roles in StaleLimits.ByRole.GroupBy(r => r.Value))
        {
            var before = (now - roles.Key).ToUnixTimeMilliseconds();
            var these = roles.Select(r => r.Key).ToList();
            Add(open.Where(t => t.UpdatedAt < before && these.Contains(t.Specialist)));
        }

        var others = (now - StaleLimits.Default).ToUnixTimeMilliseconds();
        Add(open.Where(t => t.UpdatedAt < others && !named.Contains(t.Specialist)));
        return new Found<TaskRow>(total, [.. first.OrderBy(t => t.UpdatedAt).ThenBy(t => t.TaskId.Value, StringComparer.Ordinal).Take(limit)]);

        void Add(IQueryable<TaskRecord> some)
        {
            total += some.LongCount();
            first.AddRange(some.OrderBy(t => t.UpdatedAt).Take(limit).ToList().ConvertAll(TaskRows.ToRow));
        }
    }

    /// <inheritdoc/>
    public Found<TaskRow> Orphans(MaintenanceScope scope, int limit)
    {
        using var db = Open();
        const string From = "FROM task_index t WHERE t.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task_index p WHERE p.task_id = t.parent_id)";
        var (within, named) = Within(scope);
        var total = db.Execute<long>($"SELECT count(*) {From}{within}", named);
        var ids = total == 0 ? [] : db.Query<string>($"SELECT t.task_id {From}{within} ORDER BY t.created_position LIMIT {limit}", named).ToList();
        var rows = Rows(db, ids);
        return new Found<TaskRow>(total, ids.ConvertAll(id => rows[id]));
    }

    /// <inheritdoc/>
    public Found<BrokenDependency> BrokenDependencies(MaintenanceScope scope, int limit)
    {
        using var db = Open();
        var (within, named) = Within(scope);

        // One that must only be over is met by any end.
        var from = "FROM task_index t JOIN task_dependency d ON d.task_id = t.task_id LEFT JOIN task_index o ON o.task_id = d.on_id "
            + $"WHERE t.phase IN (1, 2, 3) AND d.waived = 0 AND d.kind <> {Related} AND (o.task_id IS NULL "
            + $"OR (o.phase > {Completed} AND o.satisfied = 0 AND d.kind <> {(int)DependencyKind.Blocks})){within}";
        var total = db.Execute<long>($"SELECT count(*) {from}", named);
        var edges = total == 0 ? [] : db.Query<Edge>(
            $"SELECT t.task_id AS TaskId, d.on_id AS OnId, coalesce(o.phase, 0) AS Phase {from} ORDER BY t.created_position, d.on_id LIMIT {limit}", named).ToList();
        var rows = Rows(db, [.. edges.Select(e => e.TaskId).Distinct()]);
        return new Found<BrokenDependency>(
            total, edges.ConvertAll(e => new BrokenDependency(rows[e.TaskId], new TaskId(e.OnId), (TaskPhase)e.Phase)));
    }

    /// <inheritdoc/>
    public Found<WorkflowRow> IdleWorkflows(MaintenanceScope scope, DateTimeOffset before, int limit)
    {
        using var db = Open();
        var until = before.ToUnixTimeMilliseconds();
        var plans = db.GetTable<TaskRecord>().GroupBy(t => t.RootId).Select(g => new
        {
            RootId = g.Key,
            Last = g.Max(t => t.UpdatedAt),
            Tasks = g.LongCount() - 1,
            Completed = g.Sum(t => t.Satisfied ? 1L : 0L),
            Claims = g.Sum(t => t.ClaimedUntil != null ? 1L : 0L),
        });
        var idle =
            from root in In(db, scope)
            where root.ParentId == null && root.Subtasks > 0 && root.Phase >= Pending && root.Phase <= Blocked
            join p in plans on root.TaskId equals p.RootId
            where p.Last < until && p.Claims == 0
            orderby p.Last, root.TaskId
            select new { Root = root, p.Last, p.Tasks, p.Completed };
        return new Found<WorkflowRow>(idle.LongCount(), idle.Take(limit).ToList()
            .ConvertAll(w => new WorkflowRow(TaskRows.ToRow(w.Root), Time(w.Last), w.Tasks, w.Completed)));
    }

    /// <inheritdoc/>
    public Found<TaskRow> ExpiredArchives(MaintenanceScope scope, DateTimeOffset now, int limit)
    {
        using var db = Open();
        var until = now.ToUnixTimeMilliseconds();
        return Take(In(db, scope).Where(t => t.KeepUntil != null && t.KeepUntil <= until).OrderBy(t => t.KeepUntil).ThenBy(t => t.TaskId), limit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> ArchivedBy(CommandId request)
    {
        using var db = Open();
        var key = request.ToString();
        return db.GetTable<TaskRecord>().Where(t => t.ArchivedUnder == key).OrderBy(t => t.TaskId).ToList().ConvertAll(TaskRows.ToRow);
    }

    /// <inheritdoc/>
    public IReadOnlyDictionary<TaskPhase, long> CountByPhase(MaintenanceScope scope)
    {
        using var db = Open();
        return In(db, scope).GroupBy(t => t.Phase).Select(g => new { g.Key, Count = g.LongCount() }).ToDictionary(g => (TaskPhase)g.Key, g => g.Count);
    }

    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> Latest(MaintenanceScope scope, TaskPhase phase, int limit)
    {
        using var db = Open();
        return In(db, scope).Where(t => t.Phase == (int)phase).OrderByDescending(t => t.UpdatedAt).ThenBy(t => t.TaskId).Take(limit)
            .ToList().ConvertAll(TaskRows.ToRow);
    }

    /// <inheritdoc/>
    public IReadOnlyList<ArtifactRow> AllArtifacts(string after, int limit)
    {
        using var db = Open();
        return db.GetTable<ArtifactRecord>().Where(a => string.Compare(a.ArtifactId, after) > 0).OrderBy(a => a.ArtifactId).Take(limit)
            .ToList().ConvertAll(TaskRows.ToArtifact);
    }

    /// <inheritdoc/>
    public IReadOnlyList<StructureCheck> CheckStructure()
    {
        using var db = Open();
        var tasks = db.GetTable<TaskRecord>().LongCount();
        var parents = db.GetTable<TaskRecord>().LongCount(t => t.Subtasks > 0);
        var edges = db.GetTable<DependencyRecord>().LongCount();
        var claims = Claimed(db).LongCount();
        return
        [
            Check("the tables hold the whole journal", 1,
                "SELECT 'behind by ' || count(*) FROM projection p JOIN journal j ON j.ordering > p.position WHERE p.name = 'task-index' "
                + "AND (j.manifest LIKE 'task-%' OR j.manifest LIKE 'session-%') GROUP BY p.name"),
            Check("every parent counts its subtasks rightly", parents,
                "SELECT p.task_id FROM task_index p LEFT JOIN (SELECT parent_id, count(*) n, sum(phase IN (1, 2, 3)) o, sum(satisfied) c "
                + "FROM task_index WHERE parent_id IS NOT NULL GROUP BY parent_id) s ON s.parent_id = p.task_id "
                + "WHERE p.subtasks <> coalesce(s.n, 0) OR p.open_subtasks <> coalesce(s.o, 0) OR p.completed_subtasks <> coalesce(s.c, 0)"),
            Check("every task counts rightly what it waits for", tasks,
                "SELECT t.task_id FROM task_index t LEFT JOIN (SELECT d.task_id, count(*) n FROM task_dependency d LEFT JOIN task_index o "
                + "ON o.task_id = d.on_id WHERE d.waived = 0 AND CASE d.kind WHEN 0 THEN coalesce(o.satisfied, 0) = 0 WHEN 4 THEN "
                + "coalesce(o.satisfied, 0) = 0 WHEN 2 THEN coalesce(o.artifacts, 0) = 0 WHEN 5 THEN coalesce(o.phase, 0) IN (1, 2, 3) ELSE 0 END "
                + "GROUP BY d.task_id) w ON w.task_id = t.task_id WHERE t.waiting_for <> coalesce(w.n, 0)"),
            Check("every parent exists", tasks,
                "SELECT t.task_id FROM task_index t WHERE t.parent_id IS NOT NULL AND NOT EXISTS (SELECT 1 FROM task_index p WHERE p.task_id = t.parent_id)"),
            Check("every dependency leads to a task or is waived", edges,
                "SELECT d.task_id || ' on ' || d.on_id FROM task_dependency d WHERE d.waived = 0 AND NOT EXISTS "
                + "(SELECT 1 FROM task_index o WHERE o.task_id = d.on_id)"),
            Check("every claim is of a task in progress", claims, "SELECT task_id FROM task_index WHERE claimed_until IS NOT NULL AND phase <> 2"),
            Check("every end has reached those it concerns", tasks, "SELECT task_id FROM task_index WHERE consequences > 0 OR uncreated > 0"),
        ];

        StructureCheck Check(string name, long rows, string wrong)
        {
            var count = db.Execute<long>($"SELECT count(*) FROM ({wrong})");
            return new StructureCheck(name, rows, count, count == 0 ? [] : db.Query<string>($"{wrong} LIMIT 10").ToList());
        }
    }

    // Written by hand where a translated comparison with a column that may be null would be a scan for each row.
    private static (string Sql, DataParameter[] Parameters) Within(MaintenanceScope scope)
    {
        var (sql, named) = ("", new List<DataParameter>());
        if (scope.Session is { } session)
        {
            sql += " AND t.session_id = @session";
            named.Add(new DataParameter("session", session.Value));
        }

        if (scope.Tasks is { } some)
        {
            sql += " AND t.task_id IN (SELECT value FROM json_each(@tasks))";
            named.Add(new DataParameter("tasks", JsonSerializer.Serialize([.. some.Select(t => t.Value)], IndexJson.Default.IReadOnlyListString)));
        }

        return (sql, [.. named]);
    }

    private static Dictionary<string, TaskRow> Rows(DataConnection db, List<string> ids) => ids.Count == 0
        ? []
        : db.GetTable<TaskRecord>().Where(t => ids.Contains(t.TaskId)).ToList().ConvertAll(TaskRows.ToRow).ToDictionary(t => t.TaskId.Value);

    private static Found<TaskRow> Take(IQueryable<TaskRecord> tasks, int limit) =>
        new(tasks.LongCount(), tasks.Take(limit).ToList().ConvertAll(TaskRows.ToRow));

    private static IQueryable<TaskRecord> In(DataConnection db, MaintenanceScope scope)
    {
        var tasks = db.GetTable<TaskRecord>().AsQueryable();
        tasks = scope.Session is { } session ? tasks.Where(t => t.SessionId == session.Value) : tasks;
        if (scope.Tasks is { } some)
        {
            var ids = some.Select(t => t.Value).ToList();
            tasks = tasks.Where(t => ids.Contains(t.TaskId));
        }

        return tasks;
    }

    private sealed class Edge
    {
        public string TaskId { get; set; } = "";
        public string OnId { get; set; } = "";
        public int Phase { get; set; }
    }
}
