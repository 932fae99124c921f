using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>The whole picture for an assistant that has lost its context: what it holds, what changed, what was decided, what comes next.</summary>
internal sealed class ResumeSessionTool(Gate gate, ILogger log) : OrchestratorTool<ResumeSessionTool.Input>(
    gate, log, "orchestrator_resume_session",
    "Come back to a session: claims, changes, decisions, results, next tasks.",
    Writes,
    """
    {"type":"object","properties":{"session_id":{"type":"string"}},"required":["session_id"]}
    """)
{
    private const int Top = 10;
    private const int Described = 5;

    protected override Input Bind(ToolArguments arguments) =>
        new(InitializeSessionTool.Known(arguments.RequiredText("session_id", 200, TextRule.OneLine)));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var index = call.Storage.Index;
        var ready = await call.Send(
            new SessionCommands.Resume(input.SessionId, call.Key, call.By, index.Position()), cancellation);
        var session = SessionFacts.Row(call, input.SessionId);
        var counts = index.Count(session: input.SessionId);
        var news = await TaskPages.Read(call, new TaskFilter { ChangedAfter = ready.NewsAfter ?? 0 }, 20, null, Detail.Brief, cancellation);
        var claims = await Claims(call, input.SessionId, cancellation);
        var next = index.Query(new TaskFilter { Session = input.SessionId, ReadyOnly = true }, Top, null).Tasks;
        if (next.Count == 0)
        {
            next = index.Ready(Top);
        }

        var decisions = index.Decisions(new DecisionFilter(null, input.SessionId, null, null, false), Top, null);
        var view = new ResumedSessionView(
            SessionFacts.Of(session, call.Storage.Clock.GetUtcNow()), counts.ByPhase.ToDictionary(c => Vocabulary.Phases[c.Key], c => c.Value),
            claims, news,
            List(index, input.SessionId, TaskPhase.InProgress), List(index, input.SessionId, TaskPhase.Blocked), List(index, input.SessionId, TaskPhase.Failed),
            TaskViews.NullIfEmpty(decisions.Decisions.Select(Shortened)), decisions.Total, Results(index, input.SessionId),
            TaskViews.NullIfEmpty(next.Select(TaskViews.Of)), NextSteps(claims, counts, next, news));
        return Answer(
            $"Session {input.SessionId} resumed: {session.Tasks} tasks, {session.OpenTasks} open, {claims?.Count ?? 0} claimed; {news.Total} tasks changed since.",
            view, ToolJson.Default.ResumedSessionView);
    }

    private static async Task<List<HeldTaskView>?> Claims(ToolCall call, SessionId session, CancellationToken cancellation)
    {
        var held = call.Storage.Index.OpenClaims(session, Top);
        var views = new List<HeldTaskView>();
        foreach (var claim in held)
        {
            var task = views.Count < Described ? await call.Storage.Tasks.Details(claim.TaskId, cancellation) : null;
            views.Add(new HeldTaskView(
                claim.TaskId.Value, claim.Title, claim.Worker, claim.Deadline, claim.Token.Value,
                task is null ? null : Pages.Cut(task.Definition.Description, 2_000), task?.Definition.Specialist, task?.Progress,
                TaskViews.NullIfEmpty((task?.Notes ?? []).TakeLast(3).Select(n => new NoteView(n.By, n.At, Pages.Cut(n.Text, 500)))),
                task?.Artifacts is [.., var last] ? Pages.Cut(last.Artifact.Summary, 500) : null));
        }

        return views.Count == 0 ? null : views;
    }

    private static IReadOnlyList<TaskView>? List(ITaskIndex index, SessionId session, TaskPhase phase) => TaskViews.NullIfEmpty(
        index.Query(new TaskFilter { Session = session, Phases = [phase] }, Top, null).Tasks.Select(TaskViews.Of)
            .Select(t => t with { Reason = t.Reason is null ? null : Pages.Cut(t.Reason, 300) }));

    private static IReadOnlyList<ArtifactView>? Results(ITaskIndex index, SessionId session)
    {
        var completed = index.Query(new TaskFilter { Session = session, Phases = [TaskPhase.Completed] }, 50, null).Tasks
            .OrderByDescending(t => t.ClosedAt).Take(Described).Select(t => t.TaskId).ToList();
        return TaskViews.NullIfEmpty(index.Artifacts(completed).GroupBy(a => a.TaskId).Select(g => TaskViews.Of(g.Last()))
            .Select(a => a with { Summary = Pages.Cut(a.Summary, 500), Files = a.Files is null ? null : [.. a.Files.Take(10)] }));
    }

    private static DecisionView Shortened(DecisionEntry d) => DecisionView.Of(d) with
    {
        Decision = Pages.Cut(d.Decision.Outcome, 500),
        Rationale = d.Decision.Rationale is null ? null : Pages.Cut(d.Decision.Rationale, 300),
        Alternatives = null,
    };

    private static List<string> NextSteps(List<HeldTaskView>? claims, TaskCounts counts, IReadOnlyList<TaskRow> next, TaskPageView news)
    {
        var steps = new List<string>();
        foreach (var claim in (claims ?? []).Take(3))
        {
            steps.Add($"Go on with {claim.TaskId} under claim {claim.Claim} until {claim.LeaseUntil:yyyy-MM-dd'T'HH:mm:ss'Z'}; renew it with orchestrator_update_task.");
        }

        if (counts.ByPhase.GetValueOrDefault(TaskPhase.Blocked) + counts.ByPhase.GetValueOrDefault(TaskPhase.Failed) is > 0 and var stuck)
        {
            steps.Add($"{stuck} tasks of the session are blocked or failed; their reasons are above.");
        }

        if (news.Cursor is not null)
        {
            steps.Add("More has changed than is shown; read on with orchestrator_get_status (since).");
        }

        steps.Add(next.Count > 0
            ? $"Then take {next[0].TaskId} with orchestrator_execute_task."
            : "Nothing is ready to be taken; plan with orchestrator_plan_task, or see what holds tasks up with orchestrator_get_status.");
        return steps;
    }

    internal sealed record Input(SessionId SessionId);
}

/// <summary>A task that somebody works on in this session, with the handle to go on. The first five come with what they are about.</summary>
internal sealed record HeldTaskView(
    string TaskId, string Title, string Worker, DateTimeOffset LeaseUntil, string Claim, string? Description, string? SpecialistType, int? Progress,
    IReadOnlyList<NoteView>? LastNotes, string? LastSummary);

internal sealed record ResumedSessionView(
    SessionRowView Session, IReadOnlyDictionary<string, long> ByStatus, IReadOnlyList<HeldTaskView>? OpenClaims, TaskPageView ChangedSince,
    IReadOnlyList<TaskView>? InProgress, IReadOnlyList<TaskView>? Blocked, IReadOnlyList<TaskView>? Failed, IReadOnlyList<DecisionView>? Decisions,
    long DecisionsInAll, IReadOnlyList<ArtifactView>? RecentResults, IReadOnlyList<TaskView>? ReadyTasks, IReadOnlyList<string> NextSteps);
