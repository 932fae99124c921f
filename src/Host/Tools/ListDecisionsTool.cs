using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>The log of decisions.</summary>
internal sealed class ListDecisionsTool(Gate gate, ILogger log) : OrchestratorTool<ListDecisionsTool.Input>(
    gate, log, "orchestrator_list_decisions",
    "Decisions, newest first.",
    Reads,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"session_id":{"type":"string"},"search_text":{"type":"string"},
    "cursor":{"type":"string"}}}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        new DecisionFilter(
            arguments.Task("task_id"),
            arguments.Text("session_id", 200, TextRule.OneLine) is { } session ? InitializeSessionTool.Known(session) : null,
            arguments.Text("search_text", 500, TextRule.Prose),
            arguments.Text("category", TaskLimits.Name, TextRule.OneLine)?.ToLowerInvariant(),
            arguments.Flag("include_superseded") ?? false),
        arguments.Number("limit", 1, 100) ?? 20,
        arguments.Text("cursor", 50, TextRule.OneLine));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        if (input.Filter.Task is { } task)
        {
            _ = call.Row(task);
        }

        var page = call.Storage.Index.Decisions(input.Filter, input.Limit, input.Cursor);
        var shown = Pages.Fitting(page.Decisions, Size);
        if (shown < page.Decisions.Count)
        {
            page = call.Storage.Index.Decisions(input.Filter, shown, input.Cursor);
        }

        return Task.FromResult(Answer(
            $"{page.Decisions.Count} of {page.Total} decisions{(page.Cursor is null ? "" : "; pass cursor for more")}.",
            new DecisionPageView(page.Total, [.. page.Decisions.Select(DecisionView.Of)], page.Cursor),
            ToolJson.Default.DecisionPageView));
    }

    private static int Size(DecisionEntry d) =>
        200 + d.Decision.Title.Length + d.Decision.Outcome.Length + (d.Decision.Rationale?.Length ?? 0) + d.Decision.Alternatives.Sum(a => a.Length);

    internal sealed record Input(DecisionFilter Filter, int Limit, string? Cursor);
}

internal sealed record DecisionPageView(long Total, IReadOnlyList<DecisionView> Decisions, string? Cursor);

internal sealed record DecisionView(
    string DecisionId, string TaskId, string Title, string Decision, string? Rationale, IReadOnlyList<string>? Alternatives, string? Category,
    string? Supersedes, string? SupersededBy, string By, DateTimeOffset At)
{
    public static DecisionView Of(DecisionEntry d) => new(
        d.Decision.DecisionId.Value, d.TaskId.Value, d.Decision.Title, d.Decision.Outcome, d.Decision.Rationale,
        TaskViews.NullIfEmpty(d.Decision.Alternatives), d.Decision.Category, d.Decision.Supersedes?.Value, d.SupersededBy?.Value, d.By, d.At);
}
