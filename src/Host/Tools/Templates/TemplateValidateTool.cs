using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Says everything that is wrong with a document, and stores nothing.</summary>
internal sealed class TemplateValidateTool(Gate gate, ILogger log) : OrchestratorTool<TemplateValidateTool.Input>(
    gate, log, "template_validate", "Check a template's text.", Reads,
    """
    {"type":"object","properties":{"template_content":{"type":"string"}},"required":["template_content"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(TemplateArguments.Content(arguments));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var reading = call.Storage.Templates.Read("template_content", input.Content);
        var errors = reading.Problems.Count(p => p.IsError);
        return Task.FromResult(Answer(
            reading.Template is null
                ? $"Not valid: {errors} errors; the first at {reading.Problems.First(p => p.IsError).At}."
                : $"Valid: {reading.Problems.Count} warnings.",
            new TemplateVerdictView(
                reading.Template is not null, errors, reading.Problems.Count - errors, TemplateProblemView.Of(reading.Problems),
                reading.Template?.Tasks.Sum(t => t.All().Count()), reading.Template?.Parameters.Select(p => p.Name).ToList()),
            TemplateJson.Default.TemplateVerdictView));
    }

    internal sealed record Input(string Content);
}
