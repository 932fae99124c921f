namespace Orchestrator.Protocol.Idempotency;

/// <summary>
/// One idempotency key as one tool knows it: <c>key_</c> and 26 letters and digits. The same words of another client for another tool are another key.
/// </summary>
public readonly record struct KeyId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Whatever is meant for one key; enough to route it.</summary>
public interface IKeyMessage
{
    /// <summary>The key.</summary>
    KeyId KeyId { get; }
}

/// <summary>A wish to change what is known of a key. Answered by an <see cref="IKeyReply"/> after the write.</summary>
public interface IKeyCommand : IKeyMessage
{
    /// <summary>The request that asks, or for which something is recorded.</summary>
    CommandId CommandId { get; }

    /// <summary>Who asks.</summary>
    string By { get; }
}

/// <summary>The commands of a key.</summary>
public static class KeyCommands
{
    /// <summary>A call is about to be made under the key. Nothing of it has been done.</summary>
    /// <param name="KeyId">The key.</param>
    /// <param name="CommandId">The request.</param>
    /// <param name="By">Who calls.</param>
    /// <param name="Arguments">Fingerprint of the call's arguments.</param>
    public sealed record Begin(KeyId KeyId, CommandId CommandId, string By, string Arguments) : IKeyCommand;

    /// <summary>The call has taken effect and was answered so.</summary>
    /// <param name="KeyId">The key.</param>
    /// <param name="CommandId">The request under which it took effect.</param>
    /// <param name="By">Who called.</param>
    /// <param name="Line">The answer's line of text.</param>
    /// <param name="Facts">The answer's facts, JSON.</param>
    public sealed record Record(KeyId KeyId, CommandId CommandId, string By, string Line, string Facts) : IKeyCommand;

    /// <summary>The call was refused and has changed nothing: the key may be used for another one.</summary>
    public sealed record Free(KeyId KeyId, CommandId CommandId, string By) : IKeyCommand;
}

/// <summary>A fact in the history of a key.</summary>
public interface IKeyEvent : IStoredEvent
{
    /// <summary>The key.</summary>
    KeyId KeyId { get; }
}

/// <summary>The facts of a key.</summary>
public static class KeyEvents
{
    /// <summary>The key stands for a call with these arguments, which takes effect under this command and no other.</summary>
    public sealed record Begun(KeyId KeyId, CommandId CommandId, string By, DateTimeOffset At, string Arguments) : IKeyEvent;

    /// <summary>The call took effect and was answered so.</summary>
    public sealed record Recorded(KeyId KeyId, CommandId CommandId, string By, DateTimeOffset At, string Line, string Facts) : IKeyEvent;

    /// <summary>The call was refused; the key stands for nothing.</summary>
    public sealed record Freed(KeyId KeyId, CommandId CommandId, string By, DateTimeOffset At) : IKeyEvent;
}

/// <summary>The answer to an <see cref="IKeyCommand"/>.</summary>
public interface IKeyReply : IKeyMessage;

/// <summary>The answers of a key.</summary>
public static class KeyReplies
{
    /// <summary>
    /// The call may be made, under this command: that of the first attempt, whose effect, if there is one, is then found and not repeated.
    /// </summary>
    public sealed record Go(KeyId KeyId, CommandId CommandId) : IKeyReply;

    /// <summary>The call was made and answered before.</summary>
    public sealed record Answered(KeyId KeyId, string Line, string Facts) : IKeyReply;

    /// <summary>What was to be remembered is on disk.</summary>
    public sealed record Noted(KeyId KeyId) : IKeyReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(KeyId KeyId, Refusal Refusal) : IKeyReply;
}
