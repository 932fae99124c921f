using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Says what a template does and which parameters it takes.</summary>
internal sealed class TemplateInfoTool(Gate gate, ILogger log) : OrchestratorTool<TemplateInfoTool.Input>(
    gate, log, "template_info", "Parameters and tasks.", Reads,
    """
    {"type":"object","properties":{"template_id":{"type":"string"}},"required":["template_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        TemplateArguments.Id(arguments), arguments.Word("category", TemplateArguments.Categories));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var stored = TemplateArguments.Load(call, input.Id, input.Category);
        var category = TemplateArguments.Categories[stored.Category];
        var reading = call.Storage.Templates.Read(stored.Id, stored.Content);
        var t = reading.Template;
        return Task.FromResult(Answer(
            t is null ? $"{category}/{stored.Id} cannot be used as it is." : $"{category}/{stored.Id}: {t.Metadata.Name.Value}, {t.Parameters.Count} parameters.",
            new TemplateInfoView(
                stored.Id, category, t is not null, t?.Metadata.Name.Value, t?.Metadata.Version, t?.Metadata.Description.Value, t?.Metadata.Author,
                t?.Metadata.Extends, t?.Metadata.EstimatedDuration, TaskViews.NullIfEmpty(t?.Metadata.Tags ?? []),
                TaskViews.NullIfEmpty(t?.Parameters.Select(TemplateParameterView.Of) ?? []), TaskViews.NullIfEmpty(t is null ? [] : Tasks(t.Tasks, null)),
                TemplateProblemView.Of(reading.Problems)),
            TemplateJson.Default.TemplateInfoView));
    }

    private static IEnumerable<TemplateTaskView> Tasks(IReadOnlyList<TemplateTask> tasks, string? below) => tasks.SelectMany(t => Tasks(t.Children, t.Id).Prepend(
        new TemplateTaskView(
            t.Id, null, t.Title.Value, t.Specialist, below, TaskViews.NullIfEmpty(t.Dependencies.Select(d => d.Value)), null)));

    internal sealed record Input(string Id, TemplateCategory? Category);
}
