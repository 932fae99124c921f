using Akka.Configuration;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>A due date is noted when it is near and when it has passed: in time, once, and across a restart.</summary>
public sealed class DeadlineWatchSpecs : IAsyncLifetime
{
    private const string Near = "task-deadline-approached";
    private const string Passed = "task-deadline-passed";
    private RunningOrchestrator _running = null!;

    public async Task InitializeAsync() => _running = await RunningOrchestrator.Start();

    public async Task DisposeAsync() => await _running.DisposeAsync();

    [Fact]
    public async Task A_task_is_near_its_due_date_a_day_before_and_overdue_when_it_has_passed()
    {
        var task = await Planned("task", TimeSpan.FromHours(30));
        var tomorrow = await Planned("tomorrow", TimeSpan.FromHours(20));
        await _running.Eventually(() => Noted(tomorrow).Count == 1);
        Assert.Equal([Near], Noted(tomorrow));
        Assert.Empty(Noted(task));

        _running.Clock.Advance(TimeSpan.FromHours(7));
        await _running.Eventually(() => Noted(task).Count == 1);
        Assert.Equal([Near], Noted(task));

        _running.Clock.Advance(TimeSpan.FromHours(24));
        await _running.Eventually(() => Noted(task).Count == 2 && Noted(tomorrow).Count == 2);
        Assert.Equal([Near, Passed], Noted(task));
        Assert.Equal([Near, Passed], Noted(tomorrow));
        Assert.Equal("deadline-watch", _running.Index.History(task, 0, 10)[^1].Event.By);
    }

    [Fact]
    public async Task A_due_date_that_passed_while_nobody_was_running_is_noted_at_the_next_start_and_was_never_near()
    {
        var task = await Planned("task", TimeSpan.FromDays(3));

        await _running.Close();
        _running.Clock.Advance(TimeSpan.FromDays(30));
        await _running.Open();
        await _running.Eventually(() => Noted(task).Count > 0);
        await AllNoted();

        Assert.Equal([Passed], Noted(task));
    }

    [Fact]
    public async Task What_is_noted_is_not_noted_again_by_the_next_process_nor_with_new_tables()
    {
        var (near, passed) = (await Planned("near", TimeSpan.FromHours(1)), await Planned("passed", TimeSpan.FromHours(-1)));
        await _running.Eventually(() => Noted(near).Count == 1 && Noted(passed).Count == 1);

        await _running.Restart();
        await AllNoted();
        await _running.Close();
        await _running.Open("UPDATE projection SET definition = 1");
        await AllNoted();

        Assert.Equal([Near], Noted(near));
        Assert.Equal([Passed], Noted(passed));
        Assert.Equal(0, (await _running.Rebuild()).Corrected);
    }

    [Fact]
    public async Task Another_due_date_is_watched_anew()
    {
        var task = await Planned("task", TimeSpan.FromHours(-1));
        await _running.Eventually(() => Noted(task).Count == 1);

        await _running.Accepted(Given.Update(task, new TaskChanges { DueAt = _running.Clock.GetUtcNow().AddHours(1) }));
        await _running.Eventually(() => Noted(task).Count == 2);
        _running.Clock.Advance(TimeSpan.FromHours(1));
        await _running.Eventually(() => Noted(task).Count == 3);

        Assert.Equal([Passed, Near, Passed], Noted(task));
    }

    [Fact]
    public async Task Tasks_that_are_over_or_have_no_due_date_are_left_alone_and_one_that_is_revived_is_not()
    {
        var (completed, failed, cleared, never) = (
            await Planned("completed", TimeSpan.FromDays(2)), await Planned("failed", TimeSpan.FromDays(2)), await Planned("cleared", TimeSpan.FromDays(2)),
            await Planned("never", null));
        await _running.Accepted(Given.Update(completed, new TaskChanges { Phase = TaskPhase.Completed }));
        await _running.Accepted(Given.Update(failed, new TaskChanges { Phase = TaskPhase.Failed }));
        await _running.Accepted(Given.Update(cleared, new TaskChanges { DueAt = DateTimeOffset.MinValue }));
        _running.Clock.Advance(TimeSpan.FromDays(3));
        await AllNoted();
        Assert.All([completed, failed, cleared, never], t => Assert.Empty(Noted(t)));

        await _running.Accepted(Given.Update(failed, new TaskChanges { Phase = TaskPhase.Pending }));
        await _running.Eventually(() => Noted(failed).Count > 0);

        Assert.Equal([Passed], Noted(failed));
    }

