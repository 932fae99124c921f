using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Backend;

/// <summary>Something that happened and that others may wait for.</summary>
/// <param name="Position">Its place in the journal.</param>
/// <param name="Event">Its name.</param>
/// <param name="Task">The task.</param>
/// <param name="At">When.</param>
/// <param name="By">Who.</param>
/// <param name="Because">Why.</param>
/// <param name="Ready">Who need not wait any more.</param>
internal sealed record TaskNewsItem(
    long Position, string Event, TaskRow Task, DateTimeOffset At, string By, string? Because, IReadOnlyList<TaskRow> Ready);

/// <summary>A stretch of the journal, looked through.</summary>
/// <param name="News">What there is to tell.</param>
/// <param name="Reached">The last position that was looked at.</param>
/// <param name="More">Whether more lies behind it.</param>
internal sealed record NewsStretch(IReadOnlyList<TaskNewsItem> News, long Reached, bool More);

/// <summary>Reads from the journal what happened that others may wait for. Whoever asks for the same stretch shares one look at it.</summary>
internal sealed class TaskNewsReader(TaskJournal journal, ITaskIndex index)
{
    public const string Completed = "task_completed";
    public const string Failed = "task_failed";
    public const string ClaimLost = "claim_lost";
    public const string Overdue = "overdue";

    private const int Batch = 500;
    private const int MostReady = 20;
    private const int LongestReason = 200;

    private volatile Last? _last;

    /// <summary>What happened behind a position. The index says who is ready, so nothing is told that it does not hold yet.</summary>
    public NewsStretch Read(long position)
    {
        var indexed = index.Position();
        if (_last is { } last && last.From == position && last.Indexed == indexed)
        {
            return last.Stretch;
        }

        var stretch = Look(position, indexed);
        _last = new Last(position, indexed, stretch);
        return stretch;
    }

    private NewsStretch Look(long position, long indexed)
    {
        var (facts, reached, more) = journal.Read(position, Batch);
        var news = new List<TaskNewsItem>();
        foreach (var (at, _, e) in facts)
        {
            if (at > indexed)
            {
                return new NewsStretch(news, at - 1, false);   // the index is about to catch up
            }

            if (Of(at, e) is { } item)
            {
                news.Add(item);
            }
        }

        return new NewsStretch(news, reached, more);
    }

    private TaskNewsItem? Of(long at, ITaskEvent e)
    {
        var (kind, reason) = e switch
        {
            TaskEvents.StatusChanged { To: TaskPhase.Completed } => (Completed, null),
            TaskEvents.StatusChanged { To: TaskPhase.Failed } x => (Failed, x.Reason),
            TaskEvents.ClaimLost x => (ClaimLost, $"the lease of {x.Worker} ended"),
            TaskEvents.DeadlinePassed x => (Overdue, $"it was due at {x.DueAt.UtcDateTime:yyyy-MM-dd'T'HH:mm:ss'Z'}"),
            _ => ((string?)null, (string?)null),
        };
        return kind is null || index.Find([e.TaskId]) is not [var row]
            ? null
            : new TaskNewsItem(
                at, kind, row, e.At, e.By, reason is { Length: > LongestReason } ? $"{reason[..LongestReason]}..." : reason,
                kind == Completed ? [.. index.ReadyBecauseOf(e.TaskId).Take(MostReady)] : []);
    }

    private sealed record Last(long From, long Indexed, NewsStretch Stretch);
}
