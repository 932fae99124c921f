using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Commands.Clients;

/// <summary><c>orchestrator clients</c></summary>
internal static class ClientsCommand
{
    public static Command Create() => Verb.Create(
        "clients", "Show the clients that are known, which of them are here, and what they start.", Run, ClientOptions.Project);

    private static int Run(ParseResult parsed, Output output)
    {
        var project = ClientOptions.ProjectFolder(parsed);
        var installer = new ClientInstaller(ClientMachine.This, TimeProvider.System);
        var found = KnownClients.All.Where(c => project is null || c.Project is not null)
            .Select(c => installer.Look(c, project, OwnProgram.ForClients)).ToList();
        output.Table(["client", "name", "state", "file"], found.Select(f => new[]
        {
            f.Client.Id, f.Client.Name, ClientReport.Name(f.State) + (f.State is ClientState.PointsElsewhere or ClientState.PointsNowhere
                ? $" ({f.Command!.Executable})" : f.Trouble is { } trouble ? $" ({trouble})" : ""), f.File,
        }));
        if (output.IsJson)
        {
            Output.Json("clients/1", new JsonObject
            {
                ["command"] = OwnProgram.ForClients.Executable,
                ["clients"] = new JsonArray([.. found.Select(f => (JsonNode)new JsonObject
                {
                    ["client"] = f.Client.Id,
                    ["name"] = f.Client.Name,
                    ["state"] = ClientReport.Name(f.State),
                    ["file"] = f.File,
                    ["command"] = f.Command?.Executable,
                    ["arguments"] = f.Command is { } c ? new JsonArray([.. c.Arguments.Select(a => (JsonNode)JsonValue.Create(a))]) : null,
                    ["trouble"] = f.Trouble,
                })]),
            });
        }

        return ExitCode.Done;
    }
}
