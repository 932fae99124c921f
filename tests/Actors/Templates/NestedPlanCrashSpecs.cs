using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Templates;

/// <summary>What a template plans is a tree, written task by task after the one event that holds it all. The process dies after any of the writes.</summary>
public sealed class NestedPlanCrashSpecs() : CutStory(Rows)
{
    // Root, its two subtasks, the two below the first of them, and a confirmation by each parent.
    private const int Rows = 7;

    private static readonly TaskCommands.Plan Plan = Nested();

    public static TheoryData<int> Moments => [.. Enumerable.Range(0, Rows + 1)];

    [Theory]
    [MemberData(nameof(Moments))]
    public async Task A_crash_after_any_write_is_made_good_without_anybody_asking(int rows)
    {
        await using var running = await AfterDeathAt(rows);

        await running.Eventually(() => running.Index.Position() >= rows && running.Index.UnfinishedPlans().Count == 0);
        Assert.Equal(rows == 0 ? 0 : Rows, CutJournal.Rows(running.Database));

        await running.Accepted(Plan);   // the client asks again

        Assert.Equal(Rows, CutJournal.Rows(running.Database));
        var all = running.Index.Query(new() { Parent = Plan.TaskId, AllLevels = true }, 10, null).Tasks;
        Assert.Equal(["a", "b", "c", "d"], all.Select(t => t.Title).Order());
        var a = Assert.Single(all, t => t.Title == "a");
        Assert.Equal((2, 2, Plan.TaskId), (a.Subtasks, a.OpenSubtasks, a.Root));
        Assert.All(all.Where(t => t.Title is "b" or "c"), t => Assert.Equal(a.TaskId, t.Parent));
        Assert.Equal("b", Assert.Single(running.Index.Ready(10)).Title);
    }

    [Fact]
    public async Task A_task_that_waits_for_the_one_it_is_planned_below_is_refused()
    {
        await using var running = await RunningOrchestrator.Start();
        var command = Given.NewCommand();
        var (above, below) = (DerivedId.Task(command, "a"), DerivedId.Task(command, "b"));
        var plan = new TaskCommands.Plan(
            DerivedId.Task(command), command, Given.Worker, null, Given.Definition("root"),
            [new PlannedTask(above, Given.Definition("a"), [new PlannedTask(below, Given.Definition("b").Needing(above))])]);

        Assert.Contains("cycle", (await running.Refused(plan)).Message, StringComparison.Ordinal);
        Assert.Empty(running.Index.Find([plan.TaskId]));
    }

    private static TaskCommands.Plan Nested()
    {
        var command = Given.NewCommand();
        TaskId Id(string name) => DerivedId.Task(command, name);
        return new TaskCommands.Plan(
            DerivedId.Task(command), command, Given.Worker, null, Given.Definition("root"),
            [
                new PlannedTask(Id("a"), Given.Definition("a"),
                    [new PlannedTask(Id("b"), Given.Definition("b")), new PlannedTask(Id("c"), Given.Definition("c").Needing(Id("b")))]),
                new PlannedTask(Id("d"), Given.Definition("d").Needing(Id("a"))),
            ]);
    }

    private protected override Task Tell(RunningOrchestrator running) => running.Accepted(Plan);
}
