using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Actors.Idempotency;

/// <summary>The way to the idempotency keys for whoever is no actor.</summary>
public sealed class KeyGateway(IActorRef keys)
{
    /// <summary>Sends a command and waits for its answer; silence becomes <see cref="RefusalCode.StorageFailed"/>.</summary>
    public Task<IKeyReply> Send(IKeyCommand command, CancellationToken cancellation) => keys.Ask<IKeyReply>(
        command,
        silence => new KeyReplies.Refused(command.KeyId, new Refusal(
            RefusalCode.StorageFailed, $"The keeper of the idempotency key {silence}", "Repeat the call with the same key and the same arguments.")),
        cancellation);
}
