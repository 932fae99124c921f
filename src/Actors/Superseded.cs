using Akka.Actor;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors;

/// <summary>Published on the event stream: another process has taken over the database, and this one must end.</summary>
public sealed record Superseded
{
    /// <summary>Publishes it when a write has failed because of that.</summary>
    internal static void PublishIfFenced(ActorSystem system, Exception cause)
    {
        if (Fencing.IsFenced(cause))
        {
            system.EventStream.Publish(new Superseded());
        }
    }
}
