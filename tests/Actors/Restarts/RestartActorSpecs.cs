using LinqToDB.Data;
using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Restarts;

/// <summary>The journal of restarts, in the production wiring.</summary>
public sealed class RestartActorSpecs
{
    private static readonly ProcessFacts Old = new(100, "old", "1.0", "/v1");
    private static readonly ProcessFacts New = new(200, "new", "2.0", "/v2");
    private static readonly RestartWish Wish = new("test", true, true, 30, null);

    [Fact]
    public async Task The_new_process_answers_the_request_that_the_old_one_has_written_down()
    {
        await using var running = await RunningOrchestrator.Start();
        var key = Given.NewCommand();
        await Walk(running, key);
        await running.Restart();
        var waiting = running.Restarts.End(key, CancellationToken.None);
        await Accepted(running, new RestartCommands.TakeUp(New, "spec", running.Clock.GetUtcNow(), 42, null, false));
        Assert.False(waiting.IsCompleted);
        await Accepted(running, new RestartCommands.Record(new RestartEvents.Completed(key, "spec", running.Clock.GetUtcNow(), 1, 0)));
        var restart = (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))!;
        Assert.Equal((42, 1, New), (restart.DowntimeMs, restart.Reconnected, restart.To));
        Assert.Equal(8, restart.Phases.Count);
    }

    [Fact]
    public async Task Another_process_answers_that_it_came_to_nothing()
    {
        await using var running = await RunningOrchestrator.Start();
        var key = Given.NewCommand();
        await Walk(running, key);
        await running.Restart();
        await Accepted(running, new RestartCommands.TakeUp(new ProcessFacts(300, "third", "1.0", "/v1"), "spec", running.Clock.GetUtcNow(), 0, null, false));
        var restart = (await running.Restarts.End(key, CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)))!;
        Assert.Equal(RestartPhase.Failed, RestartState.PhaseOf(restart));
    }

    [Fact]
    public async Task A_request_that_is_not_known_is_told_so()
    {
        await using var running = await RunningOrchestrator.Start();
        Assert.Null(await running.Restarts.End(Given.NewCommand(), CancellationToken.None).WaitAsync(TimeSpan.FromSeconds(30)));
    }

    [Fact]
    public async Task A_write_that_fails_is_told_and_when_there_is_room_again_the_restart_has_an_end_of_which_those_hear_who_waited_before()
    {
        await using var running = await RunningOrchestrator.Start();
        var key = Given.NewCommand();
        await Accepted(running, new RestartCommands.Ask(key, "spec", Wish, Old));
        var waiting = running.Restarts.End(key, CancellationToken.None);
        using var db = new DataConnection(running.Store.Durable);
        db.Execute("CREATE TRIGGER no_room BEFORE INSERT ON journal BEGIN SELECT RAISE(ABORT, 'the disk is full'); END");

        var refused = Assert.IsType<RestartReplies.Refused>(
            await running.Restarts.Send(new RestartCommands.Record(new RestartEvents.SuccessorStarted(key, "spec", running.Clock.GetUtcNow(), 200))));

        Assert.Equal(RefusalCode.OutcomeUnknown, refused.Refusal.Code);
        Assert.Contains("the disk is full", refused.Refusal.Message, StringComparison.Ordinal);
        db.Execute("DROP TRIGGER no_room");
        await Answered(running, new RestartCommands.Record(new RestartEvents.Failed(key, "spec", running.Clock.GetUtcNow(), "no room")));
        Assert.Equal("no room", (await waiting.WaitAsync(TimeSpan.FromSeconds(30)))!.Cause);
    }

    [Fact]
    public async Task A_long_history_is_taken_from_a_snapshot()
    {
        await using var running = await RunningOrchestrator.Start();
        for (var i = 0; i < 70; i++)
        {
            var key = Given.NewCommand();
            await Accepted(running, new RestartCommands.Ask(key, "spec", Wish with { Reason = $"{i}" }, Old));
            await Accepted(running, new RestartCommands.Record(new RestartEvents.Failed(key, "spec", running.Clock.GetUtcNow(), "no")));
            running.Clock.Advance(RestartLimit.Default.Within / RestartLimit.Default.Most);
        }

        var before = await running.Restarts.History();
        await running.Restart();
        Assert.Equivalent(before, await running.Restarts.History(), strict: true);
        Assert.Equal(RestartState.Remembered, before.Count);
    }

    [Fact]
    public async Task A_lease_is_made_longer_and_never_shorter_and_only_that_of_the_same_claim()
    {
        await using var running = await RunningOrchestrator.Start();
        var plan = Given.Plan();
        await running.Accepted(plan);
        var claim = (await running.Accepted(Given.Claim(plan.TaskId))).Claim!;
        var later = claim.Deadline.AddMinutes(1);
        var extended = await running.Accepted(new TaskCommands.ExtendClaim(plan.TaskId, Given.NewCommand(), "restart", claim.Token, later));
        Assert.Equal(later, extended.Claim!.Deadline);
        var shorter = await running.Accepted(new TaskCommands.ExtendClaim(plan.TaskId, Given.NewCommand(), "restart", claim.Token, claim.Deadline));
        Assert.Equal(later, shorter.Claim!.Deadline);
        var foreign = await running.Refused(
            new TaskCommands.ExtendClaim(plan.TaskId, Given.NewCommand(), "restart", new ClaimToken("clm_other"), later.AddMinutes(1)));
        Assert.Equal(RefusalCode.ClaimLost, foreign.Code);
    }

    private static async Task Walk(RunningOrchestrator running, CommandId key)
    {
        var now = running.Clock.GetUtcNow();
        await Accepted(running, new RestartCommands.Ask(key, "spec", Wish, Old));
        IRestartEvent[] walk =
        [
            new RestartEvents.SuccessorStarted(key, "spec", now, 200), new RestartEvents.SuccessorProved(key, "spec", now, New, []),
            new RestartEvents.DrainingBegan(key, "spec", now, ["f"], 0), new RestartEvents.WorkSuspended(key, "spec", now, 0, [], 0),
            new RestartEvents.HandedOver(key, "spec", now),
        ];
        foreach (var step in walk)
        {
            await Accepted(running, new RestartCommands.Record(step));
        }
    }

    // For a moment nobody is there who could answer.
    private static async Task Answered(RunningOrchestrator running, IRestartCommand command)
    {
        for (var tries = 0; ; tries++)
        {
            using var patience = new CancellationTokenSource(TimeSpan.FromSeconds(1));
            try
            {
                await running.Restarts.Send(command, patience.Token);
                return;
            }
            catch (OperationCanceledException) when (tries < 20)
            {
            }
        }
    }

    private static async Task Accepted(RunningOrchestrator running, IRestartCommand command) =>
        Assert.IsType<RestartReplies.Accepted>(await running.Restarts.Send(command));
}
