using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.TaskIndex;

/// <summary>Questions to the read model, over the production wiring. The specs share one database, so each keeps to a session of its own.</summary>
public sealed partial class TaskIndexSpecs(TaskIndexSpecs.Shared shared) : IClassFixture<TaskIndexSpecs.Shared>
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
    public void A_cursor_of_another_query_is_refused(string cursor)
    {
        var refusal = Assert.Throws<InvalidCursorException>(() => _running.Index.Query(new(), 10, cursor));

        Assert.Contains($"'{cursor}'", refusal.Message, StringComparison.Ordinal);
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
