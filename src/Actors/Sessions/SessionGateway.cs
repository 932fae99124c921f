using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.Sessions;

/// <summary>The way to the sessions for whoever is no actor.</summary>
public sealed class SessionGateway(IActorRef sessions)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(25);

    /// <summary>Sends a command or a query and waits for its answer; silence becomes <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
    public async Task<ISessionReply> Send(ISessionMessage message, CancellationToken cancellation)
    {
        try
        {
            return await sessions.Ask<ISessionReply>(message, AnswersWithin, cancellation);
        }
        catch (AskTimeoutException)
        {
            return new SessionReplies.Refused(message.SessionId, new Refusal(
                RefusalCode.OutcomeUnknown, $"Session {message.SessionId} did not answer within {AnswersWithin.TotalSeconds:0} s.", "Ask again."));
        }
    }
}
