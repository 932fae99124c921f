using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Restarts;

/// <summary>The way to the restarts for whoever is no actor.</summary>
public sealed class RestartGateway(IActorRef restarts)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(25);

    /// <summary>Sends a command and waits until its effect is on disk.</summary>
    public async Task<IRestartReply> Send(IRestartCommand command, CancellationToken cancellation = default)
    {
        try
        {
            return await restarts.Ask<IRestartReply>(command, AnswersWithin, cancellation);
        }
        catch (AskTimeoutException)
        {
            return new RestartReplies.Refused(new Refusal(
                RefusalCode.OutcomeUnknown, $"The journal of restarts did not answer within {AnswersWithin.TotalSeconds:0} s.",
                "Ask orchestrator_restart_status what became of it."));
        }
    }

    /// <summary>The last restarts, oldest first.</summary>
    public async Task<IReadOnlyList<Restart>> History(CancellationToken cancellation = default) =>
        (await restarts.Ask<RestartReplies.History>(new RestartQueries.GetHistory(), AnswersWithin, cancellation)).Restarts;

    /// <summary>The restart that a request began or joined, when it is over; null when there is none.</summary>
    public async Task<Restart?> End(CommandId request, CancellationToken cancellation) =>
        (await restarts.Ask<RestartReplies.Accepted>(new RestartQueries.AwaitEnd(request), Timeout.InfiniteTimeSpan, cancellation)).Restart;
}
