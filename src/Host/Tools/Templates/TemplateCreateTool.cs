using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Stores a template that is in order.</summary>
internal sealed class TemplateCreateTool(Gate gate, ILogger log) : OrchestratorTool<TemplateCreateTool.Input>(
    gate, log, "template_create", "Store a task template (JSON5).", Writes,
    """
    {"type":"object","properties":{"template_id":{"type":"string"},"template_content":{"type":"string"},"category":{"type":"string"},
    "overwrite":{"type":"boolean"}},"required":["template_id","template_content"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        TemplateArguments.Id(arguments), TemplateArguments.Content(arguments), TemplateArguments.Writable(arguments), arguments.Flag("overwrite") ?? false);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var reading = call.Storage.Templates.Read(input.Id, input.Content);
        if (reading.Template is null)
        {
            throw TemplateArguments.Refuse("The template was not stored.", reading.Problems);
        }

        var category = TemplateArguments.Categories[input.Category];
        var saved = call.Storage.Templates.Store.Save(input.Category, input.Id, input.Content, input.Overwrite);
        var outcome = saved switch
        {
            TemplateSaved.Exists => throw new RefusedException(new Refusal(
                RefusalCode.TemplateExists, $"There is another template '{input.Id}' in {category}.", "Pass overwrite true, or choose another id.")),
            TemplateSaved.Full => throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, $"The category {category} holds {TemplateLimits.PerCategory} templates, and no more are allowed.",
                "Delete some with template_delete.")),
            TemplateSaved.Replaced => "replaced",
            _ => "stored",
        };
        return Task.FromResult(Answer(
            $"{outcome} {category}/{input.Id}: {reading.Template.Tasks.Sum(t => t.All().Count())} tasks, {reading.Template.Parameters.Count} parameters.",
            new TemplateSavedView(
                input.Id, category, outcome, call.Storage.Templates.Store.PathOf(input.Category, input.Id), TemplateProblemView.Of(reading.Problems)),
            TemplateJson.Default.TemplateSavedView));
    }

    internal sealed record Input(string Id, string Content, TemplateCategory Category, bool Overwrite);
}
