using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Rules;

/// <summary>A rule answers an event in several writes. The process dies after any of them: the task is made, once.</summary>
public sealed class RuleCrashSpecs() : CutStory(Rows)
{
    // The rule; the task, its completion; the decision with its position; the new task; the end of the matter.
    private const int Rows = 7;
    private const int WithoutRule = 3;

    private static readonly RuleCommands.Create Rule = Rules.Make();
    private static readonly TaskCommands.Plan Plan = Given.Plan("source");
    private static readonly TaskCommands.Update Complete = Given.Update(Plan.TaskId, new TaskChanges { Phase = TaskPhase.Completed });

    public static TheoryData<int> Moments => [.. Enumerable.Range(0, Rows + 1)];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_crash_after_any_write_leaves_exactly_one_task_for_one_event(int rows)
    {
        await using var running = await AfterDeathAt(rows);

        if (rows >= WithoutRule)
        {
            await running.Eventually(() => Done(running, rows));   // nobody asks for it
        }

        await Tell(running);
        await running.Eventually(() => Done(running, rows));

        Assert.Equal(Expected(rows), CutJournal.Rows(running.Database));
        Assert.Equal(["after source", "source"], running.Index.Query(new(), 10, null).Tasks.Select(t => t.Title).Order());
        var standing = Assert.Single((await Rules.Standing(running)).Rules);
        Assert.Equal((1, 1, 0), (standing.Executions, standing.Succeeded, standing.Failed));
    }

    [Fact]
    public async Task What_happened_before_a_rule_and_while_the_process_was_down_is_told_apart()
    {
        await using var running = await RunningOrchestrator.Start();
        await running.Accepted(Given.Plan("too early"));
        await Rules.Accepted(running, Rules.Make(RuleTrigger.TaskCreated));
        await running.Close();
        await running.Open();
        var plan = Given.Plan("in time");

        await running.Accepted(plan);

        await running.Eventually(() => running.Index.Count().Total == 3);
        Assert.Contains("after in time", running.Index.Query(new(), 10, null).Tasks.Select(t => t.Title));
    }

    private static bool Done(RunningOrchestrator running, int rows) =>
        CutJournal.Rows(running.Database) == Expected(rows) && running.Index.Count().Total == 2;

    // Decision and position are one write, and nobody can die between them. Where it is cut there all the same, the rule knows what it answered, and
    // the position is never needed.
    private static int Expected(int rows) => rows == 4 ? Rows - 1 : Rows;

    private protected override async Task Tell(RunningOrchestrator running)
    {
        await Rules.Accepted(running, Rule);
        await running.Accepted(Plan);
        await running.Accepted(Complete);
    }
}

internal static class Rules
{
    public static RuleCommands.Create Make(RuleTrigger trigger = RuleTrigger.TaskCompleted, Func<RuleDefinition, RuleDefinition>? change = null)
    {
        var command = Given.NewCommand();
        var rule = new RuleDefinition(
            "follow up", "d", [trigger], "{}", RuleMode.Direct,
            new RuleTask("after {{source_title}}", "", TaskKind.Review, TaskComplexity.Simple, "reviewer", 2, null, null, []), null, null, null, 100, null,
            TimeSpan.Zero);
        return new RuleCommands.Create(DerivedId.Rule(command), command, Given.Worker, change?.Invoke(rule) ?? rule);
    }

    public static async Task Accepted(RunningOrchestrator running, IRuleCommand command) =>
        Assert.IsType<RuleReplies.Accepted>(await running.Rules.Send(command, CancellationToken.None));

    public static async Task<RuleReplies.Standing> Standing(RunningOrchestrator running) =>
        Assert.IsType<RuleReplies.Standing>(await running.Rules.Send(new RuleQueries.GetStanding(), CancellationToken.None));
}
