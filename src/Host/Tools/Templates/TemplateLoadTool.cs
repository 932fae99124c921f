using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Gives back the text of a template, whole or from a line on.</summary>
internal sealed class TemplateLoadTool(Gate gate, ILogger log) : OrchestratorTool<TemplateLoadTool.Input>(
    gate, log, "template_load", "A template's text.", Reads,
    """
    {"type":"object","properties":{"template_id":{"type":"string"},"start_line":{"type":"integer"}},"required":["template_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        TemplateArguments.Id(arguments), arguments.Word("category", TemplateArguments.Categories), arguments.Number("start_line", 1, int.MaxValue) ?? 1);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var stored = TemplateArguments.Load(call, input.Id, input.Category);
        var lines = TextLines.Of(stored.Content, input.StartLine, int.MaxValue, TaskPages.MostCharacters);
        var category = TemplateArguments.Categories[stored.Category];
        return Task.FromResult(Answer(
            $"{category}/{stored.Id}: lines {lines.First} to {lines.First + lines.Count - 1} of {lines.Total}.",
            new TemplateContentView(
                stored.Id, category, lines.Text, lines.First, lines.Count, lines.Total,
                lines.First + lines.Count <= lines.Total && lines.Count > 0 ? lines.First + lines.Count : null),
            TemplateJson.Default.TemplateContentView));
    }

    internal sealed record Input(string Id, TemplateCategory? Category, int StartLine);
}
