using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

public sealed partial class TaskStateSpecs
{
    [Fact]
    public void A_claim_takes_the_task_until_its_lease_ends()
    {
        var history = History.Of(Given.Plan());
        var claim = Given.Claim(history.Id);

        var events = history.Do(claim);

        Assert.Equal([nameof(TaskEvents.Claimed), nameof(TaskEvents.StatusChanged)], Names(events));
        Assert.Equal((DerivedId.Claim(claim.CommandId), history.Now + claim.Lease), (history.State.Claim!.Token, history.State.Claim.Deadline));
        Assert.Equal(InProgress, history.State.Phase);
    }

    [Fact]
    public void A_task_in_progress_without_a_claim_can_be_claimed() =>
        Assert.Equal([nameof(TaskEvents.Claimed)], Names(History.In(InProgress).Do(Given.Claim(default))));

    [Theory]
    [InlineData(Blocked)]
    [InlineData(Completed)]
    [InlineData(Failed)]
    [InlineData(Cancelled)]
    [InlineData(Archived)]
    public void Other_statuses_cannot_be_claimed(TaskPhase phase) =>
        Assert.Equal(RefusalCode.InvalidTaskState, History.In(phase).Refusal(Given.Claim(default)).Code);

    [Fact]
    public void A_claimed_task_is_not_claimed_by_another_one_before_its_lease_ends()
    {
        var history = History.Of(Given.Plan());
        history.Claim(minutes: 30);

        history.Later(TimeSpan.FromMinutes(30) - TimeSpan.FromTicks(1));
        Assert.Equal(RefusalCode.AlreadyClaimed, history.Refusal(Given.Claim(history.Id)).Code);
        history.Later(TimeSpan.FromTicks(1));
        Assert.Equal([nameof(TaskEvents.ClaimLost), nameof(TaskEvents.Claimed)], Names(history.Do(Given.Claim(history.Id))));
        Assert.Equal(1, history.State.LostLeases);
    }

    [Fact]
    public void Any_call_that_names_the_claim_renews_it()
    {
        var history = History.Of(Given.Plan());
        var token = history.Claim(minutes: 30);
        ITaskCommand[] calls =
        [
            Given.Update(history.Id, new TaskChanges(), token), Given.Update(history.Id, new TaskChanges { Progress = 10 }, token),
            Given.Complete(history.Id, token, NextAction.Continue),
        ];

        Assert.All(calls, call =>
        {
            history.Later(TimeSpan.FromMinutes(29)).Do(call);
            Assert.Equal(history.Now.AddMinutes(30), history.State.Claim!.Deadline);
            Assert.Equal(new ClaimGrant(token, history.Now.AddMinutes(30)), Assert.IsType<TaskReplies.Accepted>(history.Repeated(call)).Claim);
        });
    }

    [Theory]
    [InlineData(Pending)]
    [InlineData(Blocked)]
    [InlineData(Completed)]
    [InlineData(Failed)]
    [InlineData(Cancelled)]
    public void A_claim_ends_when_the_task_leaves_in_progress(TaskPhase to)
    {
        var history = History.Of(Given.Plan());
        var token = history.Claim();

        var events = history.Do(Given.Update(history.Id, new TaskChanges { Phase = to }, token));

        Assert.Equal(PhaseWithClaim, Names(events));
        Assert.Null(history.State.Claim);
        Assert.Equal(0, history.State.LostLeases);
    }

    [Fact]
    public void A_claimed_task_is_changed_by_nobody_who_does_not_name_the_claim()
    {
        var history = History.Of(Given.Plan());
        history.Claim();

        Assert.Equal(RefusalCode.ClaimRequired, history.Refusal(Given.Update(history.Id, new TaskChanges { Note = "n" })).Code);
        Assert.Equal(RefusalCode.ClaimRequired, history.Refusal(Given.Complete(history.Id)).Code);
    }

    [Fact]
    public void A_late_worker_loses_nothing_but_writes_nothing_either()
    {
        var history = History.Of(Given.Plan());
        var old = history.Claim(minutes: 30);
        history.Later(TimeSpan.FromMinutes(30));
        AssertLost(history, old);   // the lease is over, nobody has noticed yet

        history.Claim();
        AssertLost(history, old);   // another one has it

        AssertLost(History.Of(Given.Plan()), old);   // nobody has it
    }

    [Fact]
    public void The_watch_takes_back_what_is_over_and_nothing_else()
    {
        var history = History.Of(Given.Plan());
        var token = history.Claim(minutes: 30);

        Assert.Equal(RefusalCode.ClaimLost, history.Refusal(Expire(history.Id, token)).Code);
        history.Later(TimeSpan.FromMinutes(30));
        Assert.Equal(RefusalCode.ClaimLost, history.Refusal(Expire(history.Id, new ClaimToken("clm_other"))).Code);
        Assert.Equal([nameof(TaskEvents.ClaimLost), nameof(TaskEvents.StatusChanged)], Names(history.Do(Expire(history.Id, token))));
        Assert.Equal(Pending, history.State.Phase);
        Assert.Contains("(1 of 3)", history.State.Reason, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.ClaimLost, history.Refusal(Expire(history.Id, token) with { CommandId = Given.NewCommand() }).Code);
    }

    [Fact]
    public void The_third_lost_lease_fails_the_task_and_another_try_starts_afresh()
    {
        var history = History.Of(Given.Plan());

        foreach (var phase in new[] { Pending, Pending, Failed })
        {
            var token = history.Claim(minutes: 1);
            history.Later(TimeSpan.FromMinutes(2)).Do(Expire(history.Id, token));
            Assert.Equal(phase, history.State.Phase);
        }

        Assert.Contains("3 times", history.State.Reason, StringComparison.Ordinal);
        Assert.Equal(RefusalCode.InvalidTaskState, history.Refusal(Given.Claim(history.Id)).Code);
        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Pending }));
        Assert.Equal(0, history.State.LostLeases);
        history.Claim();
    }

    [Fact]
    public void A_claim_that_slips_in_before_the_watch_does_not_start_a_fourth_lease()
    {
        var history = History.Of(Given.Plan());
        history.Claim(minutes: 1);
        for (var i = 1; i < TaskLimits.LostLeases; i++)
        {
            history.Later(TimeSpan.FromMinutes(1)).Claim(minutes: 1);
        }

        Assert.Equal(RefusalCode.InvalidTaskState, history.Later(TimeSpan.FromMinutes(1)).Refusal(Given.Claim(history.Id)).Code);
        history.Do(Expire(history.Id, history.State.Claim!.Token));
        Assert.Equal(Failed, history.State.Phase);
    }

    private static void AssertLost(History history, ClaimToken token)
    {
        Assert.Equal(RefusalCode.ClaimLost, history.Refusal(Given.Complete(history.Id, token)).Code);
        Assert.Equal(RefusalCode.ClaimLost, history.Refusal(Given.Update(history.Id, new TaskChanges { Phase = Pending }, token)).Code);
    }

    private static TaskCommands.ExpireClaim Expire(TaskId task, ClaimToken token) =>
        new(task, new CommandId($"lease.{token}", 1), "lease-watch", token);
}
