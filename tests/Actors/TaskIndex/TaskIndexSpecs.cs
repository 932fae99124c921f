using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>Questions to the read model, over the production wiring. The specs share one database, so each keeps to a session of its own.</summary>
public sealed class TaskIndexSpecs(TaskIndexSpecs.Shared shared) : IClassFixture<TaskIndexSpecs.Shared>
{
    private readonly RunningOrchestrator _running = shared.Running;
    private readonly SessionId _session = DerivedId.Session(Given.NewCommand());

    [Fact]
    public async Task Every_filter_lets_through_what_it_names()
    {
        var start = _running.Clock.GetUtcNow();
        var plain = await Planned(Given.Definition());
        var other = await Planned(new TaskDefinition(
            "other", "text", TaskKind.Review, TaskComplexity.Trivial, "reviewer", 0, "1 h", start.AddDays(1), null, [new Dependency(plain)]));
        _running.Clock.Advance(TimeSpan.FromHours(1));
        var late = await Planned(Given.Definition("late"));
        await _running.Accepted(Given.Update(late, new TaskChanges { Phase = TaskPhase.Blocked, Note = "why" }));

        Assert.Equal([late, other, plain], Found(new()));
        Assert.Equal([other], Found(new() { Ids = [other, new TaskId("task_none")] }));
        Assert.Equal([late], Found(new() { Phases = [TaskPhase.Blocked, TaskPhase.Failed] }));
        Assert.Equal([plain], Found(new() { ReadyOnly = true }));
        Assert.Equal([other], Found(new() { Specialists = ["reviewer", "nobody"] }));
        Assert.Equal([other], Found(new() { Kinds = [TaskKind.Review] }));
        Assert.Equal([other], Found(new() { Complexities = [TaskComplexity.Trivial] }));
        Assert.Equal([late], Found(new() { CreatedAfter = start.AddHours(1) }));
        Assert.Equal([other, plain], Found(new() { CreatedBefore = start.AddHours(1) }));
        Assert.Equal([plain], Found(new() { Text = "WRITE docs, in full" }));
        Assert.Equal([late], Found(new() { Phases = [TaskPhase.Pending, TaskPhase.Blocked], Text = "late", Kinds = [TaskKind.Standard] }));
        Assert.Empty(Found(new() { Kinds = [TaskKind.Review], Text = "late" }));
        Assert.Empty(_running.Index.Query(new() { Session = new SessionId("ses_none") }, 10, null).Tasks);
    }

    [Fact]
    public async Task The_subtasks_of_a_task_are_its_own_and_not_those_below()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b");
        await _running.Accepted(plan);
        var below = Given.NewCommand();
        await _running.Accepted(new TaskCommands.AddSubtasks(
            plan.Subtasks[0].TaskId, below, Given.Worker, null, [new PlannedTask(DerivedId.Task(below), Given.Definition("below"))]));

