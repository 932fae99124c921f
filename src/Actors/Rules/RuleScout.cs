using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Actors.Rules;

/// <summary>
/// Looks through the journal for what rules wait for. A task is judged as it was right after the event, whatever has become of it since: however
/// often the same stretch is looked at, it gives the same decisions.
/// </summary>
public sealed class RuleScout(TaskJournal journal, RuleActions actions)
{
    private const int Batch = 200;

    // Without anything to do, the position is written down so often; a crash costs looking at so many again.
    private const int RememberEvery = 500;

    /// <summary>What is decided on the next stretch of the journal.</summary>
    /// <param name="state">The rules.</param>
    /// <param name="remembered">The position that is on disk.</param>
    public Found Look(RulesState state, long remembered)
    {
        var (facts, position, more) = journal.Read(state.Position, Batch);
        var decided = new List<IRuleEvent>();
        var heldBack = new Dictionary<RuleId, RuleHeldBack>();
        var last = DateTimeOffset.UnixEpoch;
        foreach (var (at, sequence, e) in facts)
        {
            last = e.At;
            var triggers = RuleOccurrence.TriggersOf(e);
            if (!triggers.Any(t => state.Rules.Values.Any(r => r.Definition.Triggers.Contains(t))) || journal.At(e.TaskId, sequence) is not { } task)
            {
                continue;
            }

            var occurrence = new RuleOccurrence(at, e, task.State, triggers, task.Origin);
            foreach (var verdict in state.Judge(occurrence))
            {
                var rule = verdict.Rule.RuleId;
                if (verdict.HeldBack is { } why)
                {
                    heldBack[rule] = new RuleHeldBack(rule, (heldBack.GetValueOrDefault(rule)?.Times ?? 0) + 1, why);
                    continue;
                }

                var command = occurrence.CommandOf(rule);
                var fired = new RuleEvents.Fired(
                    rule, command, $"rule {rule}", e.At, at, verdict.Trigger, e.TaskId, actions.Decide(command, verdict.Rule.Definition, verdict.Facts));
                decided.Add(fired);
                state = state.Apply(fired);
            }
        }

        if (decided.Count > 0 || heldBack.Count > 0 || position - remembered >= RememberEvery)
        {
            decided.Add(new RuleEvents.Advanced(new CommandId("rules", position), "rules", last, position, [.. heldBack.Values]));
        }

        return new Found(decided, position, more);
    }

    /// <summary>What was decided, up to which position, and whether there is more to look at.</summary>
    public sealed record Found(IReadOnlyList<IRuleEvent> Decided, long Position, bool More);
}
