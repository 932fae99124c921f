using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Puts a task away, or removes it for good.</summary>
internal sealed class DeleteTaskTool(Gate gate, ILogger log) : OrchestratorTool<DeleteTaskTool.Input>(
    gate, log, "orchestrator_delete_task",
    "Archive a task, or delete it (archive_instead false). force: also if open or needed; subtasks go along.",
    Destroys,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"force":{"type":"boolean"},"archive_instead":{"type":"boolean"}},"required":["task_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"), arguments.Flag("force") ?? false, arguments.Flag("archive_instead") ?? true,
        arguments.Text("reason", TaskLimits.Note, TextRule.Prose));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        ITaskCommand command = input.Archive
            ? new TaskCommands.Archive(input.TaskId, call.Key, call.By, input.Reason, null, input.Force)
            : new TaskCommands.Delete(input.TaskId, call.Key, call.By, input.Reason, input.Force);
        var accepted = await call.Send(command, cancellation);
        var end = EndReport.Read(call, accepted);
        var action = input.Archive ? "archived" : "deleted";
        return Answer(
            $"{(input.Archive ? "Archived" : "Deleted")} {input.TaskId}{end.Summary()}.",
            new RemovalView(
                input.TaskId.Value, action, accepted.Revision, end.PreviousStatus, input.Force, input.Archive,
                end.Of(input.Archive ? ConsequenceKind.Archive : ConsequenceKind.Delete), end.Of(ConsequenceKind.Waive),
                input.Archive ? end.Cause?.ToString().ToLowerInvariant() : null, input.Archive ? end.KeepUntil : null,
                input.Archive ? "orchestrator_restore_task brings it back." : "Its history stays readable with orchestrator_task_history."),
            ToolJson.Default.RemovalView);
    }

    internal sealed record Input(TaskId TaskId, bool Force, bool Archive, string? Reason);
}

/// <summary>Lists hold the first 50; the counts are of all.</summary>
internal sealed record RemovalView(
    string TaskId, string Action, long Version, string? PreviousStatus, bool ForceApplied, bool ArchiveMode, ConcernedView? Subtasks,
    ConcernedView? DependentsReleased, string? Cause, DateTimeOffset? KeepUntil, string NextStep);
