using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Installs the library, or a part of it, as builtin templates.</summary>
internal sealed class TemplateInstallLibraryTool(Gate gate, ILogger log) : OrchestratorTool<TemplateInstallLibraryTool.Input>(
    gate, log, "template_install_default_library", "Install the library.", Writes,
    """
    {"type":"object","properties":{"overwrite":{"type":"boolean"}}}
    """)
{
    private const string Everything = "all";

    protected override Input Bind(ToolArguments arguments)
    {
        var category = arguments.Text("category", 50, TextRule.OneLine) ?? Everything;
        return category == Everything || TemplateLibrary.Categories.Values.Contains(category)
            ? new Input(category, arguments.Flag("overwrite") ?? false)
            : throw arguments.Invalid(
                "category", "is not a part of the library", $"Use {Everything} or one of {string.Join(", ", TemplateLibrary.Categories.Values.Distinct().Order())}.");
    }

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var ids = TemplateLibrary.Categories.Where(t => input.Category == Everything || t.Value == input.Category).Select(t => t.Key).Order();
        var done = TemplateInstallation.Install(call, ids, TemplateCategory.Builtin, input.Overwrite);
        return Task.FromResult(Answer(TemplateInstallation.Line(done), done, TemplateJson.Default.TemplateInstalledView));
    }

    internal sealed record Input(string Category, bool Overwrite);
}
