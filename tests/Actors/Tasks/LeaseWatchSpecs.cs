using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>Whoever does not come back loses the task: in time, once, and across a restart.</summary>
public sealed class LeaseWatchSpecs : IAsyncLifetime
{
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_task_whose_lease_ended_is_pending_again_and_says_why()
    {
        var claimed = await Claimed();

        _running.Clock.Advance(TimeSpan.FromMinutes(30));
        await _running.Eventually(() => Row(claimed).Phase == TaskPhase.Pending);

        Assert.Contains("(1 of 3)", Row(claimed).Reason, StringComparison.Ordinal);
        Assert.Equal((null, true), (Row(claimed).ClaimedBy, Row(claimed).Ready));
        Assert.Empty(_running.Index.OpenClaims());
    }

    [Fact]
    public async Task The_third_time_it_is_failed_and_taken_back_no_more()
    {
        var task = await Claimed();
        foreach (var phase in new[] { TaskPhase.Pending, TaskPhase.Pending, TaskPhase.Failed })
        {
            _running.Clock.Advance(TimeSpan.FromMinutes(31));
            await _running.Eventually(() => Row(task).Phase == phase);
            if (phase == TaskPhase.Pending)
            {
                await _running.Accepted(Given.Claim(task.TaskId));
            }
        }

        Assert.Contains("3 times", Row(task).Reason, StringComparison.Ordinal);
        Assert.Equal(3, (await _running.Tasks.Details(task.TaskId, CancellationToken.None))!.LostLeases);
    }

    [Fact]
    public async Task A_renewed_lease_is_left_alone()
    {
        var (renewed, lost) = (await Claimed(), await Claimed());
        var token = _running.Index.OpenClaims().Single(c => c.TaskId == renewed.TaskId).Token;
        _running.Clock.Advance(TimeSpan.FromMinutes(29));
        var grant = (await _running.Accepted(Given.Update(renewed.TaskId, new TaskChanges(), token))).Claim;

        _running.Clock.Advance(TimeSpan.FromMinutes(2));
        await _running.Eventually(() => Row(lost).Phase == TaskPhase.Pending);

        Assert.Equal((TaskPhase.InProgress, grant!.Deadline), (Row(renewed).Phase, Row(renewed).ClaimedUntil));
        Assert.Equal([renewed.TaskId], _running.Index.OpenClaims().Select(c => c.TaskId));
        await _running.Accepted(Given.Complete(renewed.TaskId, token));
    }

    [Fact]
    public async Task A_deadline_that_passed_while_nobody_was_running_holds()
    {
        var claimed = await Claimed();

        await _running.Close();
        _running.Clock.Advance(TimeSpan.FromHours(1));
        await _running.Open();

        await _running.Eventually(() => Row(claimed).Phase == TaskPhase.Pending);
    }

    [Fact]
    public async Task A_deadline_in_the_future_holds_after_a_restart()
    {
        var claimed = await Claimed();
        await _running.Restart();
        Assert.Equal(TaskPhase.InProgress, Row(claimed).Phase);

        _running.Clock.Advance(TimeSpan.FromMinutes(31));

        await _running.Eventually(() => Row(claimed).Phase == TaskPhase.Pending);
    }

    [Fact]
    public async Task More_leases_than_are_taken_back_at_once_are_all_taken_back()
    {
        var plan = Given.Plan("root").WithSubtasks([.. Enumerable.Range(0, 150).Select(i => $"task {i}")]);
        await _running.Accepted(plan);
        await Task.WhenAll(plan.Subtasks.Select(s => _running.Accepted(Given.Claim(s.TaskId))));

        _running.Clock.Advance(TimeSpan.FromMinutes(31));

        await _running.Eventually(() => _running.Index.OpenClaims().Count == 0);
        Assert.Equal(150, _running.Index.Query(new() { Parent = plan.TaskId, Phases = [TaskPhase.Pending] }, 1, null).Total);
    }

    private async Task<TaskCommands.Plan> Claimed()
    {
        var plan = Given.Plan();
        await _running.Accepted(plan);
        await _running.Accepted(Given.Claim(plan.TaskId));
        return plan;
    }

    private TaskRow Row(TaskCommands.Plan plan) => Assert.Single(_running.Index.Find([plan.TaskId]));
}
