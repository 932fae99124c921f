using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

public sealed partial class TaskStateSpecs
{
    [Fact]
    public void A_repeated_command_gets_the_answer_of_its_time()
    {
        var history = History.Of(Given.Plan());
        var claim = Given.Claim(history.Id, minutes: 30);
        history.Do(claim);
        var token = history.State.Claim!.Token;
        var granted = new TaskReplies.Accepted(history.Id, 3, InProgress, new ClaimGrant(token, history.Now.AddMinutes(30)));

        history.Later(TimeSpan.FromMinutes(5)).Do(Given.Complete(history.Id, token));

        Assert.Equal(granted, history.Repeated(claim));
        Assert.Empty(history.Do(claim));
        Assert.False(history.State.AsksOthers(claim));
    }

    [Fact]
    public void A_forgotten_command_is_refused_and_not_applied_again()
    {
        var history = History.Of(Given.Plan());
        var notes = Enumerable.Range(0, CommandMemory.Capacity + 1).Select(i => Given.Update(history.Id, new TaskChanges { Note = $"{i}" })).ToList();
        notes.ForEach(n => history.Do(n));

        Assert.Equal(RefusalCode.OutcomeUnknown, history.Refusal(notes[0]).Code);
        Assert.NotNull(history.Repeated(notes[1]));
        Assert.Equal(CommandMemory.Capacity, history.State.Memory.Answers.Count);
        history.Do(Given.Update(history.Id, new TaskChanges { Note = "of another client" }) with { CommandId = new CommandId("another", 1) });
    }

    [Fact]
    public void A_refused_command_is_not_remembered_and_may_be_tried_again()
    {
        var history = History.Of(Given.Plan());
        history.Claim(minutes: 30);
        var second = Given.Claim(history.Id);
        Assert.Equal(RefusalCode.AlreadyClaimed, history.Refusal(second).Code);

        history.Later(TimeSpan.FromMinutes(31)).Do(second);

        Assert.Equal(DerivedId.Claim(second.CommandId), history.State.Claim!.Token);
    }

    [Fact]
    public void The_version_that_a_plan_is_answered_with_is_the_one_after_its_subtasks_exist()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");
        var history = History.Of(plan);

        history.Do(Confirm(plan, plan.Subtasks[0].TaskId));
        history.Do(Confirm(plan, plan.Subtasks[1].TaskId));

        Assert.Equal(history.State.Revision, Assert.IsType<TaskReplies.Accepted>(history.Repeated(plan)).Revision);
        Assert.Empty(history.State.Uncreated);
    }

    [Fact]
    public void Subtasks_that_come_into_being_in_parts_are_confirmed_in_parts_and_once()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");
        var history = History.Of(plan);
        var (a, b) = (plan.Subtasks[0].TaskId, plan.Subtasks[1].TaskId);

        Assert.Single(history.Do(Confirm(plan, a)));
        Assert.Empty(history.Do(Confirm(plan, a)));
        Assert.Equal([b], Assert.IsType<TaskEvents.SubtasksCreated>(Assert.Single(history.Do(Confirm(plan, a, b)))).Created);
    }

    [Fact]
    public void Subtasks_are_confirmed_even_when_their_plan_is_long_forgotten()
    {
        var plan = Given.Plan("root").WithSubtasks("a");
        var history = History.Of(plan);
        for (var i = 0; i <= CommandMemory.Capacity; i++)
        {
            history.Do(Given.Update(history.Id, new TaskChanges { Note = $"{i}" }));
        }

        history.Do(Confirm(plan, plan.Subtasks[0].TaskId));

        Assert.Empty(history.State.Uncreated);
    }
}
