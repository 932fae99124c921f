using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>
/// What the end of a task did, read from the history under the key of the call: so that a repeated call gets the answer of the first, whatever has
/// become of the task since.
/// </summary>
internal sealed class EndReport
{
    private const int Shown = 50;
    private readonly List<Consequence> _consequences = [];

    /// <summary>The status before.</summary>
    public string? PreviousStatus { get; private set; }

    /// <summary>When it happened.</summary>
    public DateTimeOffset? At { get; private set; }

    /// <summary>How many work products are no longer listed.</summary>
    public int Discarded { get; private set; }

    /// <summary>Until when an archived task is kept at least.</summary>
    public DateTimeOffset? KeepUntil { get; private set; }

    /// <summary>Why it was archived.</summary>
    public ArchiveCause? Cause { get; private set; }

    public static EndReport Read(ToolCall call, TaskReplies.Accepted accepted)
    {
        var report = new EndReport();
        for (var after = Math.Max(0, accepted.Revision - 200); ;)
        {
            var rows = call.Storage.Index.History(accepted.TaskId, after, 200);
            foreach (var row in rows.Where(r => r.Revision <= accepted.Revision && r.Event.CommandId == call.Key))
            {
                report.Add(row.Event);
            }

            if (rows.Count == 0 || rows[^1].Revision >= accepted.Revision)
            {
                return report;
            }

            after = rows[^1].Revision;
        }
    }

    /// <summary>Those who were concerned in this way; null when there were none.</summary>
    public ConcernedView? Of(ConsequenceKind kind)
    {
        var all = _consequences.Where(c => c.Kind == kind).Select(c => c.TaskId.Value).ToList();
        return all.Count == 0 ? null : new ConcernedView(all.Count, [.. all.Take(Shown)]);
    }

    /// <summary>The same in half a sentence.</summary>
    public string Summary()
    {
        var parts = _consequences.Where(c => c.Kind is not (ConsequenceKind.Tell or ConsequenceKind.Waive)).ToList().Count;
        var others = _consequences.Count - parts;
        return (parts == 0 ? "" : $" with {parts} subtasks") + (others == 0 ? "" : $"; {others} dependents were told");
    }

    private void Add(ITaskEvent e)
    {
        At = e.At;
        switch (e)
        {
            case TaskEvents.StatusChanged x:
                PreviousStatus = Vocabulary.Phases[x.From];
                break;
            case TaskEvents.Archived x:
                (Cause, KeepUntil) = (x.Cause, x.KeepUntil);
                break;
            case TaskEvents.WorkDiscarded x:
                Discarded = x.Artifacts.Count;
                break;
            case TaskEvents.ConsequencesDue x:
                _consequences.AddRange(x.Consequences);
                break;
        }
    }
}

/// <summary>How many, and the first of them.</summary>
internal sealed record ConcernedView(int Count, IReadOnlyList<string> TaskIds);
