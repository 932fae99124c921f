using Akka.Actor;
using Akka.Configuration;
using Akka.Event;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// Has tasks note that their due date is near or has passed. Knows nothing by itself: the dates come from the task index, and what is noted is a fact
/// of the task, so that neither a crash nor a long rest leaves one out or notes it twice. Goes through them page by page, and sends the next page when
/// the one before is written.
/// </summary>
public sealed class DeadlineWatchActor : ReceiveActor
{
    private const string Name = "deadline-watch";
    private const int Page = 100;
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(1);      // many changes, one look
    private static readonly TimeSpan Longest = TimeSpan.FromMinutes(1);     // a machine that slept, or a clock that was set
    private static readonly TimeSpan FarthestAhead = TimeSpan.FromDays(366);
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(10);

    private readonly IActorRef _tasks;
    private readonly ITaskIndex _index;
    private readonly TimeProvider _clock;
    private readonly TimeSpan _ahead;
    private readonly ITimer _timer;
    private readonly HashSet<OpenDueDate> _tried = [];
    private DateTimeOffset _triedSince;
    private bool _lookIsDue;
    private bool _looking;

    /// <summary>Made by <see cref="TasksWiring.WithTasks"/>.</summary>
    /// <param name="tasks">Routes to tasks.</param>
    /// <param name="projection">Fills the task index.</param>
    /// <param name="index">The task index.</param>
    /// <param name="clock">The time.</param>
    /// <param name="ahead">How long before its due date a task is near it; nothing for never.</param>
    public DeadlineWatchActor(IActorRef tasks, IActorRef projection, ITaskIndex index, TimeProvider clock, TimeSpan ahead)
    {
        (_tasks, _index, _clock, _ahead) = (tasks, index, clock, ahead);
        var self = Self;
        _timer = clock.CreateTimer(_ => self.Tell(Look.Instance), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Receive<TaskIndexActor.Refreshed>(_ => LookSoon());
        Receive<Look>(_ => Begin());
        Receive<Written>(w => Go(w.IsNear, w.Last), _ => _looking);   // not one that was sent before a failure here
        Receive<Status.Failure>(f =>
        {
            Context.GetLogger().Error(f.Cause, "The task index is not up to date; due dates are watched from what it holds.");
            LookSoon();
        });
        Context.System.EventStream.Subscribe(Self, typeof(TaskIndexActor.Refreshed));

        // The tables may lag behind the journal after a crash; look only when they do not.
        projection.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Timeout.InfiniteTimeSpan).PipeTo(Self);
    }

    /// <summary>How long before its due date a task is near it, as an operator set it.</summary>
    /// <exception cref="ConfigurationException">It is no time.</exception>
    public static TimeSpan Ahead(Config config)
    {
        const string Key = "orchestrator.tasks.deadline-approaches";
        try
        {
            var ahead = config.GetTimeSpan(Key);
            return ahead < TimeSpan.Zero || ahead > FarthestAhead ? FarthestAhead : ahead;   // less than nothing is how 'infinite' is read
        }
        catch (FormatException e)
        {
            throw new ConfigurationException($"{Key} is no time: '{config.GetString(Key)}'. Write for example 24h, or 0s for never.", e);
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => _timer.Dispose();

    private void LookSoon()
    {
        if (!_lookIsDue)
        {
            _lookIsDue = true;
            if (!_looking)
            {
                _timer.Change(Settle, Timeout.InfiniteTimeSpan);
            }
        }
    }

    private void Begin()
    {
        if (!_looking)
        {
            (_looking, _lookIsDue) = (true, false);
            var now = _clock.GetUtcNow();
            if ((now - _triedSince).Duration() >= Longest)
            {
                _tried.Clear();
                _triedSince = now;
            }

            Go(isNear: false, null);
        }
    }

    private void Go(bool isNear, OpenDueDate? after)
    {
        var now = _clock.GetUtcNow();
        var page = isNear ? _index.NearDueDates(now, now + _ahead, after, Page) : _index.PassedDueDates(now, after, Page);
        if (page.Count > 0)
        {
            Note(page.Where(_tried.Add)).PipeTo(Self, success: _ => new Written(isNear, page[^1]), failure: _ => new Written(isNear, page[^1]));
        }
        else if (!isNear)
        {
            Go(isNear: true, null);
        }
        else
        {
            _looking = false;
            var next = _index.NextDueDate(now, _ahead) - now + TimeSpan.FromMilliseconds(1);   // the index holds whole milliseconds
            _timer.Change(_lookIsDue ? Settle : next < Longest ? next.Value : Longest, Timeout.InfiniteTimeSpan);
        }
    }

    /// <summary>A task that does not answer, or finds nothing to note, is passed over, and asked again a minute later.</summary>
    private Task<ITaskReply[]> Note(IEnumerable<OpenDueDate> page) => Task.WhenAll(page.Select(d => _tasks.Ask<ITaskReply>(
        // Numbered by the state that it was found in: the same look again is the same command, and the next date is another one.
        new TaskCommands.NoteDeadline(d.TaskId, new CommandId(Name, d.Revision), Name, _ahead), AnswersWithin)));

    private sealed record Look
    {
        public static readonly Look Instance = new();
    }

    private sealed record Written(bool IsNear, OpenDueDate Last);
}
