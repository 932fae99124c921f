using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules: what each command may do to a task.</summary>
public sealed partial record TaskState
{
    /// <summary>Decides a command.</summary>
    /// <param name="command">The wish.</param>
    /// <param name="now">The time it is decided at.</param>
    /// <param name="standings">
    /// The standing of every task in <see cref="Needs"/> and <see cref="Subtasks"/>, asked just before; needed when <see cref="AsksOthers"/> says so.
    /// </param>
    public Decision Decide(ITaskCommand command, DateTimeOffset now, IReadOnlyCollection<TaskQueries.Standing>? standings = null)
    {
        // Answered from what is missing, not from memory: it belongs to its plan's command, and may come in parts.
        switch (command)
        {
            case TaskCommands.ConfirmSubtasks confirm when Phase != None:
                return Decide(confirm, now);
            case TaskCommands.ConfirmConsequences confirm when Phase != None:
                return Decide(confirm, now);
        }

        if (Memory.Answers.TryGetValue(command.CommandId, out var before))
        {
            return Decision.Repeat(new TaskReplies.Accepted(Id, before.Revision, before.Phase, before.Claim));
        }

        if (Memory.MayHaveForgotten(command.CommandId))
        {
            var refusal = Forgotten.Of(Id.Value);
            return Decision.Refuse(refusal.Code, refusal.Message, refusal.NextStep);
        }

        return command switch
        {
            _ when DeletedBy is { } by => Decision.Refuse(
                RefusalCode.TaskNotFound, $"There is no task {Id} any more: {by} has deleted it.", "Its history is in orchestrator_task_history."),
            TaskCommands.Plan c => Phase == None ? Decision.Accept(c.ToEvent(now)) : Exists(),
            TaskCommands.Create c => Phase == None ? Decision.Accept(c.ToEvent()) : Exists(),
            _ when Phase == None => NotFound(Id),
            TaskCommands.FollowUp c => Decide(c, now),
            _ when DeleteWhenDone => Decision.Refuse(
                RefusalCode.InvalidTaskState, $"{Id} is being deleted; {Due.Count} other tasks must hear of it first.", "Leave it alone."),
            TaskCommands.AddSubtasks c => Decide(c, now),
            TaskCommands.Claim c => Decide(c, now, standings ?? []),
            TaskCommands.ExpireClaim c => Decide(c, now),
            TaskCommands.ExtendClaim c => Decide(c, now),
            TaskCommands.NoteDeadline c => Decide(c, now),
            TaskCommands.Update c => Decide(c, now, standings ?? []),
            TaskCommands.Complete c => Decide(c, now, standings ?? []),
            TaskCommands.Cancel c => Decide(c, now),
            TaskCommands.Archive c => Decide(c, now),
            TaskCommands.Delete c => Decide(c, now),
            TaskCommands.Restore c => Decide(c, now),
            TaskCommands.RecordDecision c => Decide(c, now),
            TaskCommands.RecordFiles c => Decide(c, now),
            _ => throw new NotSupportedException($"Task {Id}: no rule for command {command.GetType().Name}."),
        };
    }

    /// <summary>Whether the decision needs to know how the tasks in <see cref="Needs"/> and <see cref="Subtasks"/> stand.</summary>
    public bool AsksOthers(ITaskCommand command) => !Memory.Answers.ContainsKey(command.CommandId) && command switch
    {
        TaskCommands.Claim => Needs.Any() || Subtasks.Count > 0,
        TaskCommands.Complete { Next: NextAction.Complete } or TaskCommands.Update { Changes.Phase: Completed } => Needs.Any() || Subtasks.Count > 0,
        _ => false,
    };

    /// <summary>There is no such task.</summary>
    internal static Decision NotFound(TaskId id) =>
        Decision.Refuse(RefusalCode.TaskNotFound, $"There is no task {id}.", "List tasks with orchestrator_query_tasks and use an id from there.");

    private Decision Exists() => Decision.Refuse(
        RefusalCode.InvalidTaskState, $"A task {Id} exists already.", "Ask again: a new request plans a task with a new id.");

