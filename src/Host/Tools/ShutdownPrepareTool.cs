using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools;

/// <summary>Whether a restart could begin now, and what it would meet.</summary>
internal sealed class ShutdownPrepareTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<ShutdownPrepareTool.Input>(
    gate, restarts, log, "orchestrator_shutdown_prepare",
    "Whether a restart could begin now, and what it would meet.",
    Reads,
    """
    {"type":"object","properties":{"check_active_tasks":{"type":"boolean"},"check_database_state":{"type":"boolean"},"check_client_connections":{"type":"boolean"}}}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Flag("check_active_tasks") ?? true, arguments.Flag("check_database_state") ?? true, arguments.Flag("check_client_connections") ?? true);

    protected override ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => HealthCheckTool.EnterIfOpen(gate, cancellation);

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var readiness = Readiness.Of(Restarts, call.HasStorage ? call.Storage : null);
        var view = new ReadinessView(
            readiness.Blockers.Count == 0, readiness.Blockers, input.Tasks ? readiness.ActiveClaims : null,
            input.Database && call.HasStorage ? Math.Round(call.Storage.Probe.WriteMs(), 2) : null,
            input.Clients ? readiness.Clients : null, input.Clients ? readiness.CallsInFlight : null);
        return Task.FromResult(Answer(
            view.Ready ? "Ready: a restart can begin." : $"Not ready: {string.Join(' ', readiness.Blockers)}", view, ToolJson.Default.ReadinessView));
    }

    internal sealed record Input(bool Tasks, bool Database, bool Clients);
}

/// <param name="Ready">Whether a restart could begin.</param>
/// <param name="Blockers">What stands in the way.</param>
/// <param name="TasksActive">Claims that would be suspended.</param>
/// <param name="JournalWriteMs">How long a durable write takes just now.</param>
/// <param name="Clients">Clients that would be expected back.</param>
/// <param name="CallsInFlight">Calls that would be awaited, this one among them.</param>
internal sealed record ReadinessView(
    bool Ready, IReadOnlyList<string> Blockers, int? TasksActive, double? JournalWriteMs, int? Clients, int? CallsInFlight);
