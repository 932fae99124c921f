using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>What the tools for work products in pieces do alike.</summary>
internal static class Partials
{
    /// <summary>The id of a work product; nothing else ever becomes part of a path.</summary>
    public static ArtifactId Id(ToolArguments arguments)
    {
        var id = arguments.RequiredText("artifact_id", 200, TextRule.OneLine);
        return PartialArtifactStore.IsId(id)
            ? new ArtifactId(id)
            : throw arguments.Invalid("artifact_id", "is not the id of an artifact", "Take it from orchestrator_list_partial_artifacts.");
    }

    /// <summary>A work product in pieces that is for this task.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static PartialArtifact Of(PartialArtifact? found, ArtifactId id, TaskId task) => found is not null && found.Header.TaskId == task.Value
        ? found
        : throw NotFound(id, task);

    public static RefusedException NotFound(ArtifactId id, TaskId task) => new(new Refusal(
        RefusalCode.ArtifactNotFound, $"There is no artifact {id} in pieces for {task}.", "See orchestrator_list_partial_artifacts."));

    /// <summary>Whether work may be added under this claim; renews its lease.</summary>
    /// <exception cref="RefusedException">It may not.</exception>
    public static async Task Authorise(ToolCall call, TaskId task, ClaimToken? claim, CancellationToken cancellation)
    {
        if (claim is { } token)
        {
            await call.Send(new TaskCommands.Update(task, call.Key, call.By, token, null, new TaskChanges()), cancellation);
            return;
        }

        var row = call.Row(task);
        if (row.ClaimedBy is not null)
        {
            throw new RefusedException(new Refusal(RefusalCode.ClaimRequired, $"{task} is claimed by {row.ClaimedBy}.", "Pass its claim."));
        }

        if (row.Phase is not (TaskPhase.Pending or TaskPhase.InProgress or TaskPhase.Blocked))
        {
            throw new RefusedException(new Refusal(
                RefusalCode.InvalidTaskState, $"{task} is {Vocabulary.Phases[row.Phase]} and takes no more work.", "Plan a new task."));
        }
    }

    /// <summary>
    /// Makes a whole of the pieces: the content under its hash, then the task's history, then a note in place of the pieces. Whatever dies in
    /// between, the same call again goes on.
    /// </summary>
    public static async Task<(string Line, CompletionView View)> Finish(
        ToolCall call, ArtifactId id, PartialHeader header, ClaimToken? claim, CancellationToken cancellation)
    {
        var (hash, size) = call.Storage.Partials.End(id) is { } end && end.Key == call.Key.ToString()
            ? (end.Sha256, end.Size)
            : call.Storage.Artifacts.Save(content => _ = call.Storage.Partials.Read(id, content) ?? throw NotFound(id, new TaskId(header.TaskId)));
        if (!Vocabulary.ArtifactKinds.TryParse(header.Kind, out var kind) || !Vocabulary.NextActions.TryParse(header.Next, out var next))
        {
            throw new ArtifactDamagedException($"{id} was begun by a version that knows other words: {header.Kind}, {header.Next}.");
        }

        var artifact = new ArtifactReference(id, kind, hash, size, Completion.PlainText, header.Summary, header.Files);
        var answer = await Completion.HandIn(
            call, new TaskId(header.TaskId), claim ?? (header.Claim is { } c ? new ClaimToken(c) : null), next, artifact, cancellation);
        if (call.Storage.Partials.End(id) is null)
        {
            call.Storage.Partials.Finish(id, new PartialEnd(header, call.Key.ToString(), hash, size, call.Storage.Clock.GetUtcNow()));
        }

        return answer;
    }
}
