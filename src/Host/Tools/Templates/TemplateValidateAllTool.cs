using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Judges every stored template, page by page.</summary>
internal sealed class TemplateValidateAllTool(Gate gate, ILogger log) : OrchestratorTool<TemplateValidateAllTool.Input>(
    gate, log, "template_validate_all", "Check all templates.", Reads,
    """
    {"type":"object","properties":{}}
    """)
{
    private const int Page = 200;

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Word("category", TemplateArguments.Categories), arguments.Text("cursor", 100, TextRule.OneLine));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var catalog = call.Storage.Templates;
        var rest = TemplateListTool.All(catalog.Store, input.Category)
            .Where(t => input.Cursor is not { } cursor || string.CompareOrdinal(t.Key, cursor) > 0).ToList();
        var page = rest.Take(Page).ToList();
        var problems = new List<TemplateProblem>();
        var invalid = 0;
        foreach (var (_, category, id) in page)
        {
            cancellation.ThrowIfCancellationRequested();
            if (catalog.Store.Load(id, category) is { } stored && catalog.Read(id, stored.Content) is { Template: null } reading)
            {
                invalid++;
                problems.AddRange(reading.Problems.Where(p => p.IsError));
            }
        }

        return Task.FromResult(Answer(
            $"{page.Count} templates checked: {page.Count - invalid} valid, {invalid} not.",
            new TemplateVerdictsView(
                page.Count, page.Count - invalid, invalid, TemplateProblemView.Of(problems.Take(TemplateLimits.Problems)),
                problems.Count > TemplateLimits.Problems ? true : null, rest.Count > Page ? page[^1].Key : null),
            TemplateJson.Default.TemplateVerdictsView));
    }

    internal sealed record Input(TemplateCategory? Category, string? Cursor);
}
