using System.Text;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>Hands in work whole, or begins to hand it in in pieces.</summary>
internal sealed class BeginPartialTool(Gate gate, ILogger log) : OrchestratorTool<BeginPartialTool.Input>(
    gate, log, "orchestrator_complete_subtask_enhanced", "Hand in work; with is_final false, its first piece.", Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"summary":{"type":"string"},"detailed_work":{"type":"string"},
    "next_action":{"type":"string"},"is_final":{"type":"boolean"},"claim":{"type":"string"}},"required":["task_id","summary","detailed_work","next_action"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"), arguments.RequiredText("summary", TaskLimits.Summary, TextRule.Prose),
        arguments.RequiredText("detailed_work", (int)TaskLimits.Artifact, TextRule.Work),
        arguments.Word("next_action", Vocabulary.NextActions)
            ?? throw arguments.Invalid("next_action", "is missing", $"Use one of {Vocabulary.NextActions.All}."),
        arguments.Word("artifact_type", Vocabulary.ArtifactKinds) ?? ArtifactKind.General, arguments.Texts("file_paths", TaskLimits.Files, 4096),
        arguments.Flag("is_final") ?? true, arguments.Claim("claim"));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var id = DerivedId.Artifact(call.Key);
        var header = new PartialHeader(
            input.TaskId.Value, Vocabulary.ArtifactKinds[input.Kind], Vocabulary.NextActions[input.Next], input.Summary,
            Completion.InWorkspace(call, input.Files), input.Claim?.Value, call.By);
        var content = Encoding.UTF8.GetBytes(input.Work);
        if (input.IsFinal)
        {
            var hash = call.Storage.Artifacts.Save(content);
            var artifact = new ArtifactReference(id, input.Kind, hash, content.Length, Completion.PlainText, input.Summary, header.Files);
            var (line, view) = await Completion.HandIn(call, input.TaskId, input.Claim, input.Next, artifact, cancellation);
            return Answer(line, view, ToolJson.Default.CompletionView);
        }

        await Partials.Authorise(call, input.TaskId, input.Claim, cancellation);
        var standing = call.Storage.Partials.Begin(id, header, call.Key, content, call.Storage.Clock.GetUtcNow());
        return Answer(
            $"Stored the first {standing.Bytes} bytes of {id}. Go on with orchestrator_continue_partial_artifact.",
            PartialView.Of(id.Value, input.TaskId.Value, standing), PartialJson.Default.PartialView);
    }

    internal sealed record Input(
        TaskId TaskId, string Summary, string Work, NextAction Next, ArtifactKind Kind, IReadOnlyList<string> Files, bool IsFinal, ClaimToken? Claim);
}
