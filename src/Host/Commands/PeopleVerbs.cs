using System.CommandLine;
using Orchestrator.Host.Commands.Backends;
using Orchestrator.Host.Commands.Clients;
using Orchestrator.Host.Commands.Transfer;
using Orchestrator.Host.Commands.Work;

namespace Orchestrator.Host.Commands;

/// <summary>The verbs that people use: one line each.</summary>
internal static class PeopleVerbs
{
    public static IEnumerable<Command> Create() =>
    [
        InstallCommand.Create(),
        UninstallCommand.Create(),
        ClientsCommand.Create(),
        StatusCommand.Create(),
        ListCommand.Create(),
        StopCommand.Create(),
        LogsCommand.Create(),
        DoctorCommand.Create(),
        TasksCommand.Create(),
        ArtifactCommand.Create(),
        SessionCommand.Create(),
        ExportCommand.Create(),
        ImportCommand.Create(),
        CompletionCommand.Create(),
    ];
}
