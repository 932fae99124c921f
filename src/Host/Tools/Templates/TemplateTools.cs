using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>The tools for templates, under the names that they always had.</summary>
internal static class TemplateTools
{
    public static IReadOnlyList<McpServerTool> All(Gate gate, ILogger log) =>
    [
        new TemplateCreateTool(gate, log), new TemplateListTool(gate, log), new TemplateLoadTool(gate, log), new TemplateInstantiateTool(gate, log),
        new TemplateValidateTool(gate, log), new TemplateDeleteTool(gate, log, "template_delete", "Delete a template."), new TemplateInfoTool(gate, log),
        new TemplateInstallExamplesTool(gate, log), new TemplateInstallLibraryTool(gate, log), new TemplateInstallationTool(gate, log),
        new TemplateValidateAllTool(gate, log), new TemplateDeleteTool(gate, log, "template_uninstall", "Remove a template."),
    ];
}
