using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Rules;

/// <summary>
/// All rules: order of writes and what happens when. A decision and the position it was made at are one write; only then is the task planned,
/// under a command derived from rule and event, and then settled. So each event is answered once, wherever the process dies.
/// </summary>
public sealed class RulesActor : ReceivePersistentActor, IWithTimers
{
    private static readonly TimeSpan Again = TimeSpan.FromSeconds(1);

    private readonly TaskGateway _tasks;
    private readonly TaskJournal _journal;
    private readonly RuleScout _scout;
    private readonly TimeProvider _clock;
    private RulesState _state = RulesState.Empty;
    private IActorRef _asker = ActorRefs.Nobody;
    private long _remembered;
    private bool _looking;
    private bool _doing;
    private bool _lookAgain;

    /// <summary>Made by <see cref="RulesWiring.WithRules"/>.</summary>
    public RulesActor(TaskGateway tasks, TaskJournal journal, RuleScout scout, TimeProvider clock)
    {
        (_tasks, _journal, _scout, _clock) = (tasks, journal, scout, clock);
        Recover<IRuleEvent>(Happened);
        Recover<RecoveryCompleted>(_ => Self.Tell(Next.Instance, ActorRefs.NoSender));

        Command<RuleQueries.GetStanding>(_ => Sender.Tell(_state.Standing()));
        Command<IRuleCommand>(Handle);
        Command<TaskIndexActor.Refreshed>(_ => Look());
        Command<RuleScout.Found>(Found);
        Command<Done>(Settle);
        Command<Next>(_ =>
        {
            Do();
            Look();
        });
        Command<Status.Failure>(f =>
        {
            Context.GetLogger().Error(f.Cause, "The journal could not be looked through for rules.");
            EndLook();
            Later();
        });
        Context.System.EventStream.Subscribe(Self, typeof(TaskIndexActor.Refreshed));
    }

    /// <inheritdoc/>
    public override string PersistenceId => "rules";

    /// <inheritdoc/>
    public ITimerScheduler Timers { get; set; } = null!;

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        _asker.Tell(new RuleReplies.Refused(new Refusal(
            RefusalCode.OutcomeUnknown, $"The write of the rules failed: {cause.GetBaseException().Message}", "Look at auto_append_list_rules before asking again.")));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Handle(IRuleCommand command)
    {
        if (_looking)
        {
            Stash.Stash();   // what is being decided is decided with the rules as they are
            return;
        }

        var (fact, reply) = _state.Decide(command, _clock.GetUtcNow(), _journal.End());
        if (fact is null)
        {
            Sender.Tell(reply!);
            return;
        }

        _asker = Sender;
        Persist(fact, e =>
        {
            Happened(e);
            _asker.Tell(new RuleReplies.Accepted(command.RuleId));
        });
    }

    private void Happened(IRuleEvent e)
    {
        _state = _state.Apply(e);
        _remembered = e is RuleEvents.Advanced || (e is RuleEvents.Created && _state.Rules.Count == 1) ? _state.Position : _remembered;
    }

    private void Look()
    {
        if (_looking || _state.Pending.Count > 0)
        {
            _lookAgain = true;
            return;
        }

        if (_state.IsWatching)
        {
            (_looking, _lookAgain) = (true, false);
            var (state, remembered) = (_state, _remembered);
            Task.Run(() => _scout.Look(state, remembered)).PipeTo(Self);
        }
    }

    private void Found(RuleScout.Found found)
    {
        _lookAgain |= found.More;
        _asker = ActorRefs.Nobody;
        PersistAll(found.Decided, Happened);
        DeferAsync(found, f =>
        {
            // Nothing was decided up to here, and nothing ever will be: that need not be written.
            _state = _state with { Position = f.Position };
            EndLook();
            Do();
            if (_lookAgain)
            {
                Look();
            }
        });
    }

    private void EndLook()
    {
        _looking = false;
        Stash.UnstashAll();
    }

    private void Do()
    {
        if (_doing || _state.Pending.Count == 0)
        {
            return;
        }

        _doing = true;
        var fired = _state.Pending[0];
        if (fired.Action.Plan is not { } plan)
        {
            Self.Tell(new Done(fired, fired.Action.Failure));
            return;
        }

        ITaskCommand command = fired.Action.Parent is { } parent
            ? new TaskCommands.AddSubtasks(parent, fired.CommandId, fired.By, null, [plan])
            : new TaskCommands.Plan(plan.TaskId, fired.CommandId, fired.By, null, plan.Definition, plan.Subtasks ?? []);
        _tasks.Send(command, CancellationToken.None).PipeTo(
            Self,
            success: reply => reply switch
            {
                // Perhaps it is done: the same command again finds out.
                TaskReplies.Refused { Refusal.Code: RefusalCode.OutcomeUnknown or RefusalCode.StorageFailed } => new Done(fired, null, IsUnknown: true),
                TaskReplies.Refused refused => new Done(fired, $"{refused.Refusal.Code}: {refused.Refusal.Message}"),
                _ => new Done(fired, null),
            },
            failure: _ => new Done(fired, null, IsUnknown: true));
    }

    private void Settle(Done done)
    {
        if (done.IsUnknown)
        {
            _doing = false;
            Later();
            return;
        }

        _asker = ActorRefs.Nobody;
        Persist(new RuleEvents.Settled(done.Fired.RuleId, done.Fired.CommandId, done.Fired.By, _clock.GetUtcNow(), done.Failure), e =>
        {
            Happened(e);
            _doing = false;
            Self.Tell(Next.Instance);
        });
    }

    private void Later() => Timers.StartSingleTimer(Next.Instance, Next.Instance, Again);

    private sealed record Done(RuleEvents.Fired Fired, string? Failure, bool IsUnknown = false);

    private sealed record Next
    {
        public static readonly Next Instance = new();
    }
}
