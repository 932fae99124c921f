using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>Holds the files of a task against what was recorded of them.</summary>
internal sealed class VerifyFilesTool(Gate gate, ILogger log) : OrchestratorTool<VerifyFilesTool.Input>(
    gate, log, "orchestrator_verify_files",
    "Compare a task's files with their recorded hashes.",
    Reads,
    """
    {"type":"object","properties":{"task_id":{"type":"string"}},"required":["task_id"]}
    """)
{
    private const int AtOnce = 100;

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"), arguments.Text("cursor", 4096, TextRule.OneLine) ?? "");

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        _ = call.Row(input.TaskId);
        var files = call.Storage.Index.Files(input.TaskId, input.After, AtOnce + 1);
        var page = files.Take(AtOnce).Select(f => Verify(call.Storage.Workspace, f)).ToList();
        var wrong = page.Count(f => f.Verdict != "as_recorded");
        return Task.FromResult(Answer(
            page.Count == 0
                ? $"No files were recorded with {input.TaskId}; begin with orchestrator_track_files."
                : $"{page.Count - wrong} of {page.Count} files of {input.TaskId} are as recorded.",
            new VerificationView(input.TaskId.Value, page.Count > 0 && wrong == 0, page.Count - wrong, wrong, page, files.Count > AtOnce ? page[^1].Path : null),
            ToolJson.Default.VerificationView));
    }

    private static VerifiedFileView Verify(string? workspace, FileEntry recorded)
    {
        string? now;
        string verdict;
        try
        {
            now = WorkspaceFiles.Look(workspace, recorded.Path, "path").Sha256;
            verdict = (recorded.Sha256, now) switch
            {
                var (before, after) when before == after => "as_recorded",
                (_, null) => "missing",
                (null, _) => "there_again",
                _ => "changed",
            };
        }
        catch (Exception e) when (e is RefusedException or IOException or UnauthorizedAccessException)
        {
            (now, verdict) = (null, "unreadable");
        }

        return new VerifiedFileView(recorded.Path, verdict, Vocabulary.FileChanges[recorded.Change], recorded.First, recorded.Sha256, now, recorded.By, recorded.At);
    }

    internal sealed record Input(TaskId TaskId, string After);
}

/// <param name="Path">Relative to the workspace.</param>
/// <param name="Verdict">as_recorded, changed, missing, there_again or unreadable.</param>
/// <param name="LastChange">What became of it between the last two looks.</param>
/// <param name="AtFirst">Its hash at the first look.</param>
/// <param name="Recorded">Its hash at the last look.</param>
/// <param name="Now">Its hash now.</param>
/// <param name="By">Who looked last.</param>
/// <param name="At">When.</param>
internal sealed record VerifiedFileView(
    string Path, string Verdict, string LastChange, string? AtFirst, string? Recorded, string? Now, string By, DateTimeOffset At);

internal sealed record VerificationView(
    string TaskId, bool Verified, int AsRecorded, int NotAsRecorded, IReadOnlyList<VerifiedFileView> Files, string? Cursor);
