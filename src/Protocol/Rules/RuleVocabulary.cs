using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Protocol.Rules;

/// <summary>Identity of a rule: <c>rul_</c> and 13 letters and digits, or a name of the user's choice.</summary>
public readonly record struct RuleId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>What a rule can wait for. Stored by its snake_case name.</summary>
public enum RuleTrigger
{
    /// <summary>A task was planned.</summary>
    TaskCreated,
    /// <summary>A task was completed.</summary>
    TaskCompleted,
    /// <summary>A task was given up after failure.</summary>
    TaskFailed,
    /// <summary>A task is no longer wanted.</summary>
    TaskCancelled,
    /// <summary>A task's status changed in any way.</summary>
    StatusChanged,
    /// <summary>Somebody claimed a task.</summary>
    TaskAssigned,
    /// <summary>The due date of an open task is near.</summary>
    DeadlineApproaching,
    /// <summary>The due date of an open task has passed.</summary>
    Overdue,
    /// <summary>A task of kind milestone was completed.</summary>
    MilestoneReached,
    /// <summary>A task lost as many leases as a task may lose.</summary>
    ErrorThresholdExceeded,
}

/// <summary>Where a rule takes the new task from.</summary>
public enum RuleMode
{
    /// <summary>From the rule itself.</summary>
    Direct,
    /// <summary>From a template.</summary>
    Template,
    /// <summary>From another task, with everything below it.</summary>
    Clone,
}

/// <summary>A task as a rule of mode direct describes it; texts may hold placeholders.</summary>
public sealed record RuleTask(
    string Title, string Description, TaskKind Kind, TaskComplexity Complexity, string Specialist, int Priority, string? Effort,
    string? Parent, IReadOnlyList<string> Dependencies);

/// <summary>A rule as somebody wrote it.</summary>
/// <param name="Name">One line.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Triggers">What it waits for.</param>
/// <param name="Condition">What must be true then: a JSON object; an empty one is always true.</param>
/// <param name="Mode">Where the new task comes from.</param>
/// <param name="Task">Of mode direct.</param>
/// <param name="Template">Of mode template: its id.</param>
/// <param name="Parameters">Of mode template: a JSON object whose texts may hold placeholders.</param>
/// <param name="CloneOf">Of mode clone: the id of the task, or a placeholder.</param>
/// <param name="Priority">The lowest number goes first.</param>
/// <param name="MaxExecutions">How often it may fire; null for no limit of its own.</param>
/// <param name="Cooldown">Least time between two firings, counted by the events.</param>
public sealed record RuleDefinition(
    string Name, string Description, IReadOnlyList<RuleTrigger> Triggers, string Condition, RuleMode Mode, RuleTask? Task, string? Template,
    string? Parameters, string? CloneOf, int Priority, int? MaxExecutions, TimeSpan Cooldown);

/// <summary>What a rule that fired has decided to do: plan this, or nothing because it cannot be.</summary>
/// <param name="Parent">The existing task that the new one is planned below.</param>
/// <param name="Plan">The new task with all that is below it; null when there can be none.</param>
/// <param name="Failure">Why there can be none.</param>
public sealed record RuleAction(TaskId? Parent, PlannedTask? Plan, string? Failure);

/// <summary>Limits on rules.</summary>
public static class RuleLimits
{
    /// <summary>Most rules.</summary>
    public const int Rules = 200;
    /// <summary>Most conditions within one rule.</summary>
    public const int Conditions = 50;
    /// <summary>Deepest nesting of and, or and not.</summary>
    public const int Depth = 10;
    /// <summary>Most rules that fire on one event.</summary>
    public const int PerEvent = 10;
    /// <summary>Most firings of all rules within a minute of events.</summary>
    public const int PerMinute = 100;
    /// <summary>A task that so many rules stand between and a person's wish triggers nothing more: rules that feed each other come to an end.</summary>
    public const int Origins = 3;
    /// <summary>A rule is suspended when it has failed so many times in a row.</summary>
    public const int Failures = 10;
}
