using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

public sealed partial class TaskStateSpecs
{
    private static readonly TimeSpan Ahead = TimeSpan.FromHours(24);

    [Fact]
    public void That_a_due_date_is_near_and_that_it_has_passed_are_noted_once_each()
    {
        var history = Due(in_: TimeSpan.FromHours(30));
        Assert.Equal(RefusalCode.InvalidTaskState, history.Refusal(Note(history)).Code);

        history.Later(TimeSpan.FromHours(6));
        var near = Assert.IsType<TaskEvents.DeadlineApproached>(Assert.Single(history.Do(Note(history))));
        Assert.Equal(history.State.Definition!.DueAt, near.DueAt);
        history.Refusal(Note(history));

        history.Later(TimeSpan.FromHours(24));
        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Do(Note(history))));
        history.Later(TimeSpan.FromDays(100)).Refusal(Note(history));
    }

    [Fact]
    public void A_due_date_that_nobody_saw_coming_has_passed_and_is_not_near()
    {
        var history = Due(in_: TimeSpan.FromHours(30)).Later(TimeSpan.FromDays(9));

        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Do(Note(history))));
        history.Refusal(Note(history));
    }

    [Fact]
    public void A_due_date_has_passed_from_its_very_moment_on()
    {
        var history = Due(in_: TimeSpan.FromHours(1));
        history.Do(Note(history));
        history.Later(TimeSpan.FromHours(1) - TimeSpan.FromTicks(1)).Refusal(Note(history));

        history.Later(TimeSpan.FromTicks(1));

        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Do(Note(history))));
    }

    [Theory]
    [InlineData(Completed)]
    [InlineData(Failed)]
    [InlineData(Cancelled)]
    [InlineData(Archived)]
    public void Nobody_waits_for_a_task_that_is_over(TaskPhase phase)
    {
        var history = Due(in_: TimeSpan.FromHours(1));
        history.Do(Given.Update(history.Id, new TaskChanges { Phase = phase }));

        history.Refusal(Note(history));
        history.Later(TimeSpan.FromHours(2)).Refusal(Note(history));
    }

    [Fact]
    public void A_failed_task_that_is_tried_again_is_overdue_if_it_was_not_before()
    {
        var history = Due(in_: TimeSpan.FromHours(1));
        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Failed }));
        history.Later(TimeSpan.FromHours(2)).Do(Given.Update(history.Id, new TaskChanges { Phase = Pending }));
        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Do(Note(history))));

        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Failed }));
        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Pending }));
        history.Refusal(Note(history));
    }

    [Fact]
    public void Another_due_date_is_watched_anew_and_the_same_one_or_none_is_not()
    {
        var history = Due(in_: TimeSpan.FromHours(1));
        var due = history.State.Definition!.DueAt;
        history.Later(TimeSpan.FromHours(2)).Do(Note(history));

        history.Do(Given.Update(history.Id, new TaskChanges { DueAt = due, Title = "the same date in an edit" }));
        history.Refusal(Note(history));
        history.Do(Given.Update(history.Id, new TaskChanges { DueAt = history.Now.AddHours(5) }));
        Assert.Equal([nameof(TaskEvents.DeadlineApproached)], Names(history.Do(Note(history))));
        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Later(TimeSpan.FromHours(5)).Do(Note(history))));
        history.Do(Given.Update(history.Id, new TaskChanges { DueAt = DateTimeOffset.MinValue }));
        history.Refusal(Note(history));
        // Taken away and set again is another one.
        history.Do(Given.Update(history.Id, new TaskChanges { DueAt = due }));
        Assert.Equal([nameof(TaskEvents.DeadlinePassed)], Names(history.Do(Note(history))));
    }

    [Fact]
    public void Without_a_time_ahead_no_due_date_is_ever_near()
    {
        var history = Due(in_: TimeSpan.FromSeconds(1));

        history.Refusal(Note(history) with { Ahead = TimeSpan.Zero });
    }

    [Fact]
    public void A_task_that_lies_idle_still_does_when_its_due_date_passes()
    {
        var history = Due(in_: TimeSpan.FromHours(1));
        var before = history.State.UpdatedAt;

        history.Later(TimeSpan.FromHours(2)).Do(Note(history));

        Assert.Equal((before, 2), (history.State.UpdatedAt, history.State.Revision));
    }

    private static History Due(TimeSpan in_)
    {
        var plan = Given.Plan();
        return History.Of(plan with { Definition = plan.Definition with { DueAt = History.Start + in_ } });
    }

    private static TaskCommands.NoteDeadline Note(History history) =>
        new(history.Id, new CommandId("deadline-watch", history.State.Revision), "deadline-watch", Ahead);
}
