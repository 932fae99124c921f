using Akka.Actor;

namespace Orchestrator.Actors;

/// <summary>
/// The entities of one kind on one machine: routes by id, creates on demand, lets the idle ones sleep. A shard region can take its place:
/// nobody else knows which.
/// </summary>
public sealed class EntityRouter : ReceiveActor
{
    private readonly Func<object, string?> _idOf;
    private readonly Func<string, IActorRef, Props> _props;
    private readonly Dictionary<string, List<(object Message, IActorRef Sender)>> _leaving = [];

    /// <summary>Made by the wiring of the entity.</summary>
    /// <param name="idOf">Which entity a message is for; null for messages that are for none.</param>
    /// <param name="props">How an entity is made, given its id and this router.</param>
    public EntityRouter(Func<object, string?> idOf, Func<string, IActorRef, Props> props)
    {
        (_idOf, _props) = (idOf, props);
        Receive<Idle>(_ => LetGo(Sender));
        Receive<Stay>(_ => Release(Sender.Path.Name));
        Receive<Terminated>(t => Release(t.ActorRef.Path.Name));
        ReceiveAny(Route);
    }

    /// <summary>The router of the entities that <typeparamref name="TMessage"/> is for.</summary>
    public static Props Props<TMessage>(Func<TMessage, string> idOf, Func<string, IActorRef, Props> props) =>
        Akka.Actor.Props.Create(() => new EntityRouter(Typed(idOf), props));

    private static Func<object, string?> Typed<TMessage>(Func<TMessage, string> idOf) => message => message is TMessage m ? idOf(m) : null;

    private void Route(object message)
    {
        if (_idOf(message) is not { } id)
        {
            Unhandled(message);
        }
        else if (_leaving.TryGetValue(id, out var waiting))
        {
            waiting.Add((message, Sender));
        }
        else
        {
            Entity(id).Forward(message);
        }
    }

    private IActorRef Entity(string id)
    {
        var child = Context.Child(id);
        return child.IsNobody() ? Context.Watch(Context.ActorOf(_props(id, Self), id)) : child;
    }

    private void LetGo(IActorRef entity)
    {
        // An ordinary message, behind those that are on their way: stopping it at once would lose them.
        if (_leaving.TryAdd(entity.Path.Name, []))
        {
            entity.Tell(Leave.Instance);
        }
    }

    private void Release(string id)
    {
        // What came while the entity was leaving goes to it, or wakes it again. One that failed is created anew by the next message.
        if (_leaving.Remove(id, out var waiting))
        {
            foreach (var (message, sender) in waiting)
            {
                Entity(id).Tell(message, sender);
            }
        }
    }

    /// <summary>From an entity: it has had nothing to do for a while.</summary>
    public sealed record Idle
    {
        /// <summary>The one there is.</summary>
        public static readonly Idle Instance = new();
    }

    /// <summary>To an entity: stop now, or answer <see cref="Stay"/>.</summary>
    public sealed record Leave : INotInfluenceReceiveTimeout
    {
        /// <summary>The one there is.</summary>
        public static readonly Leave Instance = new();
    }

    /// <summary>From an entity: it is in the middle of something after all.</summary>
    public sealed record Stay
    {
        /// <summary>The one there is.</summary>
        public static readonly Stay Instance = new();
    }
}
