using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Rules;

/// <summary>Rules that wait for a due date. The process dies after any write, or does not run when the date passes: the task is made, once.</summary>
public sealed class DeadlineRuleSpecs() : CutStory(Rows)
{
    // The rule; the task, its due date; the decision with its position; the new task; the end of the matter.
    private const int Rows = 7;
    private const int WithoutTask = 1;

    private static readonly RuleCommands.Create Rule = Rules.Make(RuleTrigger.Overdue);
    private static readonly TaskCommands.Plan Task = Due("source", new DateTimeOffset(2026, 3, 1, 11, 0, 0, TimeSpan.Zero));

    public static TheoryData<int> Moments => [.. Enumerable.Range(0, Rows + 1)];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_crash_after_any_write_leaves_exactly_one_task_for_one_due_date(int rows)
    {
        await using var running = await AfterDeathAt(rows);

        if (rows > WithoutTask)
        {
            await running.Eventually(() => Done(running, rows));   // nobody asks for it
        }

        await Tell(running);
        await running.Eventually(() => Done(running, rows));
        await running.Restart();
        await running.Eventually(() => Done(running, rows));

        Assert.Equal(["after source", "source"], Titles(running));
        Assert.Equal(1, running.Index.History(Task.TaskId, 0, 10).Count(h => h.Event is TaskEvents.DeadlinePassed));
        var standing = Assert.Single((await Rules.Standing(running)).Rules);
        Assert.Equal((1, 1, 0), (standing.Executions, standing.Succeeded, standing.Failed));
    }

    [Fact]
    public async Task A_due_date_that_passes_while_nobody_is_running_is_overdue_at_the_next_start_and_not_approaching()
    {
        await using var running = await RunningOrchestrator.Start();
        await Rules.Accepted(running, Rules.Make(RuleTrigger.Overdue, Titled("overdue")));
        await Rules.Accepted(running, Rules.Make(RuleTrigger.DeadlineApproaching, Titled("near")));
        await running.Accepted(Due("late", running.Clock.GetUtcNow().AddDays(3)));
        await running.Accepted(Due("early", running.Clock.GetUtcNow().AddDays(7)));

        await running.Close();
        running.Clock.Advance(TimeSpan.FromDays(6) + TimeSpan.FromHours(1));
        await running.Open();
        await running.Eventually(() => running.Index.Count().Total == 4);
        await running.Restart();
        // Whatever would come twice comes before this.
        await running.Accepted(Due("last", running.Clock.GetUtcNow().AddDays(-1)));
        await running.Eventually(() => Titles(running).Contains("overdue last"));

        Assert.Equal(["early", "last", "late", "near early", "overdue last", "overdue late"], Titles(running));
    }

    [Fact]
    public async Task A_rule_can_ask_for_what_the_task_was_like_and_write_its_due_date_into_the_new_one()
    {
        await using var running = await RunningOrchestrator.Start();
        await Rules.Accepted(running, Rules.Make(RuleTrigger.Overdue, r => r with
        {
            Condition = """{"and":[{"field":"event_type","operator":"equals","value":"overdue"},{"field":"priority","operator":"less_than","value":2}]}""",
            Task = r.Task! with { Title = "{{event_type}}: {{source_title}} was due {{due_date}}" },
        }));
        var due = running.Clock.GetUtcNow().AddHours(2);
        var (urgent, ordinary) = (Due("urgent", due), Due("ordinary", due));
        await running.Accepted(urgent with { Definition = urgent.Definition with { Priority = 0 } });
        await running.Accepted(ordinary);

        running.Clock.Advance(TimeSpan.FromHours(2));
        await running.Eventually(() => running.Index.Count().Total == 3);

        Assert.Equal(["ordinary", "overdue: urgent was due 2026-03-01T14:00:00Z", "urgent"], Titles(running));
    }

    private static bool Done(RunningOrchestrator running, int rows) =>
        CutJournal.Rows(running.Database) == (rows == 4 ? Rows - 1 : Rows) && running.Index.Count().Total == 2;   // as in RuleCrashSpecs

    private static List<string> Titles(RunningOrchestrator running) => [.. running.Index.Query(new(), 10, null).Tasks.Select(t => t.Title).Order()];

    private static Func<RuleDefinition, RuleDefinition> Titled(string title) =>
        r => r with { Task = r.Task! with { Title = $"{title} {{{{source_title}}}}" } };

    private static TaskCommands.Plan Due(string title, DateTimeOffset at)
    {
        var plan = Given.Plan(title);
        return plan with { Definition = plan.Definition with { DueAt = at } };
    }

    private protected override async Task Tell(RunningOrchestrator running)
    {
        await Rules.Accepted(running, Rule);
        await running.Accepted(Task);
    }
}
