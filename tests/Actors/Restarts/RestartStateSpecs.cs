using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Tests.Restarts;

/// <summary>The walk of a restart, as a table: what follows what, who ends it, and what the next process makes of it.</summary>
public sealed class RestartStateSpecs
{
    private const string By = "spec";
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CommandId Request = new("0123456789abcdef0123456789abcdef", 7);
    private static readonly CommandId Other = new("fedcba9876543210fedcba9876543210", 1);
    private static readonly ProcessFacts Old = new(100, "old", "1.0", "/v1.0");
    private static readonly ProcessFacts New = new(200, "new", "2.0", "/v2.0");
    private static readonly ProcessFacts Third = new(300, "third", "1.0", "/v1.0");
    private static readonly RestartWish Wish = new(RestartReasons.ManualRequest, true, true, 30, null);

    /// <summary>The whole walk, in order.</summary>
    private static readonly IRestartEvent[] Walk =
    [
        new RestartEvents.Requested(Request, By, T0, Wish, Old),
        new RestartEvents.SuccessorStarted(Request, By, T0.AddMilliseconds(10), New.ProcessId),
        new RestartEvents.SuccessorProved(Request, By, T0.AddMilliseconds(400), New, ["add column x"]),
        new RestartEvents.DrainingBegan(Request, By, T0.AddMilliseconds(401), ["f1", "f2"], 3),
        new RestartEvents.WorkSuspended(Request, By, T0.AddMilliseconds(405), 1, [], 0),
        new RestartEvents.HandedOver(Request, By, T0.AddMilliseconds(406)),
        new RestartEvents.Served(Request, By, T0.AddMilliseconds(500), 99.5),
        new RestartEvents.Completed(Request, By, T0.AddMilliseconds(520), 2, 1),
    ];

    public static TheoryData<int> Steps => [.. Enumerable.Range(1, Walk.Length - 1)];

    public static TheoryData<int> BeforeTheHandOver => [.. Enumerable.Range(1, 5)];

    [Theory, MemberData(nameof(Steps))]
    public void After_each_step_only_the_next_one_follows(int done)
    {
        var state = Given(done);
        for (var i = 1; i < Walk.Length; i++)
        {
            var decision = state.Decide(new RestartCommands.Record(Walk[i]), T0);
            Assert.Equal(i == done, decision.Fact is not null);
            Assert.Equal(i == done, decision.Refusal is null);
        }
    }

    [Fact]
    public void The_whole_walk_is_remembered_with_its_times_and_figures()
    {
        var restart = Given(Walk.Length).History.Single();
        Assert.Equal(Enum.GetValues<RestartPhase>().Take(8), restart.Phases.Select(p => p.Phase));
        Assert.Equal(Walk.Select(e => e.At), restart.Phases.Select(p => p.At));
        Assert.Equal(
            (Old, New, 2, 3, 2, 99.5, 1, 1),
            (restart.From, restart.To, restart.Clients.Count, restart.InFlight, restart.Reconnected, restart.DowntimeMs, restart.Active, restart.Resumed));
        Assert.Equal(["add column x"], restart.Plan);
        Assert.True(RestartState.IsOver(restart));
    }

    [Theory, MemberData(nameof(BeforeTheHandOver)), InlineData(6)]
    public void Until_the_successor_serves_every_failure_ends_it_and_another_may_begin(int done)
    {
        var failed = Given(done).Apply(Decided(Given(done), new RestartCommands.Record(new RestartEvents.Failed(Request, By, T0, "no"))));
        Assert.Null(failed.Running);
        Assert.Equal("no", failed.History[^1].Cause);
        Assert.IsType<RestartEvents.Requested>(Decided(failed, new RestartCommands.Ask(Other, By, Wish, Old)));
    }

    [Fact]
    public void When_the_successor_serves_the_old_process_cannot_call_it_failed() =>
        Assert.NotNull(Given(7).Decide(new RestartCommands.Record(new RestartEvents.Failed(Request, By, T0, "no")), T0).Refusal);

    [Fact]
    public void A_repeated_request_meets_the_restart_that_it_began()
    {
        foreach (var done in Enumerable.Range(1, Walk.Length))
        {
            var decision = Given(done).Decide(new RestartCommands.Ask(Request, By, Wish, New), T0);
            Assert.Equal(RestartDecision.Nothing, decision);
        }
    }

    [Fact]
    public void A_second_request_joins_the_one_under_way_and_finds_it_at_the_end()
    {
        var joined = Given(3).Apply(Decided(Given(3), new RestartCommands.Ask(Other, By, Wish, Old)));
        var ended = Walk[3..].Aggregate(joined, (s, e) => s.Apply(e));
        Assert.Equal(Request, ended.Find(Other)!.Id);
        Assert.Single(ended.History);
        Assert.Equal(RestartDecision.Nothing, ended.Decide(new RestartCommands.Ask(Other, By, Wish, New), T0));
    }

