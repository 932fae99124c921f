using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>The rules of a task, without an actor: planning, updates, and what stands in the way.</summary>
public sealed partial class TaskStateSpecs
{
    private static readonly string[] PhaseWithClaim = [nameof(TaskEvents.ClaimReleased), nameof(TaskEvents.StatusChanged)];

    [Fact]
    public void A_plan_is_one_event_with_all_of_its_subtasks()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");

        var history = History.Of(plan);

        Assert.Equal(plan.Subtasks, Assert.IsType<TaskEvents.Planned>(Assert.Single(history.Events)).Subtasks);
        Assert.Equal(plan.Subtasks.Select(s => s.TaskId), history.State.Subtasks);
        Assert.Equal(2, history.State.Uncreated.Count);
        Assert.Equal((Pending, plan.TaskId, 1L), (history.State.Phase, history.State.Root!.Value, history.State.Revision));
    }

    [Fact]
    public void A_task_is_not_planned_over_another_one()
    {
        var history = History.Of(Given.Plan());

        Assert.Equal(RefusalCode.InvalidTaskState, history.Refusal(Given.Plan() with { TaskId = history.Id }).Code);
        Assert.Equal(RefusalCode.InvalidTaskState, history.Refusal(Create(history.Id)).Code);
    }

    [Fact]
    public void A_subtask_that_is_planned_already_is_not_planned_twice_under_another_command()
    {
        var history = History.Of(Given.Plan());
        var first = AddSubtask(history.Id, "a");
        history.Do(first);
        var more = AddSubtask(history.Id, "b");

        history.Do(more with { Subtasks = [.. first.Subtasks, .. more.Subtasks] });
        var nothing = history.State.Decide(first with { CommandId = Given.NewCommand() }, History.Start);

        Assert.Equal([first.Subtasks[0].TaskId, more.Subtasks[0].TaskId], history.State.Subtasks);
        Assert.Empty(nothing.Events);
        Assert.IsType<TaskReplies.Accepted>(nothing.Repeated);
    }

    [Fact]
    public void A_subtask_knows_its_parent_and_its_root()
    {
        var history = History.Nothing();

        history.Do(Create(history.Id));

        Assert.Equal((new TaskId("task_parent"), new TaskId("task_root")), (history.State.Parent!.Value, history.State.Root!.Value));
    }

    [Fact]
    public void Whatever_is_asked_of_a_task_that_does_not_exist_is_refused()
    {
        var nothing = History.Nothing();
        ITaskCommand[] commands =
        [
            Given.Claim(nothing.Id), Given.Update(nothing.Id, new TaskChanges { Note = "n" }), Given.Complete(nothing.Id), AddSubtask(nothing.Id),
            new TaskCommands.ExpireClaim(nothing.Id, Given.NewCommand(), "watch", new ClaimToken("clm_x")),
            new TaskCommands.ConfirmSubtasks(nothing.Id, Given.NewCommand(), "x", [new TaskId("task_a")]),
        ];

        Assert.All(commands, c => Assert.Equal(RefusalCode.TaskNotFound, nothing.Refusal(c).Code));
    }

    [Theory]
    [MemberData(nameof(TaskTransitionSpecs.Pairs), MemberType = typeof(TaskTransitionSpecs))]
    public void An_update_follows_the_table_of_transitions(TaskPhase from, TaskPhase to, bool allowed)
    {
        var history = History.In(from);
        var update = Given.Update(history.Id, new TaskChanges { Phase = to });

        if (from == to)
        {
            Assert.Equal(RefusalCode.ValidationFailed, history.Refusal(update).Code);
        }
        else if (!allowed)
        {
            Assert.Equal(RefusalCode.InvalidTaskState, history.Refusal(update).Code);
        }
        else
        {
            var written = history.Do(update);
            var changed = Assert.IsType<TaskEvents.StatusChanged>(written[^1]);
            Assert.Equal(to == Archived, written is [TaskEvents.Archived, _]);   // with how long it is kept
            Assert.True(to == Archived || written.Count == 1);
            Assert.Equal((from, to, to), (changed.From, changed.To, history.State.Phase));
        }
    }

    [Fact]
    public void A_note_is_the_reason_of_the_change_it_comes_with()
    {
        var history = History.Of(Given.Plan());

        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Blocked, Note = "no access" }));

        Assert.Equal("no access", history.State.Reason);
        Assert.Equal("no access", Assert.Single(history.State.Notes).Text);
    }

    [Fact]
    public void An_update_changes_what_it_names_and_nothing_else()
    {
        var plan = Given.Plan() with { Definition = Given.Definition() with { Effort = "2 h", DueAt = History.Start, Context = "{}" } };
        var history = History.Of(plan);

        history.Do(Given.Update(history.Id, new TaskChanges { Title = "new", Priority = 0, Effort = "", DueAt = DateTimeOffset.MinValue }));

        Assert.Equal(plan.Definition with { Title = "new", Priority = 0, Effort = null, DueAt = null }, history.State.Definition);
    }

    [Fact]
    public void Only_the_last_notes_are_kept_in_the_state()
    {
        var history = History.Of(Given.Plan());

        for (var i = 0; i <= TaskLimits.Notes; i++)
        {
            history.Do(Given.Update(history.Id, new TaskChanges { Note = $"{i}" }));
        }

        Assert.Equal(TaskLimits.Notes, history.State.Notes.Count);
        Assert.Equal(["1", $"{TaskLimits.Notes}"], [history.State.Notes[0].Text, history.State.Notes[^1].Text]);
    }

    [Fact]
    public void An_update_of_another_version_is_refused_and_says_which_one_it_is()
    {
        var history = History.Of(Given.Plan());

        var refusal = history.Refusal(Given.Update(history.Id, new TaskChanges { Note = "n" }, version: 7));

        Assert.Equal(RefusalCode.VersionConflict, refusal.Code);
        Assert.Contains("version 1", refusal.Message, StringComparison.Ordinal);
        Assert.Single(history.Do(Given.Update(history.Id, new TaskChanges { Note = "n" }, version: 1)));
    }

    [Fact]
    public void An_update_that_changes_nothing_is_refused() =>
        Assert.Equal(RefusalCode.ValidationFailed, Refused(History.Of(Given.Plan()), new TaskChanges()));

    [Fact]
    public void An_archived_task_takes_no_edit_no_note_and_no_progress()
    {
        TaskChanges[] all = [new() { Title = "t" }, new() { Note = "n" }, new() { Progress = 3 }, new() { Dependencies = [] }];

        Assert.All(all, c => Assert.Equal(RefusalCode.InvalidTaskState, Refused(History.In(Archived), c)));
    }

    [Fact]
    public void A_completed_task_still_takes_a_note() =>
        Assert.IsType<TaskEvents.Noted>(Assert.Single(Done(History.In(Completed), new TaskChanges { Note = "n" })));

    [Fact]
    public void The_progress_of_a_completed_task_stays_at_a_hundred()
    {
        var history = History.Of(Given.Plan());
        history.Do(Given.Update(history.Id, new TaskChanges { Progress = 40, Phase = Completed }));

        Assert.Equal(100, history.State.Progress);
        Assert.Equal(RefusalCode.InvalidTaskState, Refused(history, new TaskChanges { Progress = 40 }));
    }

    [Theory]
    [InlineData(Completed, true)]
    [InlineData(Cancelled, false)]
    public void An_archived_task_satisfies_others_only_if_it_was_completed(TaskPhase before, bool satisfied)
    {
        var history = History.In(before);

        history.Do(Given.Update(history.Id, new TaskChanges { Phase = Archived }));

        Assert.Equal(satisfied, history.State.Satisfied);
    }

    [Fact]
    public void Closed_tasks_take_no_more_subtasks()
    {
        Assert.All([Pending, InProgress, Blocked], p => Assert.Single(History.In(p).Do(AddSubtask(default))));
        Assert.All(
            [Completed, Failed, Cancelled, Archived],
            p => Assert.Equal(RefusalCode.InvalidTaskState, History.In(p).Refusal(AddSubtask(default)).Code));
    }

    [Fact]
    public void An_event_of_an_unknown_kind_is_not_passed_over() =>
        Assert.Throws<NotSupportedException>(() => History.Of(Given.Plan()).State.Apply(new FromTheFuture()));

    private static string Refused(History history, TaskChanges changes) => history.Refusal(Given.Update(history.Id, changes)).Code;

    private static IReadOnlyList<ITaskEvent> Done(History history, TaskChanges changes) => history.Do(Given.Update(history.Id, changes));

    private static TaskCommands.Create Create(TaskId id) =>
        new(id, Given.NewCommand(), Given.Worker, null, new TaskId("task_parent"), new TaskId("task_root"), 0, History.Start, Given.Definition());

    private static TaskCommands.AddSubtasks AddSubtask(TaskId parent, string title = "sub")
    {
        var command = Given.NewCommand();
        return new TaskCommands.AddSubtasks(
            parent, command, Given.Worker, null, [new PlannedTask(DerivedId.Task(command, title), Given.Definition(title))]);
    }

    private static TaskQueries.Standing Standing(TaskId id, TaskPhase phase) => new(id, phase, phase == Completed);

    private static IEnumerable<string> Names(IEnumerable<ITaskEvent> events) => events.Select(e => e.GetType().Name);

    private sealed record FromTheFuture : ITaskEvent
    {
        public TaskId TaskId => default;

        public CommandId CommandId => default;

        public string By => "";

        public DateTimeOffset At => default;
    }
}
