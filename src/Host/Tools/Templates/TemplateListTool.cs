using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Lists templates, page by page.</summary>
internal sealed class TemplateListTool(Gate gate, ILogger log) : OrchestratorTool<TemplateListTool.Input>(
    gate, log, "template_list", "List templates.", Reads,
    """
    {"type":"object","properties":{"category":{"type":"string"},"cursor":{"type":"string"}}}
    """)
{
    private const int Page = 100;
    private const int PageWithMetadata = 25;   // each of them is read and judged

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Word("category", TemplateArguments.Categories), arguments.Flag("include_metadata") ?? false,
        arguments.Text("cursor", 100, TextRule.OneLine));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var all = All(call.Storage.Templates.Store, input.Category);
        var rest = input.Cursor is { } cursor ? all.Where(t => string.CompareOrdinal(t.Key, cursor) > 0).ToList() : all;
        var size = input.WithMetadata ? PageWithMetadata : Page;
        var page = rest.Take(size).ToList();
        var rows = page.ConvertAll(t => Row(call, t.Category, t.Id, input.WithMetadata));
        return Task.FromResult(Answer(
            all.Count == 0 ? "No templates; template_install_default_library and template_install_examples bring some." : $"{page.Count} of {all.Count} templates.",
            new TemplateListView(all.Count, rows, rest.Count > size ? page[^1].Key : null), TemplateJson.Default.TemplateListView));
    }

    /// <summary>All templates in the order of pages.</summary>
    internal static List<(string Key, TemplateCategory Category, string Id)> All(TemplateStore store, TemplateCategory? category) =>
    [
        .. Enum.GetValues<TemplateCategory>().Where(c => category is null || c == category)
            .SelectMany(c => store.Ids(c).Select(id => ($"{TemplateArguments.Categories[c]}/{id}", c, id))).OrderBy(t => t.Item1, StringComparer.Ordinal),
    ];

    private static TemplateRowView Row(ToolCall call, TemplateCategory category, string id, bool withMetadata)
    {
        var word = TemplateArguments.Categories[category];
        if (!withMetadata || call.Storage.Templates.Store.Load(id, category) is not { } stored)
        {
            return new TemplateRowView(id, word, null, null, null, null, null, null);
        }

        var template = call.Storage.Templates.Read(id, stored.Content).Template;
        return template is null
            ? new TemplateRowView(id, word, null, null, null, null, null, false)
            : new TemplateRowView(
                id, word, template.Metadata.Name.Value, template.Metadata.Version, Short(template.Metadata.Description.Value),
                template.Tasks.Sum(t => t.All().Count()), TaskViews.NullIfEmpty(template.Metadata.Tags.Take(10)), true);
    }

    private static string Short(string text) => text.Length <= 300 ? text : $"{text[..300]}...";

    internal sealed record Input(TemplateCategory? Category, bool WithMetadata, string? Cursor);
}
