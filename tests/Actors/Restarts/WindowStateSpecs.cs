using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Actors.Tests.Restarts;

/// <summary>The rules of work within restarts, without any actor.</summary>
public sealed class WindowStateSpecs
{
    private const string By = "spec";
    private static readonly DateTimeOffset T0 = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private static readonly CommandId First = new("0123456789abcdef0123456789abcdef", 1);
    private static readonly CommandId Second = First with { Sequence = 2 };
    private static readonly WindowResult Done = new(WindowWork.Compact, WindowOutcome.Done, "3 removed", 5, 3, 100, 90);

    [Fact]
    public void What_was_asked_for_waits_until_it_was_run()
    {
        var asked = After(new WindowState(), new WindowCommands.Ask(First, By, new WindowWish([WindowWork.Compact], 10)));
        Assert.Equal((First, WindowPhase.Pending), (asked.Pending!.Id, asked.Pending.Phase));

        var ran = After(asked, new WindowCommands.Finish(First, By, 5.5, [Done]));

        Assert.Null(ran.Pending);
        Assert.Equal((WindowPhase.Ran, 5.5, T0), (ran.Last!.Phase, ran.Last.Ms, ran.Last.EndedAt));
        Assert.Equal([Done], ran.Last.Results);
    }

    [Fact]
    public void A_second_request_is_added_to_the_one_that_waits_with_the_longer_budget()
    {
        var both = After(
            After(new WindowState(), new WindowCommands.Ask(First, By, new WindowWish([WindowWork.Vacuum, WindowWork.Compact], 20))),
            new WindowCommands.Ask(Second, By, new WindowWish([WindowWork.Retention, WindowWork.Compact], 10)));

        Assert.Single(both.History);
        Assert.Equal([WindowWork.Compact, WindowWork.Retention, WindowWork.Vacuum], both.Pending!.Wish.Work);
        Assert.Equal(20, both.Pending.Wish.BudgetSeconds);
        Assert.Equal(both.Pending, both.Find(Second));
    }

    [Fact]
    public void A_repeated_request_changes_nothing_even_after_it_was_run()
    {
        var ask = new WindowCommands.Ask(First, By, new WindowWish([WindowWork.Compact], 10));
        var asked = After(new WindowState(), ask);
        Assert.Null(asked.Decide(ask, T0));
        Assert.Null(After(asked, new WindowCommands.Finish(First, By, 1, [Done])).Decide(ask, T0));
    }

    [Fact]
    public void One_that_was_cut_off_waits_for_another_attempt_and_is_then_given_up()
    {
        var asked = After(new WindowState(), new WindowCommands.Ask(First, By, new WindowWish([WindowWork.Vacuum], 10)));

        var once = After(asked, new WindowCommands.Interrupt(First, By, "process 7 ended"));
        Assert.Equal((1, "process 7 ended", WindowPhase.Pending), (once.Pending!.CutOff, once.Pending.Cause, once.Pending.Phase));

        var twice = After(once, new WindowCommands.Interrupt(First, By, "process 8 ended"));
        Assert.Null(twice.Pending);
        Assert.Equal((WindowPhase.Failed, 2, "process 8 ended", T0), (twice.Last!.Phase, twice.Last.CutOff, twice.Last.Cause, twice.Last.EndedAt));
    }

    [Fact]
    public void What_is_told_of_a_window_that_does_not_wait_is_no_fact()
    {
        Assert.Null(new WindowState().Decide(new WindowCommands.Interrupt(First, By, "x"), T0));
        Assert.Null(new WindowState().Decide(new WindowCommands.Finish(First, By, 1, []), T0));
        var other = After(new WindowState(), new WindowCommands.Ask(Second, By, new WindowWish([WindowWork.Compact], 10)));
        Assert.Null(other.Decide(new WindowCommands.Finish(First, By, 1, []), T0));
    }

    [Fact]
    public void Only_the_last_ones_are_remembered()
    {
        var state = Enumerable.Range(1, WindowState.Remembered + 3).Select(i => First with { Sequence = i }).Aggregate(
            new WindowState(), (s, id) => After(
                After(s, new WindowCommands.Ask(id, By, new WindowWish([WindowWork.Compact], 10))), new WindowCommands.Finish(id, By, 1, [Done])));
        Assert.Equal(WindowState.Remembered, state.History.Count);
        Assert.Equal(4, state.History[0].Id.Sequence);
    }

    private static WindowState After(WindowState state, IWindowCommand command) => state.Apply(state.Decide(command, T0)!);
}
