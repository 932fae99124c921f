using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>Removes work products that nobody has added to for a while.</summary>
internal sealed class CleanupPartialsTool(Gate gate, ILogger log) : OrchestratorTool<CleanupPartialsTool.Input>(
    gate, log, "orchestrator_cleanup_partial_artifacts", "Remove unfinished artifacts.", Removes,
    """{"type":"object","properties":{"max_age_hours":{"type":"integer"}}}""")
{
    private const int Shown = 50;

    private static ToolAnnotations Removes => new() { DestructiveHint = true, OpenWorldHint = false };

    protected override Input Bind(ToolArguments arguments) => new(
        TimeSpan.FromHours(arguments.Number("max_age_hours", 1, 24 * 365) ?? 24), arguments.Flag("dry_run") ?? false);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var before = call.Storage.Clock.GetUtcNow() - input.Age;
        var old = call.Storage.Partials.Before(before);
        var removed = input.DryRun ? old : [.. old.Where(p => call.Storage.Partials.Remove(p.ArtifactId, before))];
        if (!input.DryRun)
        {
            call.Storage.Partials.Forget(before);
        }

        return Task.FromResult(Answer(
            $"{removed.Count} unfinished artifacts {(input.DryRun ? "would be" : "were")} removed.",
            new PartialCleanupView(input.DryRun, removed.Count, [.. removed.Take(Shown).Select(p => PartialView.Of(p))], removed.Count > Shown ? true : null),
            PartialJson.Default.PartialCleanupView));
    }

    internal sealed record Input(TimeSpan Age, bool DryRun);
}
