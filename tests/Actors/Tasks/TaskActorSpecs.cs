using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

public sealed class TaskActorSpecs : IAsyncLifetime
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_planned_task_is_found_as_soon_as_it_is_answered()
    {
        var plan = Given.Plan();

        await _running.Accepted(plan);

        Assert.Equal(plan.Definition.Title, Assert.Single(_running.Index.Find([plan.TaskId])).Title);
    }

    [Fact]
    public async Task A_repeated_command_gets_the_same_answer_after_a_restart_and_writes_nothing()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);
        var claim = Given.Claim(plan.TaskId);
        var first = await _running.Accepted(claim);

        await _running.Restart();

        Assert.Equal(first, await _running.Accepted(claim));
        Assert.Equal(first.Revision, (await _running.Tasks.Details(plan.TaskId, CancellationToken.None))!.Revision);
    }

    [Fact]
    public async Task A_plan_is_answered_when_all_of_its_subtasks_exist()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b", "c");

        await _running.Accepted(plan);

        var children = _running.Index.Query(new() { Parent = plan.TaskId }, 10, null);
        Assert.Equal(3, children.Total);
        Assert.Equal(["a", "b", "c"], children.Tasks.Select(t => t.Title).Order());
        Assert.Empty(_running.Index.UnfinishedPlans());
    }

    [Fact]
    public async Task A_repeated_plan_with_subtasks_gets_the_same_answer_and_its_version_is_the_present_one()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");

        var replies = await Task.WhenAll(Enumerable.Range(0, 5).Select(_ => _running.Accepted(plan)));

        Assert.Equal(await _running.Accepted(plan), Assert.Single(replies.Distinct()));
        await _running.Accepted(Given.Update(plan.TaskId, new TaskChanges { Note = "n" }, version: replies[0].Revision));
        Assert.Equal(2, _running.Index.Find([plan.TaskId])[0].Subtasks);
    }

    [Fact]
    public async Task A_thousand_racers_for_one_task_have_one_winner()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);

        var replies = await Task.WhenAll(Enumerable.Range(0, 1000).Select(_ => _running.Send(Given.Claim(plan.TaskId))));

        Assert.Single(replies.OfType<TaskReplies.Accepted>());
        Assert.All(replies.OfType<TaskReplies.Refused>(), r => Assert.Equal(RefusalCode.AlreadyClaimed, r.Refusal.Code));
    }

    [Fact]
    public async Task A_claim_asks_the_tasks_it_depends_on()
    {
        var first = Given.Plan("first");
        await _running.Accepted(first);
        var second = Given.Plan("second", new Dependency(first.TaskId));
        await _running.Accepted(second);

        var refusal = await _running.Refused(Given.Claim(second.TaskId));
        await _running.Accepted(Given.Complete(first.TaskId));

        Assert.Equal(RefusalCode.DependencyConflict, refusal.Code);
        Assert.Contains(first.TaskId.Value, refusal.Message, StringComparison.Ordinal);
        await _running.Accepted(Given.Claim(second.TaskId));
    }

    [Fact]
    public async Task A_parent_is_completed_only_when_its_subtasks_are_closed()
    {
        var plan = Given.Plan("root").WithSubtasks("a");
        await _running.Accepted(plan);

        Assert.Equal(RefusalCode.DependencyConflict, (await _running.Refused(Given.Complete(plan.TaskId))).Code);
        await _running.Accepted(Given.Complete(plan.Subtasks[0].TaskId));
        Assert.Equal(TaskPhase.Completed, (await _running.Accepted(Given.Complete(plan.TaskId))).Phase);
    }

    [Fact]
    public async Task A_task_recovers_from_its_snapshot_with_its_memory_of_commands()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);
        var updates = Enumerable.Range(0, 120).Select(i => Given.Update(plan.TaskId, new TaskChanges { Note = $"note {i}" })).ToList();
        foreach (var update in updates)
        {
            await _running.Accepted(update);
        }

        await _running.Restart();

        var details = await _running.Tasks.Details(plan.TaskId, CancellationToken.None);
        Assert.Equal("note 119", details!.Notes[^1].Text);
        Assert.Equal(details.Revision, (await _running.Accepted(updates[^1])).Revision);
        Assert.Equal(121, details.Revision);
    }

    [Fact]
    public async Task A_task_that_is_told_to_leave_answers_first_what_it_was_asked_before()
    {
        var plans = Enumerable.Range(0, 20).Select(_ => Given.Plan()).ToList();

        foreach (var plan in plans)
        {
            await _running.Accepted(plan);
            var task = await _running.System.ActorSelection(_running.TaskRouter.Path / plan.TaskId.Value).ResolveOne(Patience);
            var reply = task.Ask<ITaskReply>(Given.Claim(plan.TaskId), Patience);
            task.Tell(EntityRouter.Leave.Instance, _running.TaskRouter);   // the write of the claim is under way

            Assert.IsType<TaskReplies.Accepted>(await reply);
        }
    }
}
