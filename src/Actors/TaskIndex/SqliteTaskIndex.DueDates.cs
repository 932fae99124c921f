using LinqToDB;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.TaskIndex;

/// <content>
/// What the watch over due dates asks. Each question has an index of its own that holds only what is still to be noted, so that it costs the same
/// with a hundred tasks and with a hundred thousand. Times are whole milliseconds, rounded down, so nothing is found before its time.
/// </content>
public sealed partial class SqliteTaskIndex
{
    /// <inheritdoc/>
    public IReadOnlyList<OpenDueDate> PassedDueDates(DateTimeOffset now, OpenDueDate? after, int limit)
    {
        using var db = Open();
        var until = now.ToUnixTimeMilliseconds();
        var tasks = db.GetTable<TaskRecord>().Where(t => t.DueToPass < until);
        if (after is not null)
        {
            var (due, position) = Key(after);
            tasks = tasks.Where(t => t.DueToPass >= due && (t.DueToPass > due || t.CreatedPosition > position));
        }

        return Page(tasks.OrderBy(t => t.DueToPass).ThenBy(t => t.CreatedPosition), limit);
    }

    /// <inheritdoc/>
    public IReadOnlyList<OpenDueDate> NearDueDates(DateTimeOffset now, DateTimeOffset until, OpenDueDate? after, int limit)
    {
        using var db = Open();
        var (from, to) = (now.ToUnixTimeMilliseconds(), until.ToUnixTimeMilliseconds());
        var tasks = db.GetTable<TaskRecord>().Where(t => t.DueToNear >= from && t.DueToNear < to);
        if (after is not null)
        {
            var (due, position) = Key(after);
            tasks = tasks.Where(t => t.DueToNear >= due && (t.DueToNear > due || t.CreatedPosition > position));
        }

        return Page(tasks.OrderBy(t => t.DueToNear).ThenBy(t => t.CreatedPosition), limit);
    }

    /// <inheritdoc/>
    public DateTimeOffset? NextDueDate(DateTimeOffset now, TimeSpan ahead)
    {
        using var db = Open();
        var (from, near) = (now.ToUnixTimeMilliseconds(), (now + ahead).ToUnixTimeMilliseconds());
        var passes = Time(db.GetTable<TaskRecord>().Where(t => t.DueToPass >= from).Min(t => t.DueToPass));
        var nears = Time(db.GetTable<TaskRecord>().Where(t => t.DueToNear >= near).Min(t => t.DueToNear)) - ahead;
        return passes < nears || nears is null ? passes : nears;
    }

    private static (long Due, long Position) Key(OpenDueDate date) => (date.DueAt.ToUnixTimeMilliseconds(), date.CreatedPosition);

    private static DateTimeOffset? Time(long? milliseconds) => milliseconds is { } ms ? DateTimeOffset.FromUnixTimeMilliseconds(ms) : null;

    private static List<OpenDueDate> Page(IQueryable<TaskRecord> tasks, int limit) =>
        tasks.Take(limit).Select(t => new { t.TaskId, t.Revision, t.DueAt, t.CreatedPosition }).ToList()
            .ConvertAll(t => new OpenDueDate(
                new TaskId(t.TaskId), t.Revision, DateTimeOffset.FromUnixTimeMilliseconds(t.DueAt), t.CreatedPosition));
}
