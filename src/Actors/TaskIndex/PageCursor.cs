using System.Globalization;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>The cursor of a call is not one that its own query gave out.</summary>
public sealed class InvalidCursorException(string cursor)
    : Exception($"'{cursor}' is not a cursor of this query. Leave it out to begin at the first page.");

/// <summary>How a list is ordered, and with it what "the next page" means.</summary>
internal abstract record TaskOrder(char Letter)
{
    /// <summary>Newest first.</summary>
    public static readonly TaskOrder Newest = new ByCreation();
    /// <summary>Longest unchanged first: the order in which news is read.</summary>
    public static readonly TaskOrder Change = new ByChange();
    /// <summary>Most urgent, nearest due date, oldest, place in its plan.</summary>
    public static readonly TaskOrder Urgency = new ByUrgency();

    public abstract IQueryable<TaskRecord> Sort(IQueryable<TaskRecord> tasks);

    public abstract IQueryable<TaskRecord> Behind(IQueryable<TaskRecord> tasks, PageCursor cursor);

    public abstract long[] KeyOf(TaskRecord task);

    private sealed record ByCreation() : TaskOrder('n')
    {
        public override IQueryable<TaskRecord> Sort(IQueryable<TaskRecord> tasks) => tasks.OrderByDescending(t => t.CreatedPosition);

        public override IQueryable<TaskRecord> Behind(IQueryable<TaskRecord> tasks, PageCursor cursor)
        {
            var last = cursor.Key[0];
            return tasks.Where(t => t.CreatedPosition < last);
        }

        public override long[] KeyOf(TaskRecord task) => [task.CreatedPosition];
    }

    private sealed record ByChange() : TaskOrder('c')
    {
        public override IQueryable<TaskRecord> Sort(IQueryable<TaskRecord> tasks) => tasks.OrderBy(t => t.Position);

        public override IQueryable<TaskRecord> Behind(IQueryable<TaskRecord> tasks, PageCursor cursor)
        {
            var last = cursor.Key[0];
            return tasks.Where(t => t.Position > last);
        }

        public override long[] KeyOf(TaskRecord task) => [task.Position];
    }

    private sealed record ByUrgency() : TaskOrder('u')
    {
        public override IQueryable<TaskRecord> Sort(IQueryable<TaskRecord> tasks) =>
            tasks.OrderBy(t => t.Priority).ThenBy(t => t.DueAt).ThenBy(t => t.CreatedAt).ThenBy(t => t.Ordinal).ThenBy(t => t.CreatedPosition);

        public override IQueryable<TaskRecord> Behind(IQueryable<TaskRecord> tasks, PageCursor cursor)
        {
            var (priority, due, created, ordinal, position) = (cursor.Key[0], cursor.Key[1], cursor.Key[2], cursor.Key[3], cursor.Key[4]);
            return tasks.Where(t => t.Priority > priority || (t.Priority == priority
                && (t.DueAt > due || (t.DueAt == due
                && (t.CreatedAt > created || (t.CreatedAt == created
                && (t.Ordinal > ordinal || (t.Ordinal == ordinal
                && t.CreatedPosition > position))))))));
        }

        public override long[] KeyOf(TaskRecord task) => [task.Priority, task.DueAt, task.CreatedAt, task.Ordinal, task.CreatedPosition];
    }
}

/// <summary>Where a page ended: the order and the key of its last row. Holds across restarts, since keys are journal positions.</summary>
internal sealed record PageCursor(TaskOrder Order, long[] Key)
{
    public static PageCursor Of(TaskOrder order, TaskRecord last) => new(order, order.KeyOf(last));

    public static PageCursor Parse(string text, TaskOrder order)
    {
        var parts = text.Length > 1 && text[0] == order.Letter ? text[1..].Split('.') : [];
        var key = new long[parts.Length];
        for (var i = 0; i < parts.Length; i++)
        {
            if (!long.TryParse(parts[i], NumberStyles.AllowLeadingSign, CultureInfo.InvariantCulture, out key[i]))
            {
                throw new InvalidCursorException(text);
            }
        }

        return key.Length == order.KeyOf(new TaskRecord()).Length ? new PageCursor(order, key) : throw new InvalidCursorException(text);
    }

    public override string ToString() => Order.Letter + string.Join('.', Key.Select(k => k.ToString(CultureInfo.InvariantCulture)));
}
