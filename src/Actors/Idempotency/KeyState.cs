using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Actors.Idempotency;

/// <summary>
/// What an idempotency key stands for, as its events tell it. Pure. The intent is written before the call and the answer after it; whatever dies in
/// between, the next attempt goes on under the first one's command, so that the effect is found and not repeated.
/// </summary>
public sealed record KeyState(KeyId Id)
{
    /// <summary>The command that the call takes effect under; null while the key stands for nothing.</summary>
    public CommandId? CommandId { get; init; }
    /// <summary>Fingerprint of the call's arguments.</summary>
    public string? Arguments { get; init; }
    /// <summary>What the call was answered; null until it is recorded.</summary>
    public (string Line, string Facts)? Answer { get; init; }

    /// <summary>What a command leads to: a fact to write, or an answer without one.</summary>
    public (IKeyEvent? Event, IKeyReply? Reply) Decide(IKeyCommand command, DateTimeOffset now) => command switch
    {
        KeyCommands.Begin c when CommandId is null => (new KeyEvents.Begun(Id, c.CommandId, c.By, now, c.Arguments), null),
        KeyCommands.Begin c when c.Arguments != Arguments => (null, Conflict()),
        KeyCommands.Begin when Answer is { } known => (null, new KeyReplies.Answered(Id, known.Line, known.Facts)),
        KeyCommands.Begin => (null, new KeyReplies.Go(Id, CommandId.Value)),

        // Of a call that the key no longer stands for, or whose answer is known, there is nothing to remember.
        _ when command.CommandId != CommandId || Answer is not null => (null, new KeyReplies.Noted(Id)),
        KeyCommands.Record c => (new KeyEvents.Recorded(Id, c.CommandId, c.By, now, c.Line, c.Facts), null),
        KeyCommands.Free c => (new KeyEvents.Freed(Id, c.CommandId, c.By, now), null),
        _ => throw new NotSupportedException($"Key {Id}: no rule for command {command.GetType().Name}."),
    };

    /// <summary>The state after <paramref name="e"/>.</summary>
    public KeyState Apply(IKeyEvent e) => e switch
    {
        KeyEvents.Begun x => this with { CommandId = x.CommandId, Arguments = x.Arguments },
        KeyEvents.Recorded x => this with { Answer = (x.Line, x.Facts) },
        KeyEvents.Freed => new KeyState(Id),
        _ => throw new NotSupportedException($"Key {Id}: no rule for event {e.GetType().Name}."),
    };

    /// <summary>The answer once <paramref name="e"/> is written.</summary>
    public IKeyReply Reply(IKeyEvent e) => e is KeyEvents.Begun begun ? new KeyReplies.Go(Id, begun.CommandId) : new KeyReplies.Noted(Id);

    private KeyReplies.Refused Conflict() => new(Id, new Refusal(
        RefusalCode.IdempotencyConflict, "This idempotency_key was used before for a call of the same tool with other arguments.",
        "Nothing was changed. To repeat that call, repeat its arguments; for another call take another key."));
}
