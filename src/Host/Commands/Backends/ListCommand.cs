using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Commands.Clients;
using Orchestrator.Host.Diagnosis;

namespace Orchestrator.Host.Commands.Backends;

/// <summary><c>orchestrator list</c></summary>
internal static class ListCommand
{
    public static Command Create() => Verb.Create("list", "Show all data directories of this user, and which of them a backend serves.", Run);

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var found = new List<(string Path, BackendLook Backend)>();
        foreach (var location in KnownStores.All(RootCommands.Location(parsed).RunDirectory))
        {
            found.Add((location.Path, await BackendLook.At(location, cancellation)));
        }

        output.Table(["data directory", "backend", "process", "clients"], found.Select(f => new[]
        {
            f.Path, ClientReport.Name(f.Backend.State), $"{f.Backend.ProcessId}", $"{f.Backend.Clients}",
        }));
        if (output.IsJson)
        {
            Output.Json("list/1", new JsonObject
            {
                ["data_directories"] = new JsonArray([.. found.Select(f => (JsonNode)new JsonObject
                {
                    ["path"] = f.Path,
                    ["state"] = ClientReport.Name(f.Backend.State),
                    ["process_id"] = f.Backend.ProcessId,
                    ["build"] = f.Backend.Build,
                    ["clients"] = f.Backend.Clients,
                })]),
            });
        }

        return ExitCode.Done;
    }
}
