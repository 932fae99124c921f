using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>Finds tasks.</summary>
internal sealed class QueryTasksTool(Gate gate, ILogger log) : OrchestratorTool<QueryTasksTool.Input>(
    gate, log, "orchestrator_query_tasks",
    "Find tasks, newest first; ready: claimable now, best first; detail: brief, full.",
    Reads,
    """
    {"type":"object","properties":{"task_ids":{"type":"array","items":{"type":"string"}},"status":{"type":"array","items":
    {"type":"string","enum":["pending","in_progress","blocked","completed","failed","cancelled","archived"]}},"ready":{"type":"boolean"},
    "parent_task_id":{"type":"string"},"specialist_type":{"type":"array","items":{"type":"string"}},"search_text":{"type":"string"},
    "detail":{"type":"string"},"limit":{"type":"integer"},"cursor":{"type":"string"}}}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        new TaskFilter
        {
            Ids = arguments.Tasks("task_ids", 100),
            Phases = arguments.Words("status", Vocabulary.Phases),
            ReadyOnly = arguments.Flag("ready") ?? false,
            Parent = arguments.Task("parent_task_id"),
            AllLevels = arguments.Flag("include_children") ?? false,
            Specialists = [.. arguments.Texts("specialist_type", 50, 50).Select(s => s.ToLowerInvariant())],
            Kinds = arguments.Words("task_type", Vocabulary.Kinds),
            Complexities = arguments.Words("complexity", Vocabulary.Complexities),
            Text = arguments.Text("search_text", 500, TextRule.Prose),
            Attributes = TaskArguments.AttributeFilter(arguments),
            Session = arguments.Text("session_id", 200, TextRule.OneLine) is { } session ? InitializeSessionTool.Known(session) : null,
            CreatedAfter = arguments.Time("created_after"),
            CreatedBefore = arguments.Time("created_before"),
        },
        (arguments.Flag("include_artifacts"), arguments.Word("detail", Vocabulary.Details)) switch
        {
            (_, { } detail) => detail,
            (true, null) => Detail.Full,   // the reference's word for it
            _ => Detail.Brief,
        },
        arguments.Number("limit", 1, 200) ?? 20,
        arguments.Text("cursor", 200, TextRule.OneLine));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var found = input.Filter.Ids.Count == 0 ? [] : call.Storage.Index.Find(input.Filter.Ids).Select(r => r.TaskId).ToHashSet();
        if (input.Filter.Ids.FirstOrDefault(id => !found.Contains(id)) is { Value: not null } unknown)
        {
            throw new RefusedException(ToolCall.NoSuchTask(unknown.Value));
        }

        var page = await TaskPages.Read(call, input.Filter, input.Limit, input.Cursor, input.Detail, cancellation);
        return Answer(
            $"{page.Tasks.Count} of {page.Total} tasks{(page.Cursor is null ? "" : "; pass cursor for more")}.", page, ToolJson.Default.TaskPageView);
    }

    internal sealed record Input(TaskFilter Filter, Detail Detail, int Limit, string? Cursor);
}
