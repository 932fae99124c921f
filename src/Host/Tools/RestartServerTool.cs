using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Restarts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Tools;

/// <summary>Restarts the server under its clients, or a part of it. A new process answers for itself.</summary>
internal sealed class RestartServerTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<RestartServerTool.Input>(
    gate, restarts, log, "orchestrator_restart_server",
    "Replace the server process, or rebuild its read model or links; clients keep their connection and their calls.",
    new ToolAnnotations { DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    """
    {"type":"object","properties":{"scope":{"type":"string","enum":["server","projections","connections"]},"graceful":{"type":"boolean"},
    "preserve_state":{"type":"boolean"},"timeout":{"type":"integer"},"reason":{"type":"string"}}}
    """)
{
    private static readonly string[] OfServer = ["graceful", "preserve_state", "timeout"];
    private static readonly TimeSpan TellEvery = TimeSpan.FromMilliseconds(250);

    private readonly Gate _gate = gate;

    protected override Input Bind(ToolArguments arguments)
    {
        var scope = arguments.Word("scope", Vocabulary.RestartScopes) ?? RestartScope.Server;
        var reason = arguments.Text("reason", 200, TextRule.OneLine) ?? RestartReasons.ManualRequest;
        var wish = new RestartWish(
            reason, arguments.Flag("graceful") ?? reason != RestartReasons.EmergencyShutdown, arguments.Flag("preserve_state") ?? true,
            arguments.Number("timeout", 10, 300) ?? 30, null);
        return scope == RestartScope.Server || OfServer.FirstOrDefault(arguments.Has) is not { } idle ? new Input(scope, wish) : throw arguments.Invalid(
            idle, $"says how the process is replaced, and the scope {Vocabulary.RestartScopes[scope]} replaces none", "Leave it out, or use the scope server.");
    }

    // A restart to recover from crashes is what opens a gate that safe mode keeps closed; who asks for another one is refused by it later.
    protected override ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => HealthCheckTool.EnterIfOpen(gate, cancellation);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation) => input.Scope switch
    {
        RestartScope.Projections => Rebuild(call, cancellation),
        RestartScope.Connections => DropLinks(call, cancellation),
        _ => Restart(input.Wish, call, cancellation),
    };

    private async Task<CallToolResult> Restart(RestartWish wish, ToolCall call, CancellationToken cancellation)
    {
        // Only a front can name a program, never its client: a tool that ran whatever it was told to would be a way to run anything.
        var folder = Restarts.Fronts.Find(call.Key.Client)?.Hello is { Insists: true } hello ? hello.Program : null;
        var restart = await Restarts.Ask(call.Key, call.By, wish with { Folder = folder }, cancellation);
        if (RestartState.PhaseOf(restart) is RestartPhase.Failed or RestartPhase.RolledBack)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.RestartFailed, restart.Cause ?? "It came to nothing.",
                "The server goes on as before; nothing was lost. orchestrator_restart_status with include_history shows how far it came."));
        }

        var windows = await (await _gate.Enter(cancellation)).Windows.History(cancellation);
        var view = RestartView.Of(restart, windows);
        return Answer(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Restarted: process {view.PidAfter} ({view.VersionAfter}) serves in place of {view.PidBefore} ({view.VersionBefore}) "
                + $"after a pause of {view.DowntimeMs:0} ms; {view.ClientsReconnected} of {view.ClientsExpected} clients are back."),
            view, ToolJson.Default.RestartView);
    }

    private async Task<CallToolResult> Rebuild(ToolCall call, CancellationToken cancellation)
    {
        var storage = await _gate.Enter(cancellation);
        var rebuilding = Restarts.Partial.Rebuild(call.Key, storage, cancellation);
        for (var told = -1L; await Task.WhenAny(rebuilding, Task.Delay(TellEvery, cancellation)) != rebuilding;)
        {
            if (await storage.Rebuilds.Look(cancellation) is { IsRunning: true } so && so.Events > told)
            {
                told = so.Events;
                var share = so.Last == 0 ? 0 : 100 * so.Position / so.Last;
                await call.Progress((int)so.Events, string.Create(CultureInfo.InvariantCulture, $"{so.Events} events replayed, {share} % of the journal."), cancellation);
            }
        }

        try
        {
            var view = RebuildView.Of(await rebuilding, Restarts.Me.ProcessId);
            return Answer(
                string.Create(
                    CultureInfo.InvariantCulture,
                    $"The read model is as the journal says: {view.EventsReplayed} events replayed in {view.Ms:0} ms, {view.RowsCorrected} rows corrected."),
                view, ToolJson.Default.RebuildView);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.RestartFailed, $"The read model could not be rebuilt: {e.GetBaseException().Message}",
                "The tables are as they were and are read as before. logs/backend.log in the data directory tells more."));
        }
    }

    private async Task<CallToolResult> DropLinks(ToolCall call, CancellationToken cancellation)
    {
        var view = LinksView.Of(await Restarts.Partial.DropLinks(call.Key, cancellation), Restarts.Me.ProcessId);
        return Answer(
            string.Create(
                CultureInfo.InvariantCulture,
                $"{view.ClientsReconnected} of {view.ClientsExpected} clients are back, the last one after {view.LongestPauseMs:0.0} ms; process {view.Pid} serves on."),
            view, ToolJson.Default.LinksView);
    }

    internal sealed record Input(RestartScope Scope, RestartWish Wish);
}
