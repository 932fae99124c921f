using Akka.Actor;
using Akka.Event;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// Takes tasks back whose lease has ended. Knows nothing by itself: deadlines come from the task index, so a restart forgets none and wakes no task
/// before its time. Also wakes the plans that a crash cut off, because nobody else might ever ask for them.
/// </summary>
public sealed class LeaseWatchActor : ReceiveActor
{
    private const string Name = "lease-watch";
    private const int AtOnce = 100;
    private static readonly TimeSpan Settle = TimeSpan.FromMilliseconds(200);   // many changes, one look
    private static readonly TimeSpan Longest = TimeSpan.FromHours(1);           // a clock that was set must not put it off for ever
    private static readonly TimeSpan Retry = TimeSpan.FromSeconds(1);

    private readonly IActorRef _tasks;
    private readonly ITaskIndex _index;
    private readonly TimeProvider _clock;
    private readonly ITimer _timer;
    private bool _lookIsDue;

    /// <summary>Made by <see cref="TasksWiring.WithTasks"/>.</summary>
    public LeaseWatchActor(IActorRef tasks, IActorRef projection, ITaskIndex index, TimeProvider clock)
    {
        (_tasks, _index, _clock) = (tasks, index, clock);
        var self = Self;
        _timer = clock.CreateTimer(_ => self.Tell(Look.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Context.System.EventStream.Subscribe(Self, typeof(TaskIndexActor.Refreshed));
        Receive<TaskIndexActor.Refreshed>(_ => LookSoon());
        Receive<Look>(_ => TakeBack());
        Receive<Started>(_ => FinishPlans());
        Receive<Status.Failure>(f => Context.GetLogger().Error(f.Cause, "The task index is not up to date; leases are watched from what it holds."));

        // The tables may lag behind the journal after a crash; look only when they do not.
        projection.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Longest).PipeTo(Self, success: _ => Started.Instance);
    }

    /// <inheritdoc/>
    protected override void PostStop() => _timer.Dispose();

    private void FinishPlans()
    {
        foreach (var plan in _index.UnfinishedPlans())
        {
            _tasks.Tell(new TaskQueries.GetStanding(plan), ActorRefs.NoSender);   // recovery does the rest
        }

        LookSoon();
    }

    private void LookSoon()
    {
        if (!_lookIsDue)
        {
            _lookIsDue = true;
            _timer.Change(Settle, Timeout.InfiniteTimeSpan);
        }
    }

    private void TakeBack()
    {
        _lookIsDue = false;
        var now = _clock.GetUtcNow();
        var expired = _index.ExpiredClaims(now, AtOnce);
        foreach (var claim in expired)
        {
            // The same claim always gives the same command: however often it is noticed, it is taken back once.
            _tasks.Tell(
                new TaskCommands.ExpireClaim(claim.TaskId, new CommandId($"lease.{claim.Token}", 1), Name, claim.Token), ActorRefs.NoSender);
        }

        // What was taken back comes around as a change of the index; the retry is for what was not.
        var wait = expired.Count > 0 ? Retry : _index.NextDeadline() is { } next ? next - now : (TimeSpan?)null;
        if (wait is { } w)
        {
            _timer.Change(w < TimeSpan.Zero ? TimeSpan.Zero : w > Longest ? Longest : w + TimeSpan.FromMilliseconds(1), Timeout.InfiniteTimeSpan);
        }
    }

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record Started
    {
        public static readonly Started Instance = new();
    }
}
