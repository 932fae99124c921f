using System.Globalization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Rules;

/// <summary>Something that happened to a task and that rules may wait for.</summary>
/// <param name="Position">Its place in the journal.</param>
/// <param name="Event">The fact.</param>
/// <param name="Task">The task right after it.</param>
/// <param name="Triggers">What it is, the most special first.</param>
/// <param name="Origin">The command that the task was planned with.</param>
public sealed record RuleOccurrence(long Position, ITaskEvent Event, TaskState Task, IReadOnlyList<RuleTrigger> Triggers, CommandId Origin)
{
    private const string Client = "rule.";

    /// <summary>How many rules stand between the task and a person's wish; 0 for a task that no rule made.</summary>
    public int Depth => !Origin.Client.StartsWith(Client, StringComparison.Ordinal) ? 0
        : int.TryParse(Origin.Part.Split('/')[0].AsSpan(1), NumberStyles.None, CultureInfo.InvariantCulture, out var depth) ? depth : RuleLimits.Origins;

    /// <summary>The rule that made the task.</summary>
    public RuleId? Maker => Depth == 0 ? null : new RuleId(Origin.Client[Client.Length..]);

    /// <summary>The command under which a rule does what it does about this. The same event always gives the same command.</summary>
    public CommandId CommandOf(RuleId rule) => new(Client + rule, Position, string.Create(CultureInfo.InvariantCulture, $"d{Depth + 1}"));

    /// <summary>What an event is to rules; nothing for most.</summary>
    public static IReadOnlyList<RuleTrigger> TriggersOf(ITaskEvent e) => e switch
    {
        TaskEvents.Planned => [RuleTrigger.TaskCreated],
        TaskEvents.Claimed => [RuleTrigger.TaskAssigned],
        TaskEvents.ClaimLost { Lost: >= TaskLimits.LostLeases } => [RuleTrigger.ErrorThresholdExceeded],
        TaskEvents.DeadlineApproached => [RuleTrigger.DeadlineApproaching],
        TaskEvents.DeadlinePassed => [RuleTrigger.Overdue],
        TaskEvents.StatusChanged { To: TaskPhase.Completed } => [RuleTrigger.MilestoneReached, RuleTrigger.TaskCompleted, RuleTrigger.StatusChanged],
        TaskEvents.StatusChanged { To: TaskPhase.Failed } => [RuleTrigger.TaskFailed, RuleTrigger.StatusChanged],
        TaskEvents.StatusChanged { To: TaskPhase.Cancelled } => [RuleTrigger.TaskCancelled, RuleTrigger.StatusChanged],
        TaskEvents.StatusChanged => [RuleTrigger.StatusChanged],
        _ => [],
    };

    /// <summary>Which of a rule's triggers this is; only a task of kind milestone is one.</summary>
    public RuleTrigger? TriggerOf(RuleDefinition rule)
    {
        foreach (var trigger in Triggers)
        {
            if (rule.Triggers.Contains(trigger) && (trigger != RuleTrigger.MilestoneReached || Task.Definition?.Kind == TaskKind.Milestone))
            {
                return trigger;
            }
        }

        return null;
    }
}
