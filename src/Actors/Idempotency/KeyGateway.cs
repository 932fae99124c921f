using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Actors.Idempotency;

/// <summary>The way to the idempotency keys for whoever is no actor.</summary>
public sealed class KeyGateway(IActorRef keys)
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(25);

    /// <summary>Sends a command and waits for its answer; silence becomes <see cref="RefusalCode.StorageFailed"/>.</summary>
    public async Task<IKeyReply> Send(IKeyCommand command, CancellationToken cancellation)
    {
        try
        {
            return await keys.Ask<IKeyReply>(command, AnswersWithin, cancellation);
        }
        catch (AskTimeoutException)
        {
            return new KeyReplies.Refused(command.KeyId, new Refusal(
                RefusalCode.StorageFailed, $"The idempotency key was not answered for within {AnswersWithin.TotalSeconds:0} s.",
                "Repeat the call with the same key and the same arguments."));
        }
    }
}
