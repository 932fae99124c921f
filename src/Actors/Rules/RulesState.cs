using System.Collections.Immutable;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Actors.Rules;

/// <summary>A rule and what has become of it.</summary>
public sealed record RuleEntry(RuleId RuleId, RuleDefinition Definition, RuleCondition Condition, string CreatedBy, DateTimeOffset CreatedAt, long After)
{
    /// <summary>How often it fired.</summary>
    public int Executions { get; init; }
    /// <summary>How often what it decided was done.</summary>
    public int Succeeded { get; init; }
    /// <summary>How often it was not.</summary>
    public int Failed { get; init; }
    /// <summary>Failures since the last success.</summary>
    public int FailedInARow { get; init; }
    /// <summary>How often it matched and was held back.</summary>
    public int HeldBack { get; init; }
    /// <summary>Why it was held back the last time.</summary>
    public string? LastHeldBack { get; init; }
    /// <summary>The time of the last event that it fired on.</summary>
    public DateTimeOffset? LastFired { get; init; }
    /// <summary>The position of that event: the rule is done with everything up to it.</summary>
    public long LastPosition { get; init; }
    /// <summary>What went wrong the last time.</summary>
    public string? LastFailure { get; init; }

    /// <summary>active, inactive (its executions are used up) or suspended (it kept failing).</summary>
    public string Status => FailedInARow >= RuleLimits.Failures ? "suspended" : Executions >= Definition.MaxExecutions ? "inactive" : "active";
}

/// <summary>What a rule does about an occurrence: fire, or why not.</summary>
public sealed record RuleVerdict(RuleEntry Rule, RuleTrigger Trigger, RuleFacts Facts, string? HeldBack);

/// <summary>The rules as their events tell it. Pure.</summary>
public sealed record RulesState
{
    private const int Remembered = 128;

    /// <summary>Nothing yet.</summary>
    public static readonly RulesState Empty = new();

    /// <summary>The rules.</summary>
    public ImmutableDictionary<RuleId, RuleEntry> Rules { get; init; } = ImmutableDictionary<RuleId, RuleEntry>.Empty;
    /// <summary>The journal is looked through up to here.</summary>
    public long Position { get; init; }
    /// <summary>What is decided and not yet done, in order.</summary>
    public ImmutableList<RuleEvents.Fired> Pending { get; init; } = [];
    /// <summary>The times of the events of the last firings.</summary>
    public ImmutableQueue<DateTimeOffset> Recent { get; init; } = [];
    /// <summary>The last commands, oldest first.</summary>
    public ImmutableList<CommandId> Handled { get; init; } = [];

    /// <summary>Whether anything waits for events.</summary>
    public bool IsWatching => Rules.Values.Any(r => r.Status == "active");

    /// <summary>The rules in the order in which they are asked.</summary>
    public IEnumerable<RuleEntry> InOrder => Rules.Values.OrderBy(r => r.Definition.Priority).ThenBy(r => r.After).ThenBy(r => r.RuleId.Value, StringComparer.Ordinal);

    /// <summary>Decides a command.</summary>
    /// <param name="command">The wish.</param>
    /// <param name="now">The time.</param>
    /// <param name="end">The last position of the journal.</param>
    public (IRuleEvent? Event, IRuleReply? Reply) Decide(IRuleCommand command, DateTimeOffset now, long end) => command switch
    {
        _ when Handled.Contains(command.CommandId) => (null, new RuleReplies.Accepted(command.RuleId)),
        RuleCommands.Create c when Rules.ContainsKey(c.RuleId) => Refuse(
            RefusalCode.ValidationFailed, $"There is a rule '{c.RuleId}' already.", "Leave rule_id out, or choose another one."),
        RuleCommands.Create when Rules.Count >= RuleLimits.Rules => Refuse(
            RefusalCode.ValidationFailed, $"There are {RuleLimits.Rules} rules, and no more are allowed.", "Delete some with auto_append_delete_rule."),
        RuleCommands.Create c => (new RuleEvents.Created(c.RuleId, c.CommandId, c.By, now, c.Definition, end), null),
        RuleCommands.Delete c when !Rules.ContainsKey(c.RuleId) => (null, NotFound(c.RuleId)),
        RuleCommands.Delete c => (new RuleEvents.Deleted(c.RuleId, c.CommandId, c.By, now), null),
        _ => throw new NotSupportedException($"Rules: no rule for command {command.GetType().Name}."),
    };

