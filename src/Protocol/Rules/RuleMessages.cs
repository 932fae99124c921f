namespace Orchestrator.Protocol.Rules;

/// <summary>Whatever is meant for the rules.</summary>
public interface IRuleMessage;

/// <summary>A wish to change the rules. Answered by an <see cref="IRuleReply"/> after the write.</summary>
public interface IRuleCommand : IRuleMessage
{
    /// <summary>The rule.</summary>
    RuleId RuleId { get; }

    /// <summary>What makes a repetition harmless.</summary>
    CommandId CommandId { get; }

    /// <summary>Who asks.</summary>
    string By { get; }
}

/// <summary>The commands of the rules.</summary>
public static class RuleCommands
{
    /// <summary>Makes a rule; it applies to what happens from now on.</summary>
    public sealed record Create(RuleId RuleId, CommandId CommandId, string By, RuleDefinition Definition) : IRuleCommand;

    /// <summary>Ends a rule. What it decided before is still done.</summary>
    public sealed record Delete(RuleId RuleId, CommandId CommandId, string By) : IRuleCommand;
}

/// <summary>What the rules can be asked.</summary>
public static class RuleQueries
{
    /// <summary>Asks how the rules stand; answered by <see cref="RuleReplies.Standing"/>.</summary>
    public sealed record GetStanding : IRuleMessage;
}

/// <summary>A fact in the history of the rules.</summary>
public interface IRuleEvent : IStoredEvent;

/// <summary>The facts of the rules.</summary>
public static class RuleEvents
{
    /// <summary>There is a new rule. It applies to events behind <paramref name="After"/> in the journal.</summary>
    public sealed record Created(
        RuleId RuleId, CommandId CommandId, string By, DateTimeOffset At, RuleDefinition Definition, long After) : IRuleEvent;

    /// <summary>A rule has ended.</summary>
    public sealed record Deleted(RuleId RuleId, CommandId CommandId, string By, DateTimeOffset At) : IRuleEvent;

    /// <summary>A rule fired, and this is what it will do. Decided once; whatever dies now, exactly this is done.</summary>
    /// <param name="RuleId">The rule.</param>
    /// <param name="CommandId">Derived from the rule and the event's position: the command that the task is planned with.</param>
    /// <param name="By">The rule, as histories show it.</param>
    /// <param name="At">The time of the event that it fired on.</param>
    /// <param name="Position">Journal position of that event.</param>
    /// <param name="Trigger">What it was.</param>
    /// <param name="Source">The task that it happened to.</param>
    /// <param name="Action">What will be done.</param>
    public sealed record Fired(
        RuleId RuleId, CommandId CommandId, string By, DateTimeOffset At, long Position, RuleTrigger Trigger, TaskId Source, RuleAction Action)
        : IRuleEvent;

    /// <summary>What a rule decided is done, or was refused.</summary>
    public sealed record Settled(RuleId RuleId, CommandId CommandId, string By, DateTimeOffset At, string? Failure) : IRuleEvent;

    /// <summary>The journal is looked through up to here, and these rules were held back on the way.</summary>
    public sealed record Advanced(
        CommandId CommandId, string By, DateTimeOffset At, long Position, IReadOnlyList<RuleHeldBack> HeldBack) : IRuleEvent;
}

/// <summary>How often a rule would have fired and was held back, and why the last time.</summary>
public sealed record RuleHeldBack(RuleId RuleId, int Times, string Reason);

/// <summary>The answer to an <see cref="IRuleMessage"/>.</summary>
public interface IRuleReply : IRuleMessage;

/// <summary>The answers of the rules.</summary>
public static class RuleReplies
{
    /// <summary>It is done and on disk.</summary>
    public sealed record Accepted(RuleId RuleId) : IRuleReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(Refusal Refusal) : IRuleReply;

    /// <summary>All rules, the first to be asked first.</summary>
    /// <param name="Rules">The rules.</param>
    /// <param name="Position">The journal is looked through up to here.</param>
    /// <param name="Pending">Decided and not yet done.</param>
    public sealed record Standing(IReadOnlyList<RuleStanding> Rules, long Position, int Pending) : IRuleReply;
}

/// <summary>A rule and what has become of it.</summary>
public sealed record RuleStanding(
    RuleId RuleId, RuleDefinition Definition, string CreatedBy, DateTimeOffset CreatedAt, string Status, int Executions, int Succeeded, int Failed,
    int HeldBack, string? LastHeldBack, DateTimeOffset? LastFired, string? LastFailure);
