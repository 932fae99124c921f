using System.Text;
using System.Text.Json;
using LinqToDB;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <content>Trees, dependents, and what is attached to tasks.</content>
public sealed partial class SqliteTaskIndex
{
    /// <inheritdoc/>
    public IReadOnlyList<TaskRow> Below(TaskId task, int limit)
    {
        using var db = Open();
        var all = new List<TaskRecord>();
        for (string[] level = [task.Value]; level.Length > 0 && all.Count < limit;)
        {
            var children = level.Chunk(500).SelectMany(some => db.GetTable<TaskRecord>()
                .Where(t => some.Contains(t.ParentId)).OrderBy(t => t.CreatedPosition).Take(limit).ToList()).ToList();
            all.AddRange(children);
            level = [.. children.Where(t => t.Subtasks > 0).Select(t => t.TaskId)];
        }

        return [.. all.Take(limit).Select(TaskRows.ToRow)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<DependentRow> DependentsOf(IReadOnlyCollection<TaskId> tasks, int limit)
    {
        using var db = Open();
        var ids = tasks.Select(t => t.Value).ToHashSet();
        var edges =
            from some in ids.Chunk(500)
            from e in (
                from d in db.GetTable<DependencyRecord>()
                where some.Contains(d.OnId)
                join dependent in db.GetTable<TaskRecord>() on d.TaskId equals dependent.TaskId
                join other in db.GetTable<TaskRecord>() on d.OnId equals other.TaskId
                orderby d.TaskId, d.OnId
                select new { d.TaskId, d.OnId, d.Kind, d.Waived, Dependent = dependent.Phase, other.Satisfied, other.Artifacts }).Take(limit).ToList()
            where !ids.Contains(e.TaskId)
            select new DependentRow(
                new TaskId(e.TaskId), (TaskPhase)e.Dependent, new TaskId(e.OnId), (DependencyKind)e.Kind, e.Waived, e.Satisfied, e.Artifacts > 0);
        return [.. edges.Take(limit)];
    }

    /// <inheritdoc/>
    public IReadOnlyList<HistoryRow> History(TaskId task, long after, int limit)
    {
        using var db = Open();
        var id = TaskActor.PersistenceIdOf(task);
        return db.GetTable<JournalRecord>().Where(j => j.PersistenceId == id && !j.Deleted && j.SequenceNumber > after)
            .OrderBy(j => j.SequenceNumber).Take(limit).ToList()
            .ConvertAll(j => new HistoryRow(
                j.SequenceNumber, j.Manifest.Split('/')[0], (ITaskEvent)EventCodec.Read(j.Manifest, j.Message), Encoding.UTF8.GetString(j.Message)));
    }

    /// <inheritdoc/>
    public DecisionPage Decisions(DecisionFilter filter, int limit, string? cursor)
    {
        using var db = Open();
        var found = db.GetTable<DecisionRow>().AsQueryable();
        found = filter.Task is { } task ? found.Where(d => d.TaskId == task.Value) : found;
        found = filter.Category is { } category ? found.Where(d => d.Category == category) : found;
        found = filter.IncludeSuperseded ? found : found.Where(d => d.SupersededBy == null);
        if (filter.Session is { } session)
        {
            var tasks = db.GetTable<TaskRecord>().Where(t => t.SessionId == session.Value).Select(t => t.TaskId);
            found = found.Where(d => tasks.Contains(d.TaskId));
        }

        if (!string.IsNullOrEmpty(filter.Text))
        {
            var pattern = TaskRows.Containing(filter.Text);
            found = found.Where(d => Sql.Like(d.Title, pattern, '~') || Sql.Like(d.Outcome, pattern, '~') || Sql.Like(d.Rationale!, pattern, '~'));
        }

        var total = found.LongCount();
        if (cursor is not null)
        {
            var last = long.TryParse(cursor, out var position) ? position : throw new InvalidCursorException(cursor);
            found = found.Where(d => d.Position < last);
        }

        var rows = found.OrderByDescending(d => d.Position).Take(limit + 1).ToList();
        var more = rows.Count > limit;
        return new DecisionPage([.. rows.Take(limit).Select(ToEntry)], total, more ? $"{rows[limit - 1].Position}" : null);
    }

    /// <inheritdoc/>
    public DecisionEntry? Decision(DecisionId id)
    {
        using var db = Open();
        return db.GetTable<DecisionRow>().FirstOrDefault(d => d.DecisionId == id.Value) is { } row ? ToEntry(row) : null;
    }

    /// <inheritdoc/>
    public IReadOnlyList<FileEntry> Files(TaskId task, string after, int limit)
    {
        using var db = Open();
        return db.GetTable<FileRecord>().Where(f => f.TaskId == task.Value && string.Compare(f.Path, after) > 0).OrderBy(f => f.Path).Take(limit)
            .ToList().ConvertAll(f => new FileEntry(
                f.Path, f.First, f.Before, f.Sha256, f.Size, (FileChange)f.Change, f.LookedBy, DateTimeOffset.FromUnixTimeMilliseconds(f.LookedAt)));
    }

    private static DecisionEntry ToEntry(DecisionRow d) => new(
        new TaskId(d.TaskId), d.MadeBy, DateTimeOffset.FromUnixTimeMilliseconds(d.MadeAt),
        new DecisionRecord(
            new DecisionId(d.DecisionId), d.Title, d.Outcome, d.Rationale,
            JsonSerializer.Deserialize(d.Alternatives, IndexJson.Default.IReadOnlyListString)!, d.Category,
            d.Supersedes is null ? null : new DecisionId(d.Supersedes)),
        d.SupersededBy is null ? null : new DecisionId(d.SupersededBy));
}
