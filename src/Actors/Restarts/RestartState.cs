using System.Collections.Immutable;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using static Orchestrator.Protocol.Restarts.RestartPhase;

namespace Orchestrator.Actors.Restarts;

/// <summary>What a command about restarts leads to: a fact to write, or an answer without one.</summary>
public sealed record RestartDecision(IRestartEvent? Fact, Refusal? Refusal)
{
    internal static RestartDecision Write(IRestartEvent fact) => new(fact, null);

    /// <summary>It is so already.</summary>
    public static readonly RestartDecision Nothing = new(null, null);
}

/// <summary>How many restarts may be asked for.</summary>
/// <param name="Most">So many</param>
/// <param name="Within">within this time.</param>
public sealed record RestartLimit(int Most, TimeSpan Within)
{
    /// <summary>Far more than anybody needs, and few enough that a loop is noticed.</summary>
    public static readonly RestartLimit Default = new(10, TimeSpan.FromMinutes(1));
}

/// <summary>The restarts of one data directory as their facts tell them. Pure. At most one is under way.</summary>
public sealed record RestartState
{
    /// <summary>How many are remembered. The journal keeps all.</summary>
    public const int Remembered = 50;

    /// <summary>The last restarts, oldest first.</summary>
    public ImmutableList<Restart> History { get; init; } = [];

    /// <summary>How many may be asked for.</summary>
    public RestartLimit Limit { get; init; } = RestartLimit.Default;

    /// <summary>The one under way.</summary>
    public Restart? Running => History.Count > 0 && !IsOver(History[^1]) ? History[^1] : null;

    /// <summary>Where a restart is.</summary>
    public static RestartPhase PhaseOf(Restart restart) => restart.Phases[^1].Phase;

    /// <summary>Whether nothing more will become of it.</summary>
    public static bool IsOver(Restart restart) => PhaseOf(restart) is Completed or Failed or RolledBack;

    /// <summary>The restart that a request began or joined.</summary>
    public Restart? Find(CommandId request) => History.FindLast(r => r.Id == request || r.Joined.Contains(request));

    /// <summary>Decides a command.</summary>
    public RestartDecision Decide(IRestartCommand command, DateTimeOffset now) => command switch
    {
        RestartCommands.Ask ask => Decide(ask, now),
        RestartCommands.Record record => Decide(record.Fact),
        RestartCommands.TakeUp up => Decide(up, now),
        _ => throw new NotSupportedException($"Restarts: no rule for command {command.GetType().Name}."),
    };

    /// <summary>The state after <paramref name="e"/>.</summary>
    public RestartState Apply(IRestartEvent e)
    {
        if (e is RestartEvents.Requested asked)
        {
            var restart = new Restart(asked.CommandId, asked.By, asked.Wish, asked.From, [new PhaseTime(Requested, asked.At)]);
            var history = History.Add(restart);
            return this with { History = history.Count > Remembered ? history.RemoveAt(0) : history };
        }

        var running = History[^1];
        return this with
        {
            History = History.SetItem(History.Count - 1, e switch
            {
                RestartEvents.Joined x => running with { Joined = [.. running.Joined, x.Request] },
                RestartEvents.SuccessorStarted x => Reach(running, SuccessorStarting, x.At) with { SuccessorId = x.ProcessId },
                RestartEvents.SuccessorProved x => Reach(running, SuccessorReady, x.At) with { To = x.To, Plan = x.Plan },
                RestartEvents.DrainingBegan x => Reach(running, Draining, x.At) with { Clients = x.Clients, InFlight = x.InFlight },
                RestartEvents.WorkSuspended x => Reach(running, Suspended, x.At) with
                {
                    Active = x.Active,
                    Suspended = x.Claims,
                    Unfinished = x.Unfinished,
                },
                RestartEvents.HandedOver x => Reach(running, HandedOver, x.At),
                RestartEvents.Served x => Reach(running, Serving, x.At) with { DowntimeMs = x.DowntimeMs },
                RestartEvents.Completed x => Reach(running, Completed, x.At) with { Reconnected = x.Reconnected, Resumed = x.Resumed },
                RestartEvents.Failed x => Reach(running, Failed, x.At) with { Cause = x.Cause },
                RestartEvents.RolledBack x => Reach(running, RolledBack, x.At) with
                {
                    Cause = x.Cause,
                    DowntimeMs = x.DowntimeMs,
                    MigrationUndone = x.MigrationUndone,
                },
                _ => throw new NotSupportedException($"Restarts: no rule for event {e.GetType().Name}."),
            }),
        };
    }

