using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools.Artifacts;

/// <summary>Lists work products that are not whole yet.</summary>
internal sealed class ListPartialsTool(Gate gate, ILogger log) : OrchestratorTool<ListPartialsTool.Input>(
    gate, log, "orchestrator_list_partial_artifacts", "Unfinished artifacts.", Reads,
    """{"type":"object","properties":{}}""")
{
    private const int Page = 50;

    protected override Input Bind(ToolArguments arguments) => new(arguments.Text("cursor", 50, TextRule.OneLine));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var all = call.Storage.Partials.Ids();
        var rest = all.Where(id => input.Cursor is null || string.CompareOrdinal(id.Value, input.Cursor) > 0).ToList();
        var (views, damaged) = (new List<PartialView>(), new List<string>());
        foreach (var id in rest.Take(Page))
        {
            cancellation.ThrowIfCancellationRequested();
            try
            {
                if (call.Storage.Partials.Read(id) is { } partial)
                {
                    views.Add(PartialView.Of(partial));
                }
            }
            catch (ArtifactDamagedException)
            {
                damaged.Add(id.Value);
            }
        }

        return Task.FromResult(Answer(
            $"{all.Count} unfinished artifacts.",
            new PartialListView(all.Count, views, TaskViews.NullIfEmpty(damaged), rest.Count > Page ? rest[Page - 1].Value : null),
            PartialJson.Default.PartialListView));
    }

    internal sealed record Input(string? Cursor);
}