    /// <summary>What the rules do about an occurrence, in their order. Those that do not match are left out.</summary>
    public IReadOnlyList<RuleVerdict> Judge(RuleOccurrence occurrence)
    {
        var verdicts = new List<RuleVerdict>();
        var firing = 0;
        foreach (var rule in InOrder.Where(r => r.Status == "active" && Math.Max(r.After, r.LastPosition) < occurrence.Position))
        {
            if (occurrence.TriggerOf(rule.Definition) is not { } trigger)
            {
                continue;
            }

            var facts = RuleFacts.Of(trigger, occurrence.Event, occurrence.Task).For(rule.Definition);
            if (!rule.Condition.Holds(facts))
            {
                continue;
            }

            var why = Obstacle(rule, occurrence, firing);
            firing += why is null ? 1 : 0;
            verdicts.Add(new RuleVerdict(rule, trigger, facts, why));
        }

        return verdicts;
    }

    /// <summary>The state after <paramref name="e"/>.</summary>
    public RulesState Apply(IRuleEvent e) => e switch
    {
        RuleEvents.Created x => Remember(x.CommandId) with
        {
            // Nobody waited for anything that happened before.
            Position = IsWatching ? Position : x.After,
            Rules = Rules.SetItem(x.RuleId, new RuleEntry(x.RuleId, x.Definition, RuleCondition.Parse(x.Definition.Condition), x.By, x.At, x.After)),
        },
        RuleEvents.Deleted x => Remember(x.CommandId) with { Rules = Rules.Remove(x.RuleId) },
        RuleEvents.Fired x => Change(x.RuleId, r => r with { Executions = r.Executions + 1, LastFired = x.At, LastPosition = x.Position }) with
        {
            Pending = Pending.Add(x),
            Recent = Limit(Recent.Enqueue(x.At)),
        },
        RuleEvents.Settled x => Change(x.RuleId, r => x.Failure is null
            ? r with { Succeeded = r.Succeeded + 1, FailedInARow = 0 }
            : r with { Failed = r.Failed + 1, FailedInARow = r.FailedInARow + 1, LastFailure = x.Failure }) with
        {
            Pending = Pending.RemoveAll(p => p.CommandId == x.CommandId),
        },
        RuleEvents.Advanced x => x.HeldBack.Aggregate(this, (state, h) => state.Change(
            h.RuleId, r => r with { HeldBack = r.HeldBack + h.Times, LastHeldBack = h.Reason })) with
        { Position = x.Position },
        _ => throw new NotSupportedException($"Rules: no rule for event {e.GetType().Name}."),
    };

    /// <summary>How the rules stand.</summary>
    public RuleReplies.Standing Standing() => new(
        [.. InOrder.Select(r => new RuleStanding(
            r.RuleId, r.Definition, r.CreatedBy, r.CreatedAt, r.Status, r.Executions, r.Succeeded, r.Failed, r.HeldBack, r.LastHeldBack, r.LastFired,
            r.LastFailure))],
        Position, Pending.Count);

    /// <summary>There is no such rule.</summary>
    public static RuleReplies.Refused NotFound(RuleId id) => new(new Refusal(
        RefusalCode.RuleNotFound, $"There is no rule '{id}'.", "List rules with auto_append_list_rules."));

    private string? Obstacle(RuleEntry rule, RuleOccurrence occurrence, int firing)
    {
        if (occurrence.Maker == rule.RuleId)
        {
            return "the task was made by this very rule";
        }

        if (occurrence.Depth >= RuleLimits.Origins)
        {
            return $"the task was made by a chain of {occurrence.Depth} rules";
        }

        if (rule.LastFired is { } last && occurrence.Event.At < last + rule.Definition.Cooldown)
        {
            return "its cooldown has not passed";
        }

        if (firing >= RuleLimits.PerEvent)
        {
            return $"{RuleLimits.PerEvent} rules before it fired on the same event";
        }

        // What was fired in this very round is not applied yet.
        var lastMinute = Recent.Count(at => at > occurrence.Event.At - TimeSpan.FromMinutes(1)) + firing;
        return lastMinute >= RuleLimits.PerMinute ? $"rules fired {RuleLimits.PerMinute} times within a minute" : null;
    }

    private RulesState Change(RuleId id, Func<RuleEntry, RuleEntry> change) =>
        Rules.TryGetValue(id, out var rule) ? this with { Rules = Rules.SetItem(id, change(rule)) } : this;   // deleted since

    private RulesState Remember(CommandId command) => this with
    {
        Handled = (Handled.Count >= Remembered ? Handled.RemoveAt(0) : Handled).Add(command),
    };

    private static ImmutableQueue<DateTimeOffset> Limit(ImmutableQueue<DateTimeOffset> times) => times.Count() > RuleLimits.PerMinute ? times.Dequeue() : times;

    private static (IRuleEvent?, IRuleReply?) Refuse(string code, string message, string nextStep) =>
        (null, new RuleReplies.Refused(new Refusal(code, message, nextStep)));
}
