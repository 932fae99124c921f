using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Installs the examples, to be changed.</summary>
internal sealed class TemplateInstallExamplesTool(Gate gate, ILogger log) : OrchestratorTool<TemplateInstallExamplesTool.Input>(
    gate, log, "template_install_examples", "Install examples.", Writes,
    """
    {"type":"object","properties":{}}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        TemplateArguments.Writable(arguments, TemplateCategory.Shared), arguments.Flag("overwrite") ?? false);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var done = TemplateInstallation.Install(call, TemplateLibrary.Examples, input.Category, input.Overwrite);
        return Task.FromResult(Answer(TemplateInstallation.Line(done), done, TemplateJson.Default.TemplateInstalledView));
    }

    internal sealed record Input(TemplateCategory Category, bool Overwrite);
}
