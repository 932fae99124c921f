using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>Says what is installed, what is missing, and what was changed since.</summary>
internal sealed class TemplateInstallationTool(Gate gate, ILogger log) : OrchestratorTool<TemplateInstallationTool.Input>(
    gate, log, "template_get_installation_status", "What is installed.", Reads, """{"type":"object","properties":{}}""")
{
    protected override Input Bind(ToolArguments arguments) => new();

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var store = call.Storage.Templates.Store;
        var view = new TemplateInstallationView(
            store.Ids(TemplateCategory.User).Count, store.Ids(TemplateCategory.Shared).Count, store.Ids(TemplateCategory.Builtin).Count,
            TemplateInstallation.Coverage(store, TemplateLibrary.Categories.Keys, TemplateCategory.Builtin),
            TemplateInstallation.Coverage(store, TemplateLibrary.Examples, TemplateCategory.Shared, TemplateCategory.User),
            Path.GetDirectoryName(Path.GetDirectoryName(store.PathOf(TemplateCategory.User, "x")))!);
        return Task.FromResult(Answer(
            $"Library {view.Library.Installed} of {view.Library.Available}, examples {view.Examples.Installed} of {view.Examples.Available}; "
            + $"user {view.User}, shared {view.Shared}, builtin {view.Builtin}.",
            view, TemplateJson.Default.TemplateInstallationView));
    }

    internal sealed record Input;
}
