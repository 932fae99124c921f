using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Restarts;

/// <summary>The way to the restarts for whoever is no actor.</summary>
public sealed class RestartGateway(IActorRef restarts)
{
    private static readonly TimeSpan AsksAgainAfter = TimeSpan.FromSeconds(5);

    /// <summary>Sends a command and waits until its effect is on disk.</summary>
    public Task<IRestartReply> Send(IRestartCommand command, CancellationToken cancellation = default) => restarts.Ask<IRestartReply>(
        command,
        silence => new RestartReplies.Refused(new Refusal(
            RefusalCode.OutcomeUnknown, $"The journal of restarts {silence}", "Ask orchestrator_restart_status what became of it.")),
        cancellation);

    /// <summary>The last restarts, oldest first.</summary>
    public async Task<IReadOnlyList<Restart>> History(CancellationToken cancellation = default) =>
        (await restarts.Ask<RestartReplies.History>(new RestartQueries.GetHistory(), Asking.Limit, cancellation)).Restarts;

    /// <summary>The restart that a request began or joined, when it is over; null when there is none.</summary>
    public async Task<Restart?> End(CommandId request, CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return (await restarts.Ask<RestartReplies.Accepted>(new RestartQueries.AwaitEnd(request), AsksAgainAfter, cancellation)).Restart;
            }
            catch (AskTimeoutException)
            {
                // It takes long; or a write has failed, and with it went who remembered this question.
            }
        }
    }
}
