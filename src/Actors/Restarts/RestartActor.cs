using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Akka.Persistence;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Restarts;

/// <summary>
/// The restarts of this data directory: writes each step of the walk down and, recovered in the new process, tells those who asked how it ended.
/// </summary>
public sealed class RestartActor : ReceivePersistentActor
{
    private const int SnapshotEvery = 100;

    private readonly List<(CommandId Request, IActorRef Asker)> _waiting = [];
    private RestartState _state;
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="RestartsWiring.WithRestarts"/>.</summary>
    public RestartActor(TimeProvider clock, RestartLimit limit)
    {
        _state = new RestartState { Limit = limit };
        Recover<SnapshotOffer>(o => _state = _state with { History = [.. ((RestartSnapshot)o.Snapshot).Restarts] });
        Recover<IRestartEvent>(e => _state = _state.Apply(e));
        Command<RestartQueries.GetHistory>(_ => Sender.Tell(new RestartReplies.History(_state.History)));
        Command<RestartQueries.AwaitEnd>(q =>
        {
            _waiting.Add((q.Request, Sender));
            AnswerThoseWhoWait();
        });
        Command<IRestartCommand>(c => Handle(c, clock.GetUtcNow()));
        Command<SaveSnapshotSuccess>(s => DeleteSnapshots(new SnapshotSelectionCriteria(s.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(f => Context.GetLogger().Warning(f.Cause, "Restarts: no snapshot; their events are enough."));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
    }

    /// <inheritdoc/>
    public override string PersistenceId => "restarts";

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        _asker.Tell(new RestartReplies.Refused(new Refusal(
            RefusalCode.OutcomeUnknown, $"The write of the restart failed: {cause.GetBaseException().Message}",
            "Ask orchestrator_restart_status what became of it.")));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private void Handle(IRestartCommand command, DateTimeOffset now)
    {
        var decision = _state.Decide(command, now);
        if (decision.Refusal is { } refusal)
        {
            Sender.Tell(new RestartReplies.Refused(refusal));
            return;
        }

        if (decision.Fact is not { } fact)
        {
            Sender.Tell(new RestartReplies.Accepted(command is RestartCommands.Ask ask ? _state.Find(ask.CommandId) : _state.Running, false));
            return;
        }

        _asker = Sender;
        Persist(fact, e =>
        {
            _state = _state.Apply(e);
            _asker.Tell(new RestartReplies.Accepted(_state.History[^1], e is RestartEvents.Requested));
            AnswerThoseWhoWait();
            if (LastSequenceNr % SnapshotEvery == 0)
            {
                SaveSnapshot(new RestartSnapshot(_state.History));
            }
        });
    }

    private void AnswerThoseWhoWait()
    {
        foreach (var waiting in _waiting.ToList())
        {
            var restart = _state.Find(waiting.Request);
            if (restart is null || RestartState.IsOver(restart))
            {
                _waiting.Remove(waiting);
                waiting.Asker.Tell(new RestartReplies.Accepted(restart, false));
            }
        }
    }
}

/// <summary>The restarts that are remembered, so that a long history is not replayed at every start.</summary>
public sealed record RestartSnapshot(IReadOnlyList<Restart> Restarts)
{
    /// <summary>Its stored name.</summary>
    public const string StoredName = "restarts-snapshot/1";
}

/// <summary>Wiring of the restarts.</summary>
public static class RestartsWiring
{
    /// <summary>Starts <see cref="RestartActor"/>.</summary>
    public static AkkaConfigurationBuilder WithRestarts(this AkkaConfigurationBuilder akka, TimeProvider clock, RestartLimit limit) =>
        akka.WithActors((system, registry) => registry.Register<RestartActor>(
            system.ActorOf(AfterFailedWrites.Again(Props.Create(() => new RestartActor(clock, limit))), "restarts")));
}
