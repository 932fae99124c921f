using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>How a session stands.</summary>
internal sealed class SessionStatusTool(Gate gate, ILogger log) : OrchestratorTool<SessionStatusTool.Input>(
    gate, log, "orchestrator_session_status",
    "Counts, claims and health of a session.",
    Reads,
    """
    {"type":"object","properties":{"session_id":{"type":"string"}},"required":["session_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) =>
        new(InitializeSessionTool.Known(arguments.RequiredText("session_id", 200, TextRule.OneLine)));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var index = call.Storage.Index;
        var session = SessionFacts.Row(call, input.SessionId);
        var counts = index.Count(session: input.SessionId);
        var claims = index.OpenClaims(input.SessionId, 20).Select(c => new ClaimView(c.TaskId.Value, c.Title, c.Worker, c.Deadline, null));
        var status = SessionFacts.Status(session, call.Storage.Clock.GetUtcNow());
        List<string> degraded =
        [
            .. session.WorkingDirectory is { } directory && !Directory.Exists(directory) ? [$"Its working directory {directory} is not there."] : Array.Empty<string>(),
            .. Count(counts, Protocol.Tasks.TaskPhase.Failed, "failed"), .. Count(counts, Protocol.Tasks.TaskPhase.Blocked, "blocked"),
        ];
        var health = degraded.Count > 0 ? "degraded" : status is "inactive" or "closed" ? "inactive" : "healthy";
        return Task.FromResult(Answer(
            $"Session {input.SessionId} is {status} and {health}: {session.Tasks} tasks, {session.OpenTasks} open, {counts.Ready} ready.",
            new SessionStatusView(
                SessionFacts.Of(session, call.Storage.Clock.GetUtcNow()), counts.ByPhase.ToDictionary(c => Vocabulary.Phases[c.Key], c => c.Value),
                counts.Ready, TaskViews.NullIfEmpty(claims), health, TaskViews.NullIfEmpty(degraded)),
            ToolJson.Default.SessionStatusView));
    }

    private static string[] Count(Actors.TaskIndex.TaskCounts counts, Protocol.Tasks.TaskPhase phase, string word) =>
        counts.ByPhase.GetValueOrDefault(phase) is > 0 and var n ? [$"{n} of its tasks are {word}."] : [];

    internal sealed record Input(SessionId SessionId);
}

internal sealed record SessionStatusView(
    SessionRowView Session, IReadOnlyDictionary<string, long> ByStatus, long Ready, IReadOnlyList<ClaimView>? OpenClaims, string Health,
    IReadOnlyList<string>? Reasons);
