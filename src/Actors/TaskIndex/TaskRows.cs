using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>From filters to SQL, and from table rows to what callers see.</summary>
internal static class TaskRows
{
    public static IQueryable<TaskRecord> Apply(this TaskFilter filter, DataConnection db, List<string>? parents)
    {
        var tasks = db.GetTable<TaskRecord>().AsQueryable();
        var ids = filter.Ids.Select(i => i.Value).ToList();
        var phases = filter.Phases.Select(p => (int)p).ToList();
        var specialists = filter.Specialists.ToList();
        var kinds = filter.Kinds.Select(k => (int)k).ToList();
        var complexities = filter.Complexities.Select(c => (int)c).ToList();
        tasks = ids.Count == 0 ? tasks : tasks.Where(t => ids.Contains(t.TaskId));
        tasks = phases.Count == 0 ? tasks : tasks.Where(t => phases.Contains(t.Phase));
        tasks = specialists.Count == 0 ? tasks : tasks.Where(t => specialists.Contains(t.Specialist));
        tasks = kinds.Count == 0 ? tasks : tasks.Where(t => kinds.Contains(t.Kind));
        tasks = complexities.Count == 0 ? tasks : tasks.Where(t => complexities.Contains(t.Complexity));
        tasks = filter.ReadyOnly ? SqliteTaskIndex.IsReady(tasks) : tasks;
        tasks = parents is not null ? tasks.Where(t => parents.Contains(t.ParentId!))
            : filter.Parent is { } parent ? tasks.Where(t => t.ParentId == parent.Value)
            : tasks;
        foreach (var (name, value) in filter.Attributes)
        {
            var having = db.GetTable<AttributeRecord>().Where(a => a.Name == name && a.Value == value).Select(a => a.TaskId);
            tasks = tasks.Where(t => having.Contains(t.TaskId));
        }

        tasks = filter.Session is { } session ? tasks.Where(t => t.SessionId == session.Value) : tasks;
        tasks = filter.ChangedAfter is { } changed ? tasks.Where(t => t.Position > changed) : tasks;
        if (filter.CreatedAfter?.ToUnixTimeMilliseconds() is { } after)
        {
            tasks = tasks.Where(t => t.CreatedAt >= after);
        }

        if (filter.CreatedBefore?.ToUnixTimeMilliseconds() is { } before)
        {
            tasks = tasks.Where(t => t.CreatedAt < before);
        }

        if (!string.IsNullOrEmpty(filter.Text))
        {
            var pattern = Containing(filter.Text);
            tasks = tasks.Where(t => Sql.Like(t.Title, pattern, '~') || Sql.Like(t.Description, pattern, '~'));
        }

        return tasks;
    }

    /// <summary>The pattern that finds a text as it is; its escape is <c>~</c>.</summary>
    public static string Containing(string text) =>
        $"%{text.Replace("~", "~~", StringComparison.Ordinal).Replace("%", "~%", StringComparison.Ordinal).Replace("_", "~_", StringComparison.Ordinal)}%";

    public static TaskRow ToRow(TaskRecord t) => new(
        new TaskId(t.TaskId), t.ParentId is null ? null : new TaskId(t.ParentId), new TaskId(t.RootId),
        t.SessionId is null ? null : new SessionId(t.SessionId), t.Title, (TaskPhase)t.Phase, t.Reason, (TaskKind)t.Kind, t.Specialist,
        (TaskComplexity)t.Complexity, t.Priority, t.DueAt == TaskRecord.NoDueDate ? null : Time(t.DueAt), Progress(t),
        t.WaitingFor, t.Subtasks, t.OpenSubtasks, t.CompletedSubtasks,
        (TaskPhase)t.Phase == TaskPhase.Pending && t is { WaitingFor: 0, OpenSubtasks: 0, Uncreated: 0 },
        t.ClaimedBy, Time(t.ClaimedUntil), t.Revision, t.Position, t.Ordinal, Time(t.CreatedAt), Time(t.UpdatedAt), Time(t.StartedAt), Time(t.ClosedAt))
    {
        ArchivedAt = Time(t.ArchivedAt),
        KeepUntil = Time(t.KeepUntil),
        Artifacts = t.Artifacts,
    };

    public static OpenClaim ToClaim(TaskRecord t) =>
        new(new TaskId(t.TaskId), t.Title, new ClaimToken(t.ClaimToken!), t.ClaimedBy!, Time(t.ClaimedUntil!.Value));

    public static ArtifactRow ToArtifact(ArtifactRecord a) => new(
        new TaskId(a.TaskId), a.Version, a.MadeBy, Time(a.MadeAt),
        new ArtifactReference(
            new ArtifactId(a.ArtifactId), (ArtifactKind)a.Kind, a.Sha256, a.Size, a.MediaType, a.Summary,
            a.Files.Length == 0 ? [] : a.Files.Split('\n')));

    /// <summary>Of a parent that is not completed itself: the share of its subtasks that are.</summary>
    private static int Progress(TaskRecord t) =>
        t.Subtasks > 0 && !t.Satisfied ? t.CompletedSubtasks * 100 / t.Subtasks : t.Progress;

    private static DateTimeOffset Time(long milliseconds) => DateTimeOffset.FromUnixTimeMilliseconds(milliseconds);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } m ? Time(m) : null;
}
