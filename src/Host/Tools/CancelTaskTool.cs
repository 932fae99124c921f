using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Cancels a task with its open subtasks, and tells those who wait for it.</summary>
internal sealed class CancelTaskTool(Gate gate, ILogger log) : OrchestratorTool<CancelTaskTool.Input>(
    gate, log, "orchestrator_cancel_task",
    "Cancel a task and its open subtasks; who waits for it is told.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"reason":{"type":"string"},"preserve_work":{"type":"boolean"}},"required":["task_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"), arguments.Text("reason", TaskLimits.Note, TextRule.Prose), arguments.Flag("preserve_work") ?? true);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var accepted = await call.Send(new TaskCommands.Cancel(input.TaskId, call.Key, call.By, input.Reason, input.PreserveWork), cancellation);
        var end = EndReport.Read(call, accepted);
        var artifacts = call.Storage.Index.Artifacts([input.TaskId]).Count;
        return Answer(
            $"Cancelled {input.TaskId}{end.Summary()}.",
            new CancellationView(
                input.TaskId.Value, "cancelled", accepted.Revision, end.PreviousStatus, input.Reason, end.Discarded == 0, artifacts,
                end.Discarded == 0 ? null : end.Discarded, end.At, end.Of(ConsequenceKind.Cancel), end.Of(ConsequenceKind.Tell)),
            ToolJson.Default.CancellationView);
    }

    internal sealed record Input(TaskId TaskId, string? Reason, bool PreserveWork);
}

/// <summary>Lists hold the first 50; the counts are of all.</summary>
internal sealed record CancellationView(
    string TaskId, string Status, long Version, string? PreviousStatus, string? Reason, bool WorkPreserved, int ArtifactCount, int? DiscardedArtifacts,
    DateTimeOffset? CancelledAt, ConcernedView? CancelledSubtasks, ConcernedView? DependentsTold);
