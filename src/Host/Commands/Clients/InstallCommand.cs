using System.CommandLine;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Commands.Clients;

/// <summary><c>orchestrator install</c></summary>
internal static class InstallCommand
{
    public static Command Create() => Verb.Create(
        "install", "Enter this program into the configuration of the clients on this machine.", Run,
        ClientOptions.Client, ClientOptions.Project, ClientOptions.DryRun);

    private static int Run(ParseResult parsed, Output output)
    {
        var machine = ClientMachine.This;
        var project = ClientOptions.ProjectFolder(parsed);
        var clients = ClientOptions.Named(parsed) ?? [.. KnownClients.All.Where(c => machine.IsPresent(c, project))];
        if (clients.Count == 0)
        {
            throw new CommandFailedException(
                CommandErrorCode.NoClientFound, project is null ? "No client was found." : $"No client has a configuration in {project}.",
                "Name one with --client; 'orchestrator clients' lists them.", ExitCode.NotFound);
        }

        var installer = new ClientInstaller(machine, TimeProvider.System);
        var (entry, dryRun) = (ClientOptions.Entry(parsed), parsed.GetValue(ClientOptions.DryRun));
        return ClientReport.Show(output, "install/1", [.. clients.Select(c => installer.Install(c, project, entry, dryRun))], dryRun);
    }
}
