using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.Sessions;

/// <summary>The way to the sessions for whoever is no actor.</summary>
public sealed class SessionGateway(IActorRef sessions)
{
    /// <summary>Sends a command or a query and waits for its answer; silence becomes <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
    public Task<ISessionReply> Send(ISessionMessage message, CancellationToken cancellation) => sessions.Ask<ISessionReply>(
        message,
        silence => new SessionReplies.Refused(
            message.SessionId, new Refusal(RefusalCode.OutcomeUnknown, $"Session {message.SessionId} {silence}", "Ask again.")),
        cancellation);
}
