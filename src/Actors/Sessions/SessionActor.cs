using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.Sessions;

/// <summary>One session: what its client has seen of the tasks, so that it can be told what is new when it comes back.</summary>
public sealed class SessionActor : ReceivePersistentActor
{
    private static readonly TimeSpan IndexAnswersWithin = TimeSpan.FromSeconds(10);

    private readonly SessionId _id;
    private SessionState _state;
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="SessionsWiring.WithSessions"/>.</summary>
    public SessionActor(SessionId id, IActorRef index, TimeProvider clock, TimeSpan idle)
    {
        _id = id;
        _state = new SessionState(id);
        Recover<ISessionEvent>(e => _state = _state.Apply(e));
        Command<SessionQueries.Get>(_ => Sender.Tell(_state.Get()));
        Command<ISessionCommand>(command =>
        {
            var (fact, reply) = _state.Decide(command, clock.GetUtcNow());
            if (fact is null)
            {
                Sender.Tell(reply!);
                return;
            }

            _asker = Sender;
            Persist(fact, e =>
            {
                _state = _state.Apply(e);
                AnswerWhenIndexed(index, _asker, _state.Last!.Value.Reply);
            });
        });
        Command<ReceiveTimeout>(_ => Context.Parent.Tell(EntityRouter.Idle.Instance));
        Command<EntityRouter.Leave>(_ => Context.Stop(Self));
        SetReceiveTimeout(idle);
    }

    private void AnswerWhenIndexed(IActorRef index, IActorRef asker, ISessionReply reply) =>
        index.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), IndexAnswersWithin).PipeTo(
            asker, Self, _ => reply, _ => new SessionReplies.Refused(_id, new Refusal(
                RefusalCode.OutcomeUnknown, $"The change of session {_id} is on disk, but the task index does not answer.", "Ask again.")));

    /// <inheritdoc/>
    public override string PersistenceId => $"session-{_id}";

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        _asker.Tell(new SessionReplies.Refused(_id, new Refusal(
            RefusalCode.OutcomeUnknown, $"The write of session {_id} failed: {cause.GetBaseException().Message}", "Ask again.")));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }
}

/// <summary>Wiring of the sessions.</summary>
public static class SessionsWiring
{
    /// <summary>Starts the router of <see cref="SessionActor"/>.</summary>
    public static AkkaConfigurationBuilder WithSessions(this AkkaConfigurationBuilder akka, TimeProvider clock) =>
        akka.WithActors((system, registry) =>
        {
            var idle = system.Settings.Config.GetTimeSpan("orchestrator.tasks.passivate-after");
            var index = registry.Get<TaskIndexActor>();
            registry.Register<SessionActor>(system.ActorOf(
                EntityRouter.Props<ISessionMessage>(
                    message => message.SessionId.Value, (id, _) => Props.Create(() => new SessionActor(new SessionId(id), index, clock, idle))),
                "sessions"));
        });
}
