using Akka.Actor;

namespace Orchestrator.Actors;

/// <summary>How whoever is no actor asks one.</summary>
internal static class Asking
{
    /// <summary>How long to wait: longer than everything an actor waits for itself, so that its own, better answer comes first.</summary>
    public static readonly TimeSpan Limit = TimeSpan.FromSeconds(25);

    /// <summary>Asks and waits for the answer. When there is none within <see cref="Limit"/>, <paramref name="silence"/> makes one of the words for it.</summary>
    public static async Task<TReply> Ask<TReply>(this IActorRef actor, object message, Func<string, TReply> silence, CancellationToken cancellation)
    {
        try
        {
            return await actor.Ask<TReply>(message, Limit, cancellation);
        }
        catch (AskTimeoutException)
        {
            return silence($"did not answer within {Limit.TotalSeconds:0} s.");
        }
    }
}
