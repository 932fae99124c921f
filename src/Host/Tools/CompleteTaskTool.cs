using System.Text;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Takes work in: first the work product is on disk, then the task's history names it.</summary>
internal sealed class CompleteTaskTool(Gate gate, ILogger log) : OrchestratorTool<CompleteTaskTool.Input>(
    gate, log, "orchestrator_complete_task",
    "Hand in work. continue: more follows; needs_revision: back to pending.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"summary":{"type":"string"},"detailed_work":{"type":"string"},
    "next_action":{"type":"string","enum":["continue","needs_revision","blocked","complete"]},
    "artifact_type":{"type":"string"},
    "file_paths":{"type":"array","items":{"type":"string"}},"claim":{"type":"string"}},"required":["task_id","summary","detailed_work","next_action"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"),
        arguments.RequiredText("summary", TaskLimits.Summary, TextRule.Prose),
        arguments.RequiredText("detailed_work", (int)TaskLimits.Artifact, TextRule.Work),
        arguments.Word("next_action", Vocabulary.NextActions)
            ?? throw arguments.Invalid("next_action", "is missing", $"Use one of {Vocabulary.NextActions.All}."),
        arguments.Word("artifact_type", Vocabulary.ArtifactKinds) ?? ArtifactKind.General,
        // Under their former name as well.
        [.. arguments.Texts("file_paths", TaskLimits.Files, 4096), .. arguments.Texts("legacy_artifacts", TaskLimits.Files, 4096)],
        arguments.Claim("claim"));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var files = Completion.InWorkspace(call, input.Files);
        var content = Encoding.UTF8.GetBytes(input.Work);
        var hash = call.Storage.Artifacts.Save(content);
        var artifact = new ArtifactReference(
            DerivedId.Artifact(call.Key), input.Kind, hash, content.Length, Completion.PlainText, input.Summary, files);
        var (line, view) = await Completion.HandIn(call, input.TaskId, input.Claim, input.Next, artifact, cancellation);
        return Answer(line, view, ToolJson.Default.CompletionView);
    }

    internal sealed record Input(
        TaskId TaskId, string Summary, string Work, NextAction Next, ArtifactKind Kind, IReadOnlyList<string> Files, ClaimToken? Claim);
}
