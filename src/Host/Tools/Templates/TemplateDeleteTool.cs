using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Moves a template to the trash; known by two names.</summary>
internal sealed class TemplateDeleteTool(Gate gate, ILogger log, string name, string description) : OrchestratorTool<TemplateDeleteTool.Input>(
    gate, log, name, description, Writes,
    """
    {"type":"object","properties":{"template_id":{"type":"string"}},"required":["template_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(TemplateArguments.Id(arguments), TemplateArguments.Writable(arguments));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var category = TemplateArguments.Categories[input.Category];
        return call.Storage.Templates.Store.Delete(input.Category, input.Id, call.Key)
            ? Task.FromResult(Answer(
                $"Deleted {category}/{input.Id}; the file is kept in the trash of the templates folder.", new TemplateGoneView(input.Id, category, true),
                TemplateJson.Default.TemplateGoneView))
            : throw new RefusedException(TemplateArguments.NotFound(input.Id, input.Category));
    }

    internal sealed record Input(string Id, TemplateCategory Category);
}
