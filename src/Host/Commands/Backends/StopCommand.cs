using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands.Backends;

/// <summary><c>orchestrator stop</c>: asks a backend to leave, and waits until it has. Never starts one.</summary>
internal static class StopCommand
{
    private static readonly TimeSpan LeaveWithin = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(20);

    private static readonly Option<bool> All = new("--all") { Description = "The backends of all data directories of this user." };

    public static Command Create() =>
        Verb.Create("stop", "Ask the backend to leave. Clients that are connected start another one when they need it.", Run, All);

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var here = RootCommands.Location(parsed);
        IReadOnlyList<DataDirectory> locations = parsed.GetValue(All) ? KnownStores.All(here.RunDirectory) : [here];
        var outcomes = new JsonArray();
        var stubborn = 0;
        foreach (var location in locations)
        {
            var look = await BackendLook.At(location, cancellation);
            var outcome = look.ProcessId is not { } process ? "not_running" : await Stop(process, cancellation) ? "stopped" : "still_running";
            stubborn += outcome == "still_running" ? 1 : 0;
            output.Line($"{location.Path}: {outcome.Replace('_', ' ')}{(look.ProcessId is { } pid ? $" (process {pid})" : "")}");
            if (look.Clients > 0)
            {
                output.Line($"  {look.Clients} clients were connected; they start another backend when they need it.");
            }

            outcomes.Add((JsonNode)new JsonObject
            {
                ["path"] = location.Path,
                ["outcome"] = outcome,
                ["process_id"] = look.ProcessId,
                ["clients"] = look.Clients,
            });
        }

        if (stubborn > 0 && !output.IsJson)
        {
            throw new CommandFailedException(
                CommandErrorCode.StopFailed, $"A backend did not leave within {LeaveWithin.TotalSeconds:0} s.",
                "It may be writing to a slow disk; look at 'orchestrator logs', or end it with kill -9: nothing that was acknowledged is lost.");
        }

        if (output.IsJson)
        {
            Output.Json("stop/1", new JsonObject { ["backends"] = outcomes });
        }

        return stubborn > 0 ? ExitCode.Failed : ExitCode.Done;
    }

    private static async Task<bool> Stop(int process, CancellationToken cancellation)
    {
        if (!OpenFiles.Signal(process, OpenFiles.Terminate))
        {
            return !OpenFiles.IsAlive(process);
        }

        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(LeaveWithin);
        using var ticks = new PeriodicTimer(LookEvery);
        try
        {
            while (OpenFiles.IsAlive(process))
            {
                await ticks.WaitForNextTickAsync(deadline.Token);
            }

            return true;
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return false;
        }
    }
}
