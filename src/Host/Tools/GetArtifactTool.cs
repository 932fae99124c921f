using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>Gives back a work product, whole or a range of its lines.</summary>
internal sealed class GetArtifactTool(Gate gate, ILogger log) : OrchestratorTool<GetArtifactTool.Input>(
    gate, log, "orchestrator_get_artifact",
    "Read an artifact or some of its lines.",
    Reads,
    """
    {"type":"object","properties":{"artifact_id":{"type":"string"},"start_line":{"type":"integer"},"max_lines":{"type":"integer"}},"required":["artifact_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredText("artifact_id", 200, TextRule.OneLine),
        arguments.Number("start_line", 1, int.MaxValue) ?? 1,
        arguments.Number("max_lines", 1, int.MaxValue) ?? int.MaxValue);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var found = call.Storage.Index.Artifact(new ArtifactId(input.ArtifactId));
        var hash = found?.Artifact.Sha256 ?? (StoredContext.HashOf(input.ArtifactId) is { } stored && call.Storage.Artifacts.Has(stored) ? stored : null)
            ?? throw new RefusedException(new Refusal(
                RefusalCode.ArtifactNotFound, $"There is no artifact '{(input.ArtifactId.Length > 40 ? input.ArtifactId[..40] : input.ArtifactId)}'.",
                "Find ids of artifacts with orchestrator_query_tasks (detail full)."));
        var lines = TextLines.Of(call.Storage.Artifacts.ReadText(hash), input.StartLine, input.MaxLines, TaskPages.MostCharacters);
        if (lines.Count == 0 && input.StartLine > 1)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed,
                $"start_line {input.StartLine} is behind the end: {input.ArtifactId} has {lines.Total} lines.", "Begin earlier."));
        }

        var next = lines.First + lines.Count <= lines.Total ? lines.First + lines.Count : (int?)null;
        return Task.FromResult(Answer(
            lines.Count == lines.Total && !lines.IsCut
                ? $"{input.ArtifactId}: all {lines.Total} lines."
                : $"{input.ArtifactId}: lines {lines.First} to {lines.First + lines.Count - 1} of {lines.Total}"
                    + (lines.IsCut ? ", cut; read the file for all of it." : "."),
            new ArtifactTextView(
                found is null ? null : TaskViews.Of(found), lines.Text, lines.First, lines.Count, lines.Total, next, lines.IsCut ? true : null,
                call.Storage.Artifacts.PathOf(hash)),
            ToolJson.Default.ArtifactTextView));
    }

    internal sealed record Input(string ArtifactId, int StartLine, int MaxLines);
}

internal sealed record ArtifactTextView(
    ArtifactView? Artifact, string Text, int StartLine, int Lines, int TotalLines, int? NextLine, bool? Cut, string File);
