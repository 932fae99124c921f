using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules of claims: who may have a task, for how long, and what a handle is good for.</summary>
public sealed partial record TaskState
{
    private Decision Decide(TaskCommands.Claim c, DateTimeOffset now, IReadOnlyCollection<TaskQueries.Standing> standings)
    {
        var lapsed = Claim is { } claim && claim.Deadline <= now ? claim : null;
        if (Claim is { } held && lapsed is null)
        {
            return Decision.Refuse(
                RefusalCode.AlreadyClaimed, $"{Id} is claimed by {held.Worker} until {held.Deadline:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
                "Take another task: orchestrator_execute_task without task_id claims the best ready one.");
        }

        if (lapsed is not null && LostLeases + 1 >= TaskLimits.LostLeases)
        {
            // The watch over leases is about to fail this task; a claim that slips in before it must not start a fourth lease.
            return Decision.Refuse(
                RefusalCode.InvalidTaskState, $"{Id} lost its lease {TaskLimits.LostLeases} times and is failed.",
                "Find out why workers do not come back; set its status to pending with orchestrator_update_task to try again.");
        }

        if (Phase is not (Pending or InProgress))
        {
            return Phase == Blocked
                ? Decision.Refuse(
                    RefusalCode.InvalidTaskState, $"{Id} is blocked{Because()}.",
                    "When the obstacle is gone, set its status to pending with orchestrator_update_task, then claim it.")
                : Decision.Refuse(
                    RefusalCode.InvalidTaskState, $"{Id} is {Phase.Name()} and cannot be claimed.",
                    Phase == Failed ? "Set its status to pending with orchestrator_update_task to try again." : "Take another task.");
        }

        if ((Obstacle(standings, start: true) ?? Unmet(InProgress, null)) is { } obstacle)
        {
            return obstacle;
        }

        var events = new List<ITaskEvent>();
        if (lapsed is not null)
        {
            events.Add(new TaskEvents.ClaimLost(Id, c.CommandId, c.By, now, lapsed.Token, lapsed.Worker, LostLeases + 1));
        }

        events.Add(new TaskEvents.Claimed(Id, c.CommandId, c.By, now, DerivedId.Claim(c.CommandId), c.Lease, now + c.Lease));
        if (Phase == Pending)
        {
            events.Add(new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Pending, InProgress, null));
        }

        return Decision.Accept(events);
    }

    private Decision Decide(TaskCommands.ExpireClaim c, DateTimeOffset now)
    {
        if (Claim is not { } claim || claim.Token != c.Token || claim.Deadline > now)
        {
            return Decision.Refuse(RefusalCode.ClaimLost, $"The claim {c.Token} of {Id} is over or was renewed.", "Nothing to do.");
        }

        var lost = LostLeases + 1;
        var to = lost >= TaskLimits.LostLeases ? Failed : Pending;
        var reason = to == Failed
            ? $"Its lease ended {lost} times without a result; the last worker was {claim.Worker}."
            : $"The lease of {claim.Worker} ended without a result ({lost} of {TaskLimits.LostLeases}).";
        var events = new List<ITaskEvent> { new TaskEvents.ClaimLost(Id, c.CommandId, c.By, now, claim.Token, claim.Worker, lost) };
        if (Phase != to)
        {
            events.Add(new TaskEvents.StatusChanged(Id, c.CommandId, c.By, now, Phase, to, reason));
        }

        return Decision.Accept(events);
    }

    private Decision Decide(TaskCommands.ExtendClaim c, DateTimeOffset now)
    {
        if (Claim is not { } claim || claim.Token != c.Token)
        {
            return Decision.Refuse(RefusalCode.ClaimLost, $"The claim {c.Token} of {Id} is over.", "Nothing to do.");
        }

        return c.Until <= claim.Deadline
            ? Decision.Repeat(new TaskReplies.Accepted(Id, Revision, Phase, new ClaimGrant(claim.Token, claim.Deadline)))
            : Decision.Accept(new TaskEvents.ClaimRenewed(Id, c.CommandId, c.By, now, c.Token, c.Until));
    }

    /// <summary>A call that names the claim renews it, unless it ends it.</summary>
    private Decision Accept(List<ITaskEvent> events, ITaskCommand c, ClaimToken? token, TaskPhase to, DateTimeOffset now)
    {
        if (token is { } t && Claim is { } claim && to == InProgress)
        {
            events.Add(new TaskEvents.ClaimRenewed(Id, c.CommandId, c.By, now, t, now + claim.Lease));
        }

        return events.Count > 0
            ? Decision.Accept(events)
            : Decision.Refuse(
                RefusalCode.ValidationFailed, $"Nothing to change: {Id} is {Phase.Name()} already.", "Name what is to be changed.");
    }

    /// <summary>The claim goes with in_progress; any other status ends it.</summary>
    private IEnumerable<ITaskEvent> EndOfClaim(TaskPhase to, CommandId command, string by, DateTimeOffset now) =>
        Claim is { } claim && to != InProgress ? [new TaskEvents.ClaimReleased(Id, command, by, now, claim.Token)] : [];

    private Decision? Authorise(ClaimToken? token, DateTimeOffset now)
    {
        var open = Claim is { } c && c.Deadline > now ? c : null;
        if (token is { } named)
        {
            return open?.Token == named
                ? null
                : Decision.Refuse(
                    RefusalCode.ClaimLost,
                    open is null
                        ? $"The claim {named} on {Id} is no longer held: its lease ended or it was released. The task is {Phase.Name()}."
                        : $"The claim {named} on {Id} is not held; {open.Worker} has the task until {open.Deadline:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
                    "Nothing was changed. Claim the task again with orchestrator_execute_task before going on; keep your work until then.");
        }

        return open is null
            ? null
            : Decision.Refuse(
                RefusalCode.ClaimRequired, $"{Id} is claimed by {open.Worker} until {open.Deadline:yyyy-MM-dd'T'HH:mm:ss'Z'}.",
                "If the claim is yours, pass its handle as claim; else take another task or wait.");
    }
}
