using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Host.Tools;

/// <summary>Opens a session, or takes one up again and says what is new.</summary>
internal sealed class InitializeSessionTool(Gate gate, ILogger log) : OrchestratorTool<InitializeSessionTool.Input>(
    gate, log, "orchestrator_initialize_session",
    "Open or resume a session: changes since, open claims, ready tasks.",
    Writes,
    """
    {"type":"object","properties":{"working_directory":{"type":"string"},"session_id":{"type":"string"}}}
    """)
{
    private const int Top = 10;

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Text("working_directory", 4096, TextRule.OneLine), arguments.Text("session_id", 200, TextRule.OneLine));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var index = call.Storage.Index;
        ISessionCommand command = input.SessionId is { } id
            ? new SessionCommands.Resume(Known(id), call.Key, call.By, index.Position())
            : new SessionCommands.Open(DerivedId.Session(call.Key), call.Key, call.By, input.WorkingDirectory, index.Position());
        var session = await call.Send(command, cancellation);

        var news = session.NewsAfter is { } after
            ? await TaskPages.Read(call, new TaskFilter { ChangedAfter = after }, 20, null, Detail.Brief, cancellation)
            : null;
        var mine = session.NewsAfter is null ? [] : index.OpenClaims(session.SessionId).Select(c => c.TaskId).ToHashSet();
        var claims = index.OpenClaims(limit: 20).Select(c => new ClaimView(
            c.TaskId.Value, c.Title, c.Worker, c.Deadline,
            // A handle goes back to the session that planned the task, so that an assistant that lost its context can go on.
            mine.Contains(c.TaskId) || c.Worker == call.By ? c.Token.Value : null));
        var ready = index.Ready(Top).Select(TaskViews.Of).ToList();
        var counts = index.Count();
        return Answer(
            $"Session {session.SessionId}{(news is null ? "" : $" resumed, {news.Total} tasks changed since")}: "
                + $"{counts.Total} tasks, {counts.Ready} ready, {counts.Claimed} claimed.",
            new SessionView(
                session.SessionId.Value, session.WorkingDirectory ?? call.Storage.Workspace, session.OpenedAt, counts.Total, counts.Ready,
                news, TaskViews.NullIfEmpty(claims), TaskViews.NullIfEmpty(ready)),
            ToolJson.Default.SessionView);
    }

    /// <summary>An id of a session in its right form.</summary>
    public static SessionId Known(string id) =>
        id.Length == 17 && id.StartsWith("ses_", StringComparison.Ordinal) && id.Skip(4).All(char.IsAsciiLetterOrDigit)
            ? new SessionId(id)
            : throw new RefusedException(NoSuchSession(id));

    private static Refusal NoSuchSession(string id) => new(
        RefusalCode.SessionNotFound, $"There is no session '{id}'.", "Call orchestrator_initialize_session without session_id to open a new one.");

    internal sealed record Input(string? WorkingDirectory, string? SessionId);
}

internal sealed record SessionView(
    string SessionId, string? WorkingDirectory, DateTimeOffset OpenedAt, long Tasks, long Ready,
    TaskPageView? ChangedSince, IReadOnlyList<ClaimView>? OpenClaims, IReadOnlyList<TaskView>? ReadyTasks);