        Assert.Equal(plan.Subtasks.Select(s => s.TaskId).OrderBy(i => i.Value), Ids(new() { Parent = plan.TaskId }).OrderBy(i => i.Value));
        Assert.Equal([DerivedId.Task(below)], Ids(new() { Parent = plan.Subtasks[0].TaskId }));
        Assert.Equal(plan.TaskId, _running.Index.Find([DerivedId.Task(below)])[0].Root);
    }

    [Theory]
    [InlineData("100%")]
    [InlineData("a_b")]
    [InlineData("~tilde~")]
    [InlineData("it's \"quoted\"")]
    [InlineData("[x]*?")]
    [InlineData("ünï©ødé 🙂")]
    public async Task A_wildcard_is_an_ordinary_character(string text)
    {
        var task = await Planned(Given.Definition($"before {text} after"));
        await Planned(Given.Definition("100 aXb tilde its x"));

        Assert.Equal([task], Found(new() { Text = text }));
    }

    [Fact]
    public async Task What_changed_comes_in_the_order_of_its_change()
    {
        var tasks = new[] { await Planned(Given.Definition()), await Planned(Given.Definition()), await Planned(Given.Definition()) };
        var position = _running.Index.Position();
        await _running.Accepted(Given.Update(tasks[2], new TaskChanges { Note = "n" }));
        await _running.Accepted(Given.Update(tasks[0], new TaskChanges { Note = "n" }));

        Assert.Equal([tasks[2], tasks[0]], Found(new() { ChangedAfter = position }));
        Assert.Empty(Found(new() { ChangedAfter = _running.Index.Position() }));
    }

    [Fact]
    public async Task The_ready_queue_is_by_priority_then_due_date_then_age()
    {
        var role = $"role{_session}";
        var due = _running.Clock.GetUtcNow();
        var oldest = await Planned(Ready(role, 2, null));
        var soon = await Planned(Ready(role, 2, due.AddDays(1)));
        var later = await Planned(Ready(role, 2, due.AddDays(2)));
        var urgent = await Planned(Ready(role, 0, null));
        var youngest = await Planned(Ready(role, 2, null));
        var past = await Planned(Ready(role, 2, new DateTimeOffset(1960, 1, 1, 0, 0, 0, TimeSpan.Zero)));
        var claimed = await Planned(Ready(role, 0, null));
        await _running.Accepted(Given.Claim(claimed));

        TaskId[] order = [urgent, past, soon, later, oldest, youngest];
        Assert.Equal(order, _running.Index.Ready(10, role).Select(t => t.TaskId));
        Assert.Equal(order[..2], _running.Index.Ready(2, role).Select(t => t.TaskId));
        Assert.Equal(order, Walk(new() { ReadyOnly = true, Session = _session }, 1));
    }

    [Theory]
    [InlineData("newest")]
    [InlineData("change")]
    [InlineData("urgency")]
    public async Task Pages_hold_every_task_once_while_others_are_added(string order)
    {
        for (var i = 0; i < 23; i++)
        {
            await Planned(Given.Definition() with { Priority = i % 3, DueAt = i % 4 == 0 ? null : _running.Clock.GetUtcNow().AddDays(i % 4) });
        }

        var filter = new TaskFilter { Session = _session, ReadyOnly = order == "urgency", ChangedAfter = order == "change" ? 0 : null };
        var atStart = Ids(filter);
        Assert.Equal(23, atStart.Count);

        var walked = new List<TaskId>();
        string? cursor = null;
        do
        {
            var page = _running.Index.Query(filter, 4, cursor);
            walked.AddRange(page.Tasks.Select(t => t.TaskId));
            cursor = page.Cursor;
            await Planned(Given.Definition() with { Priority = walked.Count % 3 });
        }
        while (cursor is not null);

        Assert.Equal(walked.Count, walked.Distinct().Count());
        Assert.Equal(atStart, walked.Where(atStart.Contains));
    }

    [Theory]
    [InlineData("")]
    [InlineData("n")]
    [InlineData("nonsense")]
    [InlineData("nx")]
    [InlineData("n1.2")]
    [InlineData("u1.2.3")]
    [InlineData("c1")]
    [InlineData("n99999999999999999999")]
    [InlineData("n1; DROP TABLE task_index")]
    public void A_cursor_of_another_query_is_refused(string cursor) =>
        Assert.Contains(cursor, Assert.Throws<InvalidCursorException>(() => _running.Index.Query(new(), 10, cursor)).Message, StringComparison.Ordinal);

    [Fact]
    public async Task Counts_are_true()
    {
        var plan = Given.Plan("root").WithSubtasks("a", "b", "c", "d");
        await _running.Accepted(plan);
        var ids = plan.Subtasks.Select(s => s.TaskId).ToList();
        await _running.Accepted(Given.Claim(ids[0]));
        await _running.Accepted(Given.Complete(ids[1]));
        await _running.Accepted(Given.Update(ids[2], new TaskChanges { Phase = TaskPhase.Failed }));

        var counts = _running.Index.Count(plan.TaskId);

        Assert.Equal((4L, 1L, 1L), (counts.Total, counts.Ready, counts.Claimed));
        Assert.All(
            [TaskPhase.InProgress, TaskPhase.Completed, TaskPhase.Failed, TaskPhase.Pending], phase => Assert.Equal(1, counts.ByPhase[phase]));
        var row = _running.Index.Find([plan.TaskId])[0];
        Assert.Equal((4, 2, 1, 25, false), (row.Subtasks, row.OpenSubtasks, row.CompletedSubtasks, row.Progress, row.Ready));
        Assert.Equal(_running.Index.Query(new(), 1, null).Total, _running.Index.Count().Total);
    }

    [Fact]
    public async Task A_result_names_those_it_has_made_ready()
    {
        var first = await Planned(Given.Definition());
        var second = await Planned(Given.Definition());
        var waiting = await Planned(Given.Definition().Needing(first));
        var waitingMore = await Planned(Given.Definition().Needing(first, second));
        await Planned(Given.Definition("related", new Dependency(first, DependencyKind.Related)));
        Assert.Empty(_running.Index.ReadyBecauseOf(first));

        await _running.Accepted(Given.Complete(first));
        Assert.Equal([waiting], _running.Index.ReadyBecauseOf(first).Select(t => t.TaskId));
        await _running.Accepted(Given.Complete(second));
        Assert.Equal([waitingMore], _running.Index.ReadyBecauseOf(second).Select(t => t.TaskId));

        var plan = Given.Plan("root").WithSubtasks("a");
        await _running.Accepted(plan);
        await _running.Accepted(Given.Complete(plan.Subtasks[0].TaskId));
        Assert.Equal([plan.TaskId], _running.Index.ReadyBecauseOf(plan.Subtasks[0].TaskId).Select(t => t.TaskId));
    }

    [Fact]
    public async Task A_claim_is_found_by_its_command_its_session_and_its_deadline()
    {
        var (near, far) = (await Planned(Given.Definition()), await Planned(Given.Definition()));
        var claim = Given.Claim(far, minutes: 60);
        await _running.Accepted(claim);
        await _running.Accepted(Given.Claim(near, minutes: 20));

        Assert.Equal(far, _running.Index.ClaimedBy(claim.CommandId));
        Assert.Null(_running.Index.ClaimedBy(Given.NewCommand()));
        Assert.Equal([near, far], _running.Index.OpenClaims(_session).Select(c => c.TaskId));
        Assert.Single(_running.Index.OpenClaims(_session, limit: 1));
        var now = _running.Clock.GetUtcNow();
        Assert.Contains(near, _running.Index.ExpiredClaims(now.AddMinutes(20), int.MaxValue).Select(c => c.TaskId));
        Assert.DoesNotContain(far, _running.Index.ExpiredClaims(now.AddMinutes(20), int.MaxValue).Select(c => c.TaskId));
        await _running.Accepted(Given.Complete(far, DerivedId.Claim(claim.CommandId)));
        Assert.Equal(far, _running.Index.ClaimedBy(claim.CommandId));
        Assert.Equal([near], _running.Index.OpenClaims(_session).Select(c => c.TaskId));
    }

    [Fact]
    public async Task A_way_of_waiting_is_shown_from_end_to_end()
    {
        var a = await Planned(Given.Definition());
        var b = await Planned(Given.Definition().Needing(a));
        var c = await Planned(Given.Definition().Needing(b));

        Assert.Equal([c, b, a], _running.Index.WaitPath(c, a));
        Assert.Null(_running.Index.WaitPath(a, c));
        Assert.Equal([a], _running.Index.WaitPath(a, a));
        await _running.Accepted(Given.Complete(a));
        await _running.Accepted(Given.Complete(b));
        Assert.Null(_running.Index.WaitPath(c, a));   // what is completed waits no more
        var edge = Assert.Single(_running.Index.DependenciesOf([c]));
        Assert.Equal((b, true, TaskPhase.Completed), (edge.On, edge.Satisfied, edge.Phase));
    }

    [Fact]
    public async Task Work_products_are_found_by_task_and_by_handle()
    {
        var task = await Planned(Given.Definition());
        var first = Given.Complete(task, next: NextAction.Continue);
        var second = Given.Complete(task);
        second = second with { Artifact = second.Artifact with { Files = ["a b.txt", "c/d.cs"] } };
        await _running.Accepted(first);
        await _running.Accepted(second);

        Assert.Equal([1, 2], _running.Index.Artifacts([task]).Select(a => a.Version));
        Assert.Equivalent(second.Artifact, _running.Index.Artifact(second.Artifact.ArtifactId)!.Artifact, strict: true);
        Assert.Empty(_running.Index.Artifact(first.Artifact.ArtifactId)!.Artifact.Files);
        Assert.Null(_running.Index.Artifact(new ArtifactId("art_none")));
    }

    [Fact]
    public void Many_ids_at_once_are_no_problem()
    {
        var ids = Enumerable.Range(0, 40_000).Select(i => new TaskId($"task_{i}")).ToList();

        Assert.Empty(_running.Index.Find(ids));
    }

    private static TaskDefinition Ready(string role, int priority, DateTimeOffset? due) =>
        Given.Definition() with { Specialist = role, Priority = priority, DueAt = due };

    private async Task<TaskId> Planned(TaskDefinition definition)
    {
        var plan = Given.Plan() with { Definition = definition, Session = _session };
        await _running.Accepted(plan);
        return plan.TaskId;
    }

    private List<TaskId> Found(TaskFilter filter) => Ids(filter with { Session = _session });

    private List<TaskId> Ids(TaskFilter filter)
    {
        var page = _running.Index.Query(filter, 100, null);
        Assert.Equal(page.Tasks.Count, page.Total);
        return [.. page.Tasks.Select(t => t.TaskId)];
    }

    private List<TaskId> Walk(TaskFilter filter, int limit)
    {
        var walked = new List<TaskId>();
        string? cursor = null;
        do
        {
            var page = _running.Index.Query(filter, limit, cursor);
            walked.AddRange(page.Tasks.Select(t => t.TaskId));
            cursor = page.Cursor;
        }
        while (cursor is not null);

        return walked;
    }

    /// <summary>One database for all.</summary>
    public sealed class Shared : IAsyncLifetime
    {
        public RunningOrchestrator Running { get; private set; } = null!;

        public async Task InitializeAsync() => Running = await RunningOrchestrator.Start();

        public async Task DisposeAsync() => await Running.DisposeAsync();
    }
}