    private RestartDecision Decide(RestartCommands.Ask ask, DateTimeOffset now) =>
        Find(ask.CommandId) is not null ? RestartDecision.Nothing
        : Running is { } running ? RestartDecision.Write(new RestartEvents.Joined(running.Id, ask.By, now, ask.CommandId))
        : PossibleAt(ask.Wish) is { } at && at > now ? new RestartDecision(null, new Refusal(
            RefusalCode.RestartTooOften, $"{Limit.Most} restarts were asked for within {Limit.Within.TotalSeconds:0} s; the server goes on as it is.",
            $"The next one is possible at {at:yyyy-MM-dd'T'HH:mm:ss.fff'Z'}. orchestrator_restart_status with include_history shows who asks for them and why."))
        : RestartDecision.Write(new RestartEvents.Requested(ask.CommandId, ask.By, now, ask.Wish, ask.From));

    // A loop of restarts serves nobody. Another version is installed by a person, and is what may end the loop.
    private DateTimeOffset? PossibleAt(RestartWish wish) =>
        wish.Folder is null && History.Count(r => r.Wish.Folder is null) is var asked && asked >= Limit.Most
            ? History.Where(r => r.Wish.Folder is null).ElementAt(asked - Limit.Most).Phases[0].At + Limit.Within
            : null;

    // One step after the other, never backwards; what has begun may fail at every one.
    private RestartDecision Decide(IRestartEvent fact) =>
        Running is { } running && running.Id == fact.CommandId && IsNext(PhaseOf(running), fact)
            ? RestartDecision.Write(fact)
            : new RestartDecision(null, new Refusal(
                RefusalCode.RestartNotPossible,
                $"{fact.GetType().Name} does not follow: " + (Running is { } other ? $"the restart {other.Id} is {PhaseOf(other)}." : "no restart is under way."),
                "Ask orchestrator_restart_status where it is."));

    private static bool IsNext(RestartPhase phase, IRestartEvent fact) => (phase, fact) switch
    {
        (Requested, RestartEvents.SuccessorStarted) => true,
        (SuccessorStarting, RestartEvents.SuccessorProved) => true,
        (SuccessorReady, RestartEvents.DrainingBegan) => true,
        (Draining, RestartEvents.WorkSuspended) => true,
        (Suspended, RestartEvents.HandedOver) => true,
        (HandedOver, RestartEvents.Served) => true,
        (Serving, RestartEvents.Completed) => true,
        ( <= HandedOver, RestartEvents.Failed) => true,   // that it hands over is written down before anything is closed
        _ => false,
    };

    // Whoever opens the database finds what its predecessor was about to do.
    private RestartDecision Decide(RestartCommands.TakeUp up, DateTimeOffset now)
    {
        if (Running is not { } running)
        {
            return RestartDecision.Nothing;
        }

        var (phase, isOld, isNew) = (PhaseOf(running), up.Me.Instance == running.From.Instance, up.Me.Instance == running.To?.Instance);
        IRestartEvent? fact = phase switch
        {
            _ when isOld && up.Cause is { } cause => new RestartEvents.RolledBack(running.Id, up.By, now, cause, up.DowntimeMs, up.MigrationUndone),
            < HandedOver when isOld => null,
            HandedOver when isNew => new RestartEvents.Served(running.Id, up.By, up.ServingSince, up.DowntimeMs),
            Serving when isNew => null,
            < HandedOver => new RestartEvents.Failed(
                running.Id, up.By, now, $"Process {running.From.ProcessId} ended in the phase {phase}; process {up.Me.ProcessId} has taken its place."),
            _ => new RestartEvents.Failed(
                running.Id, up.By, now,
                $"Process {running.To?.ProcessId}, which was to serve, ended in the phase {phase}; process {up.Me.ProcessId} has taken its place."),
        };
        return fact is null ? RestartDecision.Nothing : RestartDecision.Write(fact);
    }

    private static Restart Reach(Restart restart, RestartPhase phase, DateTimeOffset at) =>
        restart with { Phases = [.. restart.Phases, new PhaseTime(phase, at)] };
}
