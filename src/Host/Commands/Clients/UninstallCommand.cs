using System.CommandLine;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Commands.Clients;

/// <summary><c>orchestrator uninstall</c></summary>
internal static class UninstallCommand
{
    public static Command Create() => Verb.Create(
        "uninstall", "Take this program out of the configuration of clients; an entry that was there before comes back. No work is deleted.", Run,
        ClientOptions.Client, ClientOptions.Project, ClientOptions.DryRun);

    private static int Run(ParseResult parsed, Output output)
    {
        var machine = ClientMachine.This;
        var project = ClientOptions.ProjectFolder(parsed);
        var clients = ClientOptions.Named(parsed) ?? [.. KnownClients.All.Where(c => machine.IsPresent(c, project))];
        var installer = new ClientInstaller(machine, TimeProvider.System);
        var dryRun = parsed.GetValue(ClientOptions.DryRun);
        return ClientReport.Show(output, "uninstall/1", [.. clients.Select(c => installer.Uninstall(c, project, dryRun))], dryRun);
    }
}
