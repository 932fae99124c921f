using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;

namespace Orchestrator.Host.Tools;

/// <summary>Names by which tools were once known, in prompts that people still use. Never listed; each does what its successor does.</summary>
internal static class FormerNames
{
    private static readonly (string Former, string Now)[] Renamed =
    [
        ("orchestrator_create_generic_task", "orchestrator_plan_task"),
        ("orchestrator_execute_subtask", "orchestrator_execute_task"),
        ("orchestrator_complete_subtask", "orchestrator_complete_task"),
    ];

    public static IEnumerable<McpServerTool> Of(IReadOnlyDictionary<string, McpServerTool> tools) =>
        Renamed.Select(r => new FormerName(r.Former, tools[r.Now]));

    private sealed class FormerName(string name, McpServerTool successor) : McpServerTool
    {
        public override Tool ProtocolTool { get; } = new()
        {
            Name = name,
            Description = successor.ProtocolTool.Description,
            Annotations = successor.ProtocolTool.Annotations,
            InputSchema = successor.ProtocolTool.InputSchema,
        };

        public override IReadOnlyList<object> Metadata => [];

        public override ValueTask<CallToolResult> InvokeAsync(
            RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default) =>
            successor.InvokeAsync(request, cancellationToken);
    }
}