    private Decision Decide(TaskCommands.AddSubtasks c, DateTimeOffset now)
    {
        if (!Phase.IsOpen())
        {
            return Decision.Refuse(
                RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()} and takes no more subtasks.",
                "Plan a task of its own, or below a parent that is pending, in_progress or blocked.");
        }

        // An import comes again under another key when its source has grown: what is planned here already is not planned twice.
        var known = Subtasks.ToHashSet();
        var more = c.Subtasks.Where(s => !known.Contains(s.TaskId)).ToList();
        return more.Count == 0
            ? Decision.Repeat(new TaskReplies.Accepted(Id, Revision, Phase, null))
            : Decision.Accept(new TaskEvents.SubtasksAdded(Id, c.CommandId, c.By, now, c.Session ?? Session, more));
    }

    private Decision Decide(TaskCommands.ConfirmSubtasks c, DateTimeOffset now)
    {
        var created = Uncreated.Where(u => u.CommandId == c.CommandId && c.Created.Contains(u.Task.TaskId)).Select(u => u.Task.TaskId).ToList();
        return created.Count == 0
            ? Decision.Repeat(new TaskReplies.Accepted(Id, Revision, Phase, null))
            : Decision.Accept(new TaskEvents.SubtasksCreated(Id, c.CommandId, c.By, now, created));
    }

    private Decision Decide(TaskCommands.Update c, DateTimeOffset now, IReadOnlyCollection<TaskQueries.Standing> standings)
    {
        if (c.ExpectedRevision is { } expected && expected != Revision)
        {
            return Decision.Refuse(
                RefusalCode.VersionConflict, $"{Id} is at version {Revision}, not {expected}: somebody changed it in between.",
                "Read it again with orchestrator_query_tasks (detail full), then repeat the change with the new version.");
        }

        if (Authorise(c.Token, now) is { } refused)
        {
            return refused;
        }

        var changes = c.Changes;
        var to = changes.Phase is { } wanted && wanted != Phase ? wanted : (TaskPhase?)null;
        var against = to switch
        {
            Completed => Obstacle(standings, start: false),
            Cancelled or Archived => IsBeingPlanned(),
            _ => null,
        };
        if (to is { } target && (CannotBecome(target) ?? against) is { } no)
        {
            return no;
        }

        if (NotAllowed(changes) is { } wrong)
        {
            return wrong;
        }

        if (Phase == Archived && (changes.IsEdit() || changes.IsRecord() || changes.Note is not null || changes.Progress is not null))
        {
            return Decision.Refuse(RefusalCode.InvalidTaskState, $"{Id} is archived and no longer changes.", "Plan a new task.");
        }

        if (Phase == Completed && changes.Progress is not null)
        {
            return Decision.Refuse(RefusalCode.InvalidTaskState, $"{Id} is completed; its progress stays at 100.", "Leave progress out.");
        }

        var events = new List<ITaskEvent>();
        if (changes.IsEdit())
        {
            events.Add(changes.ToEvent(Id, c.CommandId, c.By, now));
        }

        if (changes.Note is { } note)
        {
            events.Add(new TaskEvents.Noted(Id, c.CommandId, c.By, now, note));
        }

        if (changes.Progress is { } progress)
        {
            events.Add(new TaskEvents.Progressed(Id, c.CommandId, c.By, now, progress));
        }

        events.AddRange(changes.ToRecords(Id, c.CommandId, c.By, now));
        if (to is { } guarded && events.Aggregate(this, (state, e) => state.Apply(e)).Unmet(guarded, null) is { } gate)
        {
            return gate;
        }

        events.AddRange(to switch
        {
            null => [],
            Cancelled => [.. Change(Cancelled), .. Consequences(c, "was cancelled", changes.Note, now, thenDelete: false)],
            Archived => [.. PutAway(c, null, changes.Note, now), .. Consequences(c, "was archived", changes.Note, now, thenDelete: false)],
            { } status => Change(status),
        });

        return Accept(events, c, c.Token, to ?? Phase, now);

        IEnumerable<ITaskEvent> Change(TaskPhase status) =>
        [
            .. EndOfClaim(status, c.CommandId, c.By, now),
            new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, status, changes.Note),
        ];
    }

    private Decision Decide(TaskCommands.Complete c, DateTimeOffset now, IReadOnlyCollection<TaskQueries.Standing> standings)
    {
        if (Authorise(c.Token, now) is { } refused)
        {
            return refused;
        }

        var to = c.Next switch
        {
            NextAction.Continue => InProgress,
            NextAction.NeedsRevision => Pending,
            NextAction.Blocked => Blocked,
            NextAction.Complete => Completed,
            _ => throw new ArgumentOutOfRangeException(nameof(c), c.Next, "Unknown next action."),
        };
        if (!Phase.IsOpen())
        {
            return Decision.Refuse(
                RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()} already{Because()}.",
                Phase == Failed ? "Set its status to pending with orchestrator_update_task to try again." : "Go on with another task.");
        }

        if ((to == Phase ? null : CannotBecome(to)) is { } no)
        {
            return no;
        }

        if (to == Completed && (Obstacle(standings, start: false) ?? Unmet(Completed, c.Artifact)) is { } obstacle)
        {
            return obstacle;
        }

        var events = new List<ITaskEvent> { new TaskEvents.WorkStored(Id, c.CommandId, c.By, now, Artifacts.Count + 1, c.Next, c.Artifact) };
        events.AddRange(EndOfClaim(to, c.CommandId, c.By, now));
        if (to != Phase)
        {
            var reason = c.Next is NextAction.Blocked or NextAction.NeedsRevision ? c.Artifact.Summary : null;
            events.Add(new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, to, reason));
        }

        return Accept(events, c, c.Token, to, now);
    }

    private Decision? CannotBecome(TaskPhase to)
    {
        var allowed = TaskTransitions.After(Phase);
        return allowed.Contains(to)
            ? null
            : Decision.Refuse(
                RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()} and cannot become {to.Name()}.",
                allowed.Count == 0
                    ? "Its status is final."
                    : $"From {Phase.Name()} it can become {string.Join(", ", allowed.Select(TaskTransitions.Name))}.");
    }

    private Decision? Obstacle(IReadOnlyCollection<TaskQueries.Standing> standings, bool start)
    {
        var verb = start ? "claimed" : "completed";
        if (Uncreated.Count > 0)
        {
            return Decision.Refuse(RefusalCode.DependencyConflict, $"{Id} is still being planned.", "Try again in a moment.");
        }

        var unmet = standings.Where(s => Holding.Any(d => d.On == s.TaskId && (!start || d.Kind.HoldsUpStart()) && !d.Kind.IsMetBy(s)))
            .Select(s => $"{s.TaskId} ({s.Phase.Name()})").ToList();
        if (unmet.Count > 0)
        {
            return Decision.Refuse(
                RefusalCode.DependencyConflict, $"{Id} cannot be {verb}: it needs {Some(unmet)} to be completed first.",
                "Work on those first; if one has failed or was cancelled, revive it, or change or waive this task's dependencies with orchestrator_update_task.");
        }

        var open = standings.Where(s => s.Phase.IsOpen() && Subtasks.Contains(s.TaskId)).Select(s => $"{s.TaskId} ({s.Phase.Name()})").ToList();
        return open.Count == 0
            ? null
            : Decision.Refuse(
                RefusalCode.DependencyConflict, $"{Id} cannot be {verb}: {open.Count} of its {Subtasks.Count} subtasks are open: {Some(open)}.",
                "Work on the subtasks first, or cancel those that are not wanted.");
    }

    private string Because() => Reason is null ? "" : $": {Reason}";

    private static string Some(List<string> names) =>
        names.Count <= 5 ? string.Join(", ", names) : $"{string.Join(", ", names.Take(5))} and {names.Count - 5} more";
}
