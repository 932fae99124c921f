using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Restarts;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Tools;

/// <summary>Restarts the server under its clients. Answered by the new process.</summary>
internal sealed class RestartServerTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<RestartWish>(
    gate, restarts, log, "orchestrator_restart_server",
    "Replace the server process; clients keep their connection and their calls.",
    new ToolAnnotations { DestructiveHint = false, IdempotentHint = true, OpenWorldHint = false },
    """
    {"type":"object","properties":{"graceful":{"type":"boolean"},"preserve_state":{"type":"boolean"},"timeout":{"type":"integer"},"reason":{"type":"string"}}}
    """)
{
    protected override RestartWish Bind(ToolArguments arguments)
    {
        var reason = arguments.Text("reason", 200, TextRule.OneLine) ?? RestartReasons.ManualRequest;
        return new RestartWish(
            reason, arguments.Flag("graceful") ?? reason != RestartReasons.EmergencyShutdown, arguments.Flag("preserve_state") ?? true,
            arguments.Number("timeout", 10, 300) ?? 30, null);
    }

    // A restart to recover from crashes is what opens a gate that safe mode keeps closed; who asks for another one is refused by it later.
    protected override ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => HealthCheckTool.EnterIfOpen(gate, cancellation);

    protected override async Task<CallToolResult> Run(RestartWish wish, ToolCall call, CancellationToken cancellation)
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

        var view = RestartView.Of(restart);
        return Answer(
            string.Create(
                CultureInfo.InvariantCulture,
                $"Restarted: process {view.PidAfter} ({view.VersionAfter}) serves in place of {view.PidBefore} ({view.VersionBefore}) "
                + $"after a pause of {view.DowntimeMs:0} ms; {view.ClientsReconnected} of {view.ClientsExpected} clients are back."),
            view, ToolJson.Default.RestartView);
    }
}
