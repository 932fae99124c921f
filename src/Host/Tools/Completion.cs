using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>The end of every way to hand in work: the work product is on disk, now the task's history names it.</summary>
internal static class Completion
{
    public const string PlainText = "text/plain; charset=utf-8";

    /// <summary>Files as their paths within the workspace.</summary>
    /// <exception cref="RefusedException">One leads out of it.</exception>
    public static IReadOnlyList<string> InWorkspace(ToolCall call, IEnumerable<string> files) =>
        [.. files.Select(f => WorkspaceFiles.Relative(call.Storage.Workspace, f, "file_paths")).Distinct()];

    /// <summary>Hands the work in, and says what became of the task and of those that waited for it.</summary>
    public static async Task<(string Line, CompletionView View)> HandIn(
        ToolCall call, TaskId task, ClaimToken? claim, NextAction next, ArtifactReference artifact, CancellationToken cancellation)
    {
        var accepted = await call.Send(new TaskCommands.Complete(task, call.Key, call.By, claim, next, artifact), cancellation);
        if (artifact.Files.Count > 0 && call.Storage.Index.Artifact(artifact.ArtifactId) is { } stored)
        {
            var work = new TaskArtifact(stored.Version, stored.By, stored.At, artifact);
            call.Storage.Mirror.Write(task, work, call.Storage.Artifacts.PathOf(artifact.Sha256));
        }

        var row = call.Row(task);
        var parent = row.Parent is { } p ? call.Row(p) : null;
        var ready = call.Storage.Index.ReadyBecauseOf(task);
        return (
            $"{task} is {Vocabulary.Phases[accepted.Phase]}; stored {artifact.ArtifactId} ({artifact.Size} bytes)."
            + (ready.Count == 0 ? "" : $" Ready now: {string.Join(", ", ready.Take(5).Select(r => r.TaskId))}."),
            new CompletionView(
                task.Value, Vocabulary.Phases[accepted.Phase], accepted.Revision, artifact.ArtifactId.Value, artifact.Size, artifact.Sha256,
                accepted.Claim?.Token.Value, accepted.Claim?.Deadline, parent is null ? null : TaskViews.ProgressOf(parent),
                TaskViews.NullIfEmpty(ready.Select(TaskViews.Of))));
    }
}

internal sealed record CompletionView(
    string TaskId, string Status, long Version, string ArtifactId, long Size, string Sha256, string? Claim, DateTimeOffset? LeaseUntil,
    ProgressView? Parent, IReadOnlyList<TaskView>? NewlyReady);