    [Fact]
    public async Task More_due_dates_than_one_page_are_all_noted_also_behind_a_page_of_tasks_that_find_nothing_to_note()
    {
        const int Wrong = 100, Others = 110;
        var plan = Given.Plan("root").WithSubtasks([.. Enumerable.Range(0, Wrong + Others).Select(i => $"task {i}")]);
        var due = _running.Clock.GetUtcNow().AddDays(2);
        await _running.Accepted(plan with
        {
            Subtasks = [.. plan.Subtasks.Select((s, i) => i < Wrong ? s : s with { Definition = s.Definition with { DueAt = due } })],
        });
        await _running.Close();
        _running.Clock.Advance(TimeSpan.FromDays(3));

        // The tables are wrong about these: they have no due date.
        await _running.Open($"UPDATE task_index SET due_at = ordinal, due_to_pass = ordinal WHERE parent_id IS NOT NULL AND ordinal < {Wrong}");

        await _running.Eventually(() => plan.Subtasks.Skip(Wrong).All(s => Noted(s.TaskId).Count == 1));
        Assert.All(plan.Subtasks.Take(Wrong), s => Assert.Empty(Noted(s.TaskId)));
    }

    [Fact]
    public async Task A_database_of_the_version_before_the_watch_is_upgraded_and_its_due_dates_are_watched()
    {
        await using var running = await RunningOrchestrator.Start(prepare: database => File.Copy(Golden.PathOf(Golden.BeforeDueDates), database));
        await running.Eventually(() => Of("late").Count == 1 && Of("soon").Count == 1);

        Assert.Equal([Passed], Of("late"));
        Assert.Equal([Near], Of("soon"));
        Assert.All(["far", "never", "done"], title => Assert.Empty(Of(title)));

        List<string> Of(string title) => Noted(running, running.Index.Query(new() { Text = title }, 5, null).Tasks.Single(t => t.Title == title).TaskId);
    }

    [Theory]
    [InlineData("24h", 24)]
    [InlineData("2d", 48)]
    [InlineData("0s", 0)]
    [InlineData("900d", 366 * 24)]
    [InlineData("infinite", 366 * 24)]
    public void The_time_ahead_has_a_limit(string text, int hours) => Assert.Equal(TimeSpan.FromHours(hours), DeadlineWatchActor.Ahead(Ahead(text)));

    [Theory]
    [InlineData("soon")]
    [InlineData("-3s")]
    public void A_time_ahead_that_is_no_time_is_refused_and_named(string text) => Assert.StartsWith(
        $"orchestrator.tasks.deadline-approaches is no time: '{text}'",
        Assert.Throws<ConfigurationException>(() => DeadlineWatchActor.Ahead(Ahead(text))).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Without_a_time_ahead_nothing_is_near()
    {
        await using var running = await RunningOrchestrator.Start("orchestrator.tasks.deadline-approaches = 0s");
        var plan = Due("task", running.Clock.GetUtcNow().AddMinutes(5));
        await running.Accepted(plan);

        running.Clock.Advance(TimeSpan.FromMinutes(6));
        await running.Eventually(() => Noted(running, plan.TaskId).Count > 0);

        Assert.Equal([Passed], Noted(running, plan.TaskId));
    }

    private static Config Ahead(string text) => ConfigurationFactory.ParseString($"orchestrator.tasks.deadline-approaches = {text}");

    private async Task<TaskId> Planned(string title, TimeSpan? due)
    {
        var plan = Due(title, due is null ? null : _running.Clock.GetUtcNow() + due);
        await _running.Accepted(plan);
        return plan.TaskId;
    }

    private static TaskCommands.Plan Due(string title, DateTimeOffset? at)
    {
        var plan = Given.Plan(title);
        return plan with { Definition = plan.Definition with { DueAt = at } };
    }

    /// <summary>Waits until the watch has been through everything: it notes what comes last, too.</summary>
    private async Task AllNoted()
    {
        var last = await Planned("last", TimeSpan.FromMilliseconds(-1));
        await _running.Eventually(() => Noted(last).Count == 1);
    }

    private List<string> Noted(TaskId task) => Noted(_running, task);

    private static List<string> Noted(RunningOrchestrator running, TaskId task) =>
        [.. running.Index.History(task, 0, 100).Select(h => h.Name).Where(n => n is Near or Passed)];
}
