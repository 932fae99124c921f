using System.CommandLine;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands;

internal static class RootCommands
{
    public static RootCommand Create()
    {
        var dataDir = new Option<string?>("--data-dir");
        var workspace = new Option<string?>("--workspace");
        var backend = new Command("backend") { dataDir, workspace };
        backend.SetAction(parsed => BackendProcess.Run(
            new BackendOptions(DataDirectory.Resolve(parsed.GetValue(dataDir), parsed.GetValue(workspace)), BackendOptions.DefaultIdle), TimeProvider.System));
        return new RootCommand { backend };
    }
}
