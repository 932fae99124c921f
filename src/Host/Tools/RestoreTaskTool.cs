using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Brings an archived task back.</summary>
internal sealed class RestoreTaskTool(Gate gate, ILogger log) : OrchestratorTool<RestoreTaskTool.Input>(
    gate, log, "orchestrator_restore_task",
    "Bring an archived task and its archived subtasks back.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"}},"required":["task_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(arguments.RequiredTask("task_id"));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var accepted = await call.Send(new TaskCommands.Restore(input.TaskId, call.Key, call.By), cancellation);
        var end = EndReport.Read(call, accepted);
        var status = Vocabulary.Phases[accepted.Phase];
        return Answer(
            $"Restored {input.TaskId} as {status}{end.Summary()}.",
            new RestorationView(input.TaskId.Value, status, accepted.Revision, end.Of(ConsequenceKind.Restore)),
            ToolJson.Default.RestorationView);
    }

    internal sealed record Input(TaskId TaskId);
}

internal sealed record RestorationView(string TaskId, string Status, long Version, ConcernedView? Subtasks);
