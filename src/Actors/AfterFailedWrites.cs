using Akka.Actor;
using Akka.Pattern;

namespace Orchestrator.Actors;

/// <summary>A write that fails stops a persistent actor: nobody knows whether it is in the journal. Whoever recovers from it does.</summary>
internal static class AfterFailedWrites
{
    private const double Jitter = 0.1;
    private static readonly TimeSpan First = TimeSpan.FromMilliseconds(200);
    private static readonly TimeSpan Longest = TimeSpan.FromSeconds(5);

    /// <summary>An actor that comes again after each such end, as long as that takes. What it is told meanwhile is lost.</summary>
    public static Props Again(Props actor) => BackoffSupervisor.Props(Backoff.OnStop(actor, "all", First, Longest, Jitter, maxNrOfRetries: -1));
}
