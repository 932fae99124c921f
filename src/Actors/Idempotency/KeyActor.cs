using Akka.Actor;
using Akka.Hosting;
using Akka.Persistence;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Actors.Idempotency;

/// <summary>One idempotency key: order of writes and the moment of the reply. The rules are in <see cref="KeyState"/>.</summary>
public sealed class KeyActor : ReceivePersistentActor
{
    private readonly KeyId _id;
    private KeyState _state;
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="KeysWiring.WithKeys"/>.</summary>
    public KeyActor(KeyId id, TimeProvider clock, TimeSpan idle)
    {
        _id = id;
        _state = new KeyState(id);
        Recover<IKeyEvent>(e => _state = _state.Apply(e));
        Command<IKeyCommand>(command =>
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
                _asker.Tell(_state.Reply(e));
            });
        });
        Command<ReceiveTimeout>(_ => Context.Parent.Tell(EntityRouter.Idle.Instance));
        Command<EntityRouter.Leave>(_ => Context.Stop(Self));
        SetReceiveTimeout(idle);
    }

    /// <inheritdoc/>
    public override string PersistenceId => $"key-{_id}";

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        // Whether it is on disk or not: nothing but the key itself depends on it, and the next attempt finds out.
        _asker.Tell(new KeyReplies.Refused(_id, new Refusal(
            RefusalCode.StorageFailed, $"The write of an idempotency key failed: {cause.GetBaseException().Message}",
            "Repeat the call with the same key and the same arguments.")));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }
}

/// <summary>Wiring of the idempotency keys.</summary>
public static class KeysWiring
{
    /// <summary>Starts the router of <see cref="KeyActor"/>.</summary>
    public static AkkaConfigurationBuilder WithKeys(this AkkaConfigurationBuilder akka, TimeProvider clock) =>
        akka.WithActors((system, registry) =>
        {
            var idle = system.Settings.Config.GetTimeSpan("orchestrator.tasks.passivate-after");
            registry.Register<KeyActor>(system.ActorOf(
                EntityRouter.Props<IKeyMessage>(
                    message => message.KeyId.Value, (id, _) => Props.Create<KeyActor>(new KeyId(id), clock, idle)),
                "keys"));
        });
}
