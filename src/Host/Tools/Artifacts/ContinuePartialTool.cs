using System.Text;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>Adds a piece; with the last one, the work is handed in.</summary>
internal sealed class ContinuePartialTool(Gate gate, ILogger log) : OrchestratorTool<ContinuePartialTool.Input>(
    gate, log, "orchestrator_continue_partial_artifact", "Add a piece; is_final hands the work in.", Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"artifact_id":{"type":"string"},"additional_content":{"type":"string"},
    "is_final":{"type":"boolean"},"claim":{"type":"string"}},"required":["task_id","artifact_id","additional_content"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"), Partials.Id(arguments),
        arguments.Text("additional_content", (int)TaskLimits.Artifact, TextRule.Work)
            ?? throw arguments.Invalid("additional_content", "is missing", "Pass the next piece; an empty one may end the work."),
        arguments.Flag("is_final") ?? false, arguments.Number("offset", 0, int.MaxValue), arguments.Claim("claim"));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var (store, key) = (call.Storage.Partials, call.Key.ToString());
        var end = store.End(input.Artifact);
        if (end is null || end.Key != key)
        {
            if (await Add(input, call, cancellation) is { } unfinished)
            {
                return unfinished;
            }
        }

        var header = end?.Header ?? Partials.Of(store.Known(input.Artifact), input.Artifact, input.TaskId).Header;
        var (line, view) = await Partials.Finish(call, input.Artifact, header, input.Claim, cancellation);
        return Answer(line, view, ToolJson.Default.CompletionView);
    }

    /// <summary>Adds the piece; null when that was the last one.</summary>
    private static async Task<CallToolResult?> Add(Input input, ToolCall call, CancellationToken cancellation)
    {
        var partial = call.Storage.Partials.Known(input.Artifact);
        if (call.Storage.Index.Artifact(input.Artifact) is { } whole && partial?.LastKey != call.Key.ToString())
        {
            throw new RefusedException(new Refusal(
                RefusalCode.InvalidTaskState, $"{input.Artifact} is whole already: {whole.Artifact.Size} bytes.",
                "Read it with orchestrator_get_artifact."));
        }

        var found = Partials.Of(partial, input.Artifact, input.TaskId);
        var content = Encoding.UTF8.GetBytes(input.Content);
        if (found.Standing.Bytes + content.Length > TaskLimits.Artifact)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, $"additional_content: {input.Artifact} would grow beyond {TaskLimits.Artifact} bytes.",
                "Hand in what is there with an empty last piece, and begin another one."));
        }

        if (input.Offset is { } offset && offset != found.Standing.Bytes && found.LastKey != call.Key.ToString())
        {
            throw Elsewhere(input, found.Standing);   // before anything is asked for, so that nothing was changed
        }

        if (!input.IsFinal)
        {
            // The last piece needs no renewal: handing the work in asks for the claim itself, under the same key.
            await Partials.Authorise(call, input.TaskId, input.Claim ?? Claim(found.Header.Claim), cancellation);
        }

        var (standing, fits) = call.Storage.Partials.Append(input.Artifact, call.Key, content, call.Storage.Clock.GetUtcNow(), input.Offset)
            ?? throw Partials.NotFound(input.Artifact, input.TaskId);
        if (!fits)
        {
            throw Elsewhere(input, standing);
        }

        return input.IsFinal
            ? null
            : Answer(
                $"{input.Artifact} has {standing.Bytes} bytes in {standing.Pieces} pieces.",
                PartialView.Of(input.Artifact.Value, input.TaskId.Value, standing), PartialJson.Default.PartialView);
    }

    private static RefusedException Elsewhere(Input input, PartialStanding standing) => new(new Refusal(
        RefusalCode.VersionConflict, $"offset: {input.Artifact} has {standing.Bytes} bytes, not {input.Offset}; their hash is {standing.Sha256}.",
        "See what is there with orchestrator_resume_partial_artifact, then send what is missing."));

    private static ClaimToken? Claim(string? claim) => claim is null ? null : new ClaimToken(claim);

    internal sealed record Input(TaskId TaskId, ArtifactId Artifact, string Content, bool IsFinal, long? Offset, ClaimToken? Claim);
}
