using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Looks at files and records what became of them since the look before: hashes that the server took itself, not what somebody says.</summary>
internal sealed class TrackFilesTool(Gate gate, ILogger log) : OrchestratorTool<TrackFilesTool.Input>(
    gate, log, "orchestrator_track_files",
    "Hash files before and after you change them.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"paths":{"type":"array","items":{"type":"string"}}},"required":["task_id","paths"]}
    """)
{
    private const int AtOnce = 100;

    protected override Input Bind(ToolArguments arguments)
    {
        var paths = arguments.Texts("paths", AtOnce, 4096);
        return paths.Count > 0 ? new Input(arguments.RequiredTask("task_id"), paths) : throw arguments.Invalid("paths", "is empty", "Name files.");
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var looks = input.Paths.Select(p => WorkspaceFiles.Look(call.Storage.Workspace, p, "paths")).DistinctBy(f => f.Path).ToList();
        var accepted = await call.Send(new TaskCommands.RecordFiles(input.TaskId, call.Key, call.By, looks), cancellation);
        var files = call.Storage.Index.History(input.TaskId, accepted.Revision - 1, 1).Select(h => h.Event).OfType<TaskEvents.FilesRecorded>()
            .SelectMany(e => e.Files).Select(f => new TrackedFileView(f.Path, Vocabulary.FileChanges[f.Change], f.Before, f.After, f.Size)).ToList();
        var changed = files.Count(f => f.Change is not ("observed" or "unchanged"));
        return Answer(
            $"Looked at {files.Count} files of {input.TaskId}: {changed} changed since the look before.",
            new TrackedFilesView(input.TaskId.Value, accepted.Revision, changed, files), ToolJson.Default.TrackedFilesView);
    }

    internal sealed record Input(TaskId TaskId, IReadOnlyList<string> Paths);
}

internal sealed record TrackedFileView(string Path, string Change, string? Before, string? After, long Size);

internal sealed record TrackedFilesView(string TaskId, long Version, int Changed, IReadOnlyList<TrackedFileView> Files);