    [Theory, MemberData(nameof(BeforeTheHandOver))]
    public void Another_process_finds_that_the_old_one_has_died_on_the_way(int done)
    {
        var failed = Assert.IsType<RestartEvents.Failed>(Decided(Given(done), TakeUp(Third)));
        Assert.Contains("100", failed.Cause, StringComparison.Ordinal);
        Assert.Contains("300", failed.Cause, StringComparison.Ordinal);
    }

    [Fact]
    public void The_successor_serves_with_the_pause_that_it_has_measured()
    {
        var served = Assert.IsType<RestartEvents.Served>(Decided(Given(6), TakeUp(New, 120)));
        Assert.Equal(120, served.DowntimeMs);
        Assert.Equal(RestartDecision.Nothing, Given(7).Decide(TakeUp(New), T0));
    }

    [Theory, InlineData(6), InlineData(7)]
    public void The_old_process_that_has_taken_everything_back_says_why(int done)
    {
        var back = Assert.IsType<RestartEvents.RolledBack>(Decided(Given(done), TakeUp(Old, 300, "the successor died", undone: true)));
        Assert.Equal(("the successor died", 300, true), (back.Cause, back.DowntimeMs, back.MigrationUndone));
        Assert.Null(Given(done).Apply(back).Running);
    }

    [Theory, InlineData(6), InlineData(7)]
    public void A_third_process_finds_that_both_have_died(int done) =>
        Assert.Contains("200", Assert.IsType<RestartEvents.Failed>(Decided(Given(done), TakeUp(Third))).Cause, StringComparison.Ordinal);

    [Fact]
    public void A_process_that_opens_the_store_with_no_restart_under_way_writes_nothing()
    {
        Assert.Equal(RestartDecision.Nothing, new RestartState().Decide(TakeUp(Third), T0));
        Assert.Equal(RestartDecision.Nothing, Given(Walk.Length).Decide(TakeUp(Third), T0));
    }

    [Fact]
    public void Only_the_last_ones_are_remembered()
    {
        var state = new RestartState();
        for (var i = 1; i <= RestartState.Remembered + 5; i++)
        {
            var request = new CommandId(Request.Client, i);
            state = state.Apply(new RestartEvents.Requested(request, By, T0, Wish, Old)).Apply(new RestartEvents.Failed(request, By, T0, "no"));
        }

        Assert.Equal(RestartState.Remembered, state.History.Count);
        Assert.Equal(6, state.History[0].Id.Sequence);
    }

    [Fact]
    public void Whoever_asks_again_and_again_is_refused_and_told_when_it_is_possible()
    {
        var state = Asked(RestartLimit.Default.Most);
        var last = T0.AddSeconds(RestartLimit.Default.Most);
        var refusal = state.Decide(new RestartCommands.Ask(Other, By, Wish, Old), last).Refusal!;
        Assert.Equal(RefusalCode.RestartTooOften, refusal.Code);
        Assert.Contains(T0.AddSeconds(61).ToString("yyyy-MM-dd'T'HH:mm:ss", null), refusal.NextStep, StringComparison.Ordinal);

        Assert.IsType<RestartEvents.Requested>(state.Decide(new RestartCommands.Ask(Other, By, Wish, Old), T0.AddSeconds(61)).Fact);
        Assert.IsType<RestartEvents.Requested>(state.Decide(new RestartCommands.Ask(Other, By, Wish with { Folder = "/v2" }, Old), last).Fact);
        Assert.Equal(RestartDecision.Nothing, state.Decide(new RestartCommands.Ask(new CommandId(Request.Client, 1), By, Wish, Old), last));
    }

    [Fact]
    public void Fewer_than_the_limit_may_follow_each_other_at_once() =>
        Assert.NotNull(Asked(RestartLimit.Default.Most - 1).Decide(new RestartCommands.Ask(Other, By, Wish, Old), T0.AddSeconds(20)).Fact);

    // The first one at second 1, and one every second.
    private static RestartState Asked(int times) => Enumerable.Range(1, times).Aggregate(new RestartState(), (state, i) => state
        .Apply(new RestartEvents.Requested(new CommandId(Request.Client, i), By, T0.AddSeconds(i), Wish, Old))
        .Apply(new RestartEvents.Failed(new CommandId(Request.Client, i), By, T0.AddSeconds(i), "no")));

    private static RestartState Given(int done) => Walk.Take(done).Aggregate(new RestartState(), (s, e) => s.Apply(e));

    private static IRestartEvent Decided(RestartState state, IRestartCommand command)
    {
        var decision = state.Decide(command, T0);
        Assert.Null(decision.Refusal);
        return decision.Fact!;
    }

    private static RestartCommands.TakeUp TakeUp(ProcessFacts me, double downtime = 0, string? cause = null, bool undone = false) =>
        new(me, By, T0, downtime, cause, undone);
}
