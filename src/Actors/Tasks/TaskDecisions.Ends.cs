using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules of ends: cancelling, archiving, deleting, restoring, and what they mean for others.</summary>
public sealed partial record TaskState
{
    private Decision Decide(TaskCommands.Cancel c, DateTimeOffset now)
    {
        if ((IsBeingPlanned() ?? CannotBecome(Cancelled)) is { } no)
        {
            return no;
        }

        List<ITaskEvent> events =
        [
            .. EndOfClaim(Cancelled, c.CommandId, c.By, now),
            .. c.PreserveWork || Artifacts.Count == 0
                ? Array.Empty<ITaskEvent>()
                : [new TaskEvents.WorkDiscarded(Id, c.CommandId, c.By, now, [.. Artifacts.Select(a => a.Artifact.ArtifactId)])],
            new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, Cancelled, c.Reason),
            .. Consequences(c, "was cancelled", c.Reason, now, thenDelete: false),
        ];
        return Decision.Accept(events);
    }

    private Decision Decide(TaskCommands.Archive c, DateTimeOffset now)
    {
        if (Phase == Archived)
        {
            return Decision.Refuse(RefusalCode.InvalidTaskState, $"{Id} is archived already.", "Nothing to do; orchestrator_restore_task brings it back.");
        }

        // Whoever clears away what nobody goes on with means the open ones.
        return IsBeingPlanned() ?? IsStillOpen("archived", c.Force || c.Cause is ArchiveCause.Stale or ArchiveCause.Orphaned)
            ?? Decision.Accept([.. PutAway(c, c.Cause, c.Reason, now), .. Consequences(c, "was archived", c.Reason, now, thenDelete: false)]);
    }

    private Decision Decide(TaskCommands.Delete c, DateTimeOffset now)
    {
        if ((IsBeingPlanned() ?? IsStillOpen("deleted", c.Force)) is { } open)
        {
            return open;
        }

        ITaskEvent[] putAway = Phase == Archived ? [] : [.. PutAway(c, null, c.Reason, now)];
        return c.Consequences.Count == 0
            ? Decision.Accept([.. putAway, new TaskEvents.Deleted(Id, c.CommandId, c.By, now, c.Reason)])
            : Decision.Accept([.. putAway, .. Consequences(c, "was deleted", c.Reason, now, thenDelete: true)]);
    }

    private Decision Decide(TaskCommands.Restore c, DateTimeOffset now) => Phase == Archived
        ? Decision.Accept([Restored(c, now), .. Consequences(c, "was restored", null, now, thenDelete: false)])
        : Decision.Refuse(RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()}, not archived.", "Nothing to do.");

    private Decision Decide(TaskCommands.FollowUp c, DateTimeOffset now)
    {
        ITaskEvent[] events = c.Kind switch
        {
            ConsequenceKind.Tell when Phase.IsOpen() => [new TaskEvents.Noted(Id, c.CommandId, c.By, now, c.Text)],
            ConsequenceKind.Waive when Needs.Contains(c.Source) =>
            [
                new TaskEvents.DependencyWaived(Id, c.CommandId, c.By, now, c.Source, c.Text),
                new TaskEvents.Noted(Id, c.CommandId, c.By, now, c.Text),
            ],
            ConsequenceKind.Cancel when Phase.IsOpen() =>
            [
                .. EndOfClaim(Cancelled, c.CommandId, c.By, now),
                new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, Cancelled, c.Text),
            ],
            ConsequenceKind.Archive when Phase != Archived => [.. PutAway(c, null, c.Text, now)],
            ConsequenceKind.Delete =>
            [
                .. Phase == Archived ? [] : PutAway(c, null, c.Text, now),
                new TaskEvents.Deleted(Id, c.CommandId, c.By, now, c.Text),
            ],
            ConsequenceKind.Restore when Phase == Archived && !DeleteWhenDone => [Restored(c, now)],
            _ => [],
        };
        return events.Length == 0
            ? Decision.Repeat(new TaskReplies.Accepted(Id, Revision, Phase, null))   // there is nothing to carry out any more
            : Decision.Accept(events);
    }

    private Decision Decide(TaskCommands.ConfirmConsequences c, DateTimeOffset now)
    {
        var done = Due.Where(d => d.CommandId == c.CommandId && c.Done.Contains(d.Consequence.TaskId)).Select(d => d.Consequence.TaskId).ToList();
        if (done.Count == 0)
        {
            return Decision.Repeat(new TaskReplies.Accepted(Id, Revision, Phase, null));
        }

        var events = new List<ITaskEvent> { new TaskEvents.ConsequencesDone(Id, c.CommandId, c.By, now, done) };
        if (DeleteWhenDone && done.Count == Due.Count)
        {
            events.Add(new TaskEvents.Deleted(Id, c.CommandId, c.By, now, Reason));
        }

        return Decision.Accept(events);
    }

    // Those it has planned and who do not exist yet could not hear of it.
    private Decision? IsBeingPlanned() => Uncreated.Count == 0
        ? null
        : Decision.Refuse(RefusalCode.DependencyConflict, $"{Id} is still being planned.", "Try again in a moment.");

    private Decision? IsStillOpen(string verb, bool force) => force || !Phase.IsOpen()
        ? null
        : Decision.Refuse(
            RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()} and cannot be {verb} like this.",
            "Complete or cancel it first (orchestrator_cancel_task), or pass force.");

    private IEnumerable<ITaskEvent> PutAway(ITaskCommand c, ArchiveCause? cause, string? reason, DateTimeOffset now)
    {
        var because = cause ?? Retention.CauseOf(Phase);
        return
        [
            .. EndOfClaim(Archived, c.CommandId, c.By, now),
            new TaskEvents.Archived(Id, c.CommandId, c.By, now, because, now + Retention.For(because)),
            new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, Archived, reason),
        ];
    }

    // Who worked on it has lost the claim: it waits for the next one.
    private TaskEvents.StatusChanged Restored(ITaskCommand c, DateTimeOffset now) => new(
        Id, c.CommandId, c.By, now, Archived, ArchivedFrom is InProgress or None ? Pending : ArchivedFrom, null);

    private IEnumerable<ITaskEvent> Consequences(IConsequentialCommand c, string what, string? reason, DateTimeOffset now, bool thenDelete)
    {
        var title = Definition!.Title;
        var text = $"{Id} ({title}) {what} by {c.By}{(reason is null ? "." : $": {reason}")}";
        return c.Consequences.Count == 0
            ? []
            : [new TaskEvents.ConsequencesDue(Id, c.CommandId, c.By, now, text[..Math.Min(text.Length, TaskLimits.Note)], c.Consequences, thenDelete)];
    }
}
