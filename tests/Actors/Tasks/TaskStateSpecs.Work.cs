using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

public sealed partial class TaskStateSpecs
{
    [Theory]
    [InlineData(NextAction.Continue, InProgress, null)]
    [InlineData(NextAction.NeedsRevision, Pending, "done")]
    [InlineData(NextAction.Blocked, Blocked, "done")]
    [InlineData(NextAction.Complete, Completed, null)]
    public void The_next_action_decides_the_status(NextAction next, TaskPhase phase, string? reason)
    {
        var history = History.Of(Given.Plan());
        var token = history.Claim();

        history.Do(Given.Complete(history.Id, token, next));

        Assert.Equal((phase, reason), (history.State.Phase, history.State.Reason));
        Assert.Equal(next == NextAction.Continue, history.State.Claim is not null);
        Assert.Equal((1, next == NextAction.Complete), (Assert.Single(history.State.Artifacts).Version, history.State.Satisfied));
    }

    [Theory]
    [InlineData(Pending, NextAction.NeedsRevision)]
    [InlineData(Blocked, NextAction.Blocked)]
    [InlineData(InProgress, NextAction.Continue)]
    public void Work_that_leaves_the_status_as_it_is_is_stored_all_the_same(TaskPhase phase, NextAction next) =>
        Assert.Equal([nameof(TaskEvents.WorkStored)], Names(History.In(phase).Do(Given.Complete(default, next: next))));

    [Fact]
    public void Work_products_are_numbered()
    {
        var history = History.Of(Given.Plan());

        history.Do(Given.Complete(history.Id, next: NextAction.Continue));
        history.Do(Given.Complete(history.Id, next: NextAction.NeedsRevision));
        history.Do(Given.Complete(history.Id));

        Assert.Equal([1, 2, 3], history.State.Artifacts.Select(a => a.Version));
        Assert.Equal(100, history.State.Progress);
    }

    [Theory]
    [InlineData(Completed)]
    [InlineData(Failed)]
    [InlineData(Cancelled)]
    [InlineData(Archived)]
    public void A_closed_task_takes_no_work(TaskPhase phase) =>
        Assert.All(Enum.GetValues<NextAction>(), next =>
            Assert.Equal(RefusalCode.InvalidTaskState, History.In(phase).Refusal(Given.Complete(default, next: next)).Code));

    [Theory]
    [InlineData(Pending, false)]
    [InlineData(Failed, false)]
    [InlineData(Cancelled, false)]
    [InlineData(Completed, true)]
    public void A_dependency_holds_up_until_it_is_completed(TaskPhase other, bool free)
    {
        var first = new TaskId("task_first");
        var history = History.Of(Given.Plan("second", new Dependency(first), new Dependency(new TaskId("task_other"), DependencyKind.Related)));
        var commands = AllThatAskOthers(history.Id);

        Assert.All(commands, c => Assert.True(history.State.AsksOthers(c)));
        if (free)
        {
            history.Do(commands[0], Standing(first, other));
        }
        else
        {
            Assert.All(commands, c => AssertObstacle(history, c, first, Standing(first, other)));
        }
    }

    [Fact]
    public void A_dependency_holds_up_neither_work_in_between_nor_other_changes()
    {
        var history = History.Of(Given.Plan("second", new Dependency(new TaskId("task_first"))));

        history.Do(Given.Complete(history.Id, next: NextAction.Continue));
        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Cancelled }));

        Assert.False(history.State.AsksOthers(Given.Update(history.Id, new TaskChanges { Note = "n" })));
    }

    [Theory]
    [InlineData(Pending, false)]
    [InlineData(InProgress, false)]
    [InlineData(Blocked, false)]
    [InlineData(Completed, true)]
    [InlineData(Failed, true)]
    [InlineData(Cancelled, true)]
    [InlineData(Archived, true)]
    public void Open_subtasks_hold_up_their_parent(TaskPhase subtask, bool free)
    {
        var plan = Given.Plan("root").WithSubtasks("a");
        var history = History.Of(plan);
        var child = plan.Subtasks[0].TaskId;
        history.Do(Confirm(plan, child));
        var commands = AllThatAskOthers(history.Id);

        Assert.All(commands, c => Assert.True(history.State.AsksOthers(c)));
        if (free)
        {
            history.Do(commands[1], Standing(child, subtask));
        }
        else
        {
            Assert.All(commands, c => AssertObstacle(history, c, child, Standing(child, subtask)));
        }
    }

    [Fact]
    public void A_task_whose_subtasks_do_not_all_exist_is_neither_claimed_nor_completed()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");
        var history = History.Of(plan);
        history.Do(Confirm(plan, plan.Subtasks[0].TaskId));
        var standings = plan.Subtasks.Select(s => Standing(s.TaskId, Completed)).ToArray();

        Assert.Equal(RefusalCode.DependencyConflict, history.Refusal(Given.Claim(history.Id), standings).Code);
        Assert.Equal(RefusalCode.DependencyConflict, history.Refusal(Given.Complete(history.Id), standings).Code);
    }

    [Fact]
    public void An_obstacle_of_many_names_five()
    {
        var needs = Enumerable.Range(0, 8).Select(i => new TaskId($"task_{i}")).ToList();
        var history = History.Of(Given.Plan() with { Definition = Given.Definition().Needing(needs) });

        var refusal = history.Refusal(Given.Claim(history.Id), [.. needs.Select(n => Standing(n, Pending))]);

        Assert.Contains("task_4", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("and 3 more", refusal.Message, StringComparison.Ordinal);
    }

    private static ITaskCommand[] AllThatAskOthers(TaskId task) =>
        [Given.Claim(task), Given.Complete(task), Given.Update(task, new TaskChanges { Phase = Completed })];

    private static void AssertObstacle(History history, ITaskCommand command, TaskId named, TaskQueries.Standing standing)
    {
        var refusal = history.Refusal(command, standing);
        Assert.Equal(RefusalCode.DependencyConflict, refusal.Code);
        Assert.Contains(named.Value, refusal.Message, StringComparison.Ordinal);
    }

    private static TaskCommands.ConfirmSubtasks Confirm(TaskCommands.Plan plan, params TaskId[] created) =>
        new(plan.TaskId, plan.CommandId, plan.By, created);
}
