using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>No task waits for itself, by whatever way, and none for a task that does not exist.</summary>
public sealed class TaskGraphSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_dependency_on_a_task_that_does_not_exist_is_refused_by_name()
    {
        var nowhere = new TaskId("task_nowhere");
        var task = await Planned();

        await AssertConflict(Given.Plan("a", new Dependency(nowhere)), nowhere.Value);
        await AssertConflict(Given.Plan("a", new Dependency(nowhere, DependencyKind.Related)), nowhere.Value);
        await AssertConflict(Needs(task, nowhere), nowhere.Value);
        await AssertConflict(AddSubtask(task, nowhere), nowhere.Value);
        var withSubtask = Given.Plan("root").WithSubtasks("a");
        await AssertConflict(withSubtask with { Subtasks = [Waiting(withSubtask.Subtasks[0], nowhere)] }, nowhere.Value);
    }

    [Fact]
    public async Task A_refused_plan_leaves_nothing_behind()
    {
        var plan = Given.Plan("root", new Dependency(new TaskId("task_nowhere"))).WithSubtasks("a");

        await _running.Refused(plan);

        Assert.Empty(_running.Index.Find([plan.TaskId, plan.Subtasks[0].TaskId]));
        Assert.Null(await _running.Tasks.Details(plan.TaskId, CancellationToken.None));
    }

    [Fact]
    public async Task A_task_cannot_wait_for_itself()
    {
        var task = await Planned();

        await AssertConflict(Needs(task, task), task.Value);
    }

    [Fact]
    public async Task Two_tasks_cannot_wait_for_each_other()
    {
        var a = await Planned();
        var b = await Planned(a);

        await AssertConflict(Needs(a, b), "cycle");
    }

    [Fact]
    public async Task Three_tasks_cannot_wait_in_a_circle()
    {
        var a = await Planned();
        var b = await Planned(a);
        var c = await Planned(b);

        await AssertConflict(Needs(a, c), "cycle");
    }

    [Fact]
    public async Task A_subtask_cannot_wait_for_its_parent_nor_for_whoever_waits_for_its_parent()
    {
        var plan = Given.Plan("root").WithSubtasks("a");
        await _running.Accepted(plan);
        var (parent, child) = (plan.TaskId, plan.Subtasks[0].TaskId);
        var after = await Planned(parent);

        await AssertConflict(Needs(child, parent), "cycle");
        await AssertConflict(Needs(child, after), "cycle");
        await AssertConflict(AddSubtask(parent, parent), "cycle");
        await AssertConflict(AddSubtask(parent, after), "cycle");
        await _running.Accepted(AddSubtask(parent, child));
        await _running.Accepted(Needs(parent, child));   // it waits for its subtask anyhow
    }

    [Fact]
    public async Task The_tasks_of_one_plan_cannot_wait_for_each_other()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b", "c");
        var (a, b, c) = (plan.Subtasks[0], plan.Subtasks[1], plan.Subtasks[2]);

        await AssertConflict(plan with { Subtasks = [Waiting(a, a.TaskId)] }, "cycle");
        await AssertConflict(plan with { Subtasks = [Waiting(a, b.TaskId), Waiting(b, a.TaskId)] }, "cycle");
        await AssertConflict(plan with { Subtasks = [Waiting(a, b.TaskId), Waiting(b, c.TaskId), Waiting(c, a.TaskId)] }, "cycle");
        await AssertConflict(plan with { Subtasks = [Waiting(a, plan.TaskId)] }, plan.TaskId.Value);
        await _running.Accepted(plan with { Subtasks = [Waiting(a, b.TaskId, c.TaskId), Waiting(b, c.TaskId), c] });
        await AssertConflict(AddTwo(await Planned()), "cycle");
    }

    [Fact]
    public async Task Of_two_changes_that_form_a_cycle_together_one_is_accepted()
    {
        for (var i = 0; i < 20; i++)
        {
            var (a, b) = (await Planned(), await Planned());

            var replies = await Task.WhenAll(_running.Send(Needs(a, b)), _running.Send(Needs(b, a)));

            Assert.Single(replies.OfType<TaskReplies.Accepted>());
            Assert.Equal(RefusalCode.DependencyConflict, Assert.Single(replies.OfType<TaskReplies.Refused>()).Refusal.Code);
        }
    }

    [Fact]
    public async Task Related_tasks_may_refer_to_each_other_and_hold_nothing_up()
    {
        var a = await Planned();
        var b = await Planned();
        await _running.Accepted(Given.Update(a, new TaskChanges { Dependencies = [new Dependency(b, DependencyKind.Related)] }));
        await _running.Accepted(Given.Update(b, new TaskChanges { Dependencies = [new Dependency(a, DependencyKind.Related)] }));

        await _running.Accepted(Given.Claim(a));
        Assert.Equal(0, _running.Index.Find([b])[0].WaitingFor);
        await _running.Accepted(Given.Complete(b));
    }

    [Fact]
    public async Task A_task_that_is_named_twice_holds_up_once_and_is_let_go()
    {
        var a = await Planned();
        var task = Given.Plan("b", new Dependency(a), new Dependency(a, DependencyKind.Related));
        await _running.Accepted(task);
        Assert.Equal(1, _running.Index.Find([task.TaskId])[0].WaitingFor);

        await _running.Accepted(Given.Complete(a));

        Assert.Equal((0, true), (_running.Index.Find([task.TaskId])[0].WaitingFor, _running.Index.Find([task.TaskId])[0].Ready));
    }

    [Fact]
    public async Task A_dependency_that_is_taken_back_holds_up_no_more()
    {
        var a = await Planned();
        var b = await Planned(a);

        await _running.Accepted(Needs(b));

        Assert.True(_running.Index.Find([b])[0].Ready);
        await _running.Accepted(Needs(a, b));
    }

    private async Task<TaskId> Planned(params TaskId[] needs)
    {
        var plan = Given.Plan("task", [.. needs.Select(n => new Dependency(n))]);
        await _running.Accepted(plan);
        return plan.TaskId;
    }

    private async Task AssertConflict(ITaskCommand command, string named)
    {
        var refusal = await _running.Refused(command);
        Assert.Equal(RefusalCode.DependencyConflict, refusal.Code);
        Assert.Contains(named, refusal.Message, StringComparison.Ordinal);
    }

    private static TaskCommands.Update Needs(TaskId task, params TaskId[] needs) =>
        Given.Update(task, new TaskChanges { Dependencies = [.. needs.Select(n => new Dependency(n))] });

    private static PlannedTask Waiting(PlannedTask task, params TaskId[] needs) => task with { Definition = task.Definition.Needing(needs) };

    private static TaskCommands.AddSubtasks AddSubtask(TaskId parent, params TaskId[] needs)
    {
        var command = Given.NewCommand();
        return new TaskCommands.AddSubtasks(
            parent, command, Given.Worker, null, [new PlannedTask(DerivedId.Task(command, "s"), Given.Definition("s").Needing(needs))]);
    }

    /// <summary>Two subtasks that wait for each other.</summary>
    private static TaskCommands.AddSubtasks AddTwo(TaskId parent)
    {
        var command = Given.NewCommand();
        var (a, b) = (DerivedId.Task(command, "a"), DerivedId.Task(command, "b"));
        return new TaskCommands.AddSubtasks(
            parent, command, Given.Worker, null,
            [new PlannedTask(a, Given.Definition("a").Needing(b)), new PlannedTask(b, Given.Definition("b").Needing(a))]);
    }
}
