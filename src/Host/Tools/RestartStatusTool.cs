using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Tools;

/// <summary>Whether a restart is under way, and how the last ones went.</summary>
internal sealed class RestartStatusTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<RestartStatusTool.Input>(
    gate, restarts, log, "orchestrator_restart_status",
    "The restart under way, the last one, and their history.",
    Reads,
    """
    {"type":"object","properties":{"include_history":{"type":"boolean"},"include_error_details":{"type":"boolean"}}}
    """)
{
    protected override Input Bind(ToolArguments arguments) =>
        new(arguments.Flag("include_history") ?? false, arguments.Flag("include_error_details") ?? true);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var windows = await call.Storage.Windows.History(cancellation);
        var all = (await call.Storage.Restarts.History(cancellation)).Select(r => Shown(RestartView.Of(r, windows), input)).ToList();
        var rebuild = await call.Storage.Rebuilds.Look(cancellation);
        var last = all.Count == 0 ? null : all[^1];
        var isRunning = last is not null && last.Phase is not ("completed" or "failed" or "rolled_back");
        var view = new RestartStatusView(
            isRunning, isRunning ? last!.Phase : null, Restarts.Me.ProcessId, BuildInfo.Build, Restarts.Fronts.Calls.InFlight, Restarts.Fronts.Calls.Waiting,
            last, input.History ? all : null,
            WindowView.Of(windows.LastOrDefault(w => w.Phase == WindowPhase.Pending)), WindowView.Of(windows.LastOrDefault(w => w.Phase != WindowPhase.Pending)),
            rebuild is null ? null : RebuildView.Of(rebuild, Restarts.Me.ProcessId),
            Restarts.Partial.LastLinks is { } links ? LinksView.Of(links, Restarts.Me.ProcessId) : null);
        return Answer(
            last is null ? "No restart has been asked for."
            : isRunning ? $"A restart is under way: {last.Phase}."
            : $"The last restart ({last.Reason}, {last.RequestedAt:yyyy-MM-dd'T'HH:mm:ss'Z'}) ended as {last.Phase}.",
            view, ToolJson.Default.RestartStatusView);
    }

    private static RestartView Shown(RestartView view, Input input) => input.Errors ? view : view with { Error = null };

    internal sealed record Input(bool History, bool Errors);
}

/// <param name="InProgress">Whether a restart is under way.</param>
/// <param name="Phase">Where it is.</param>
/// <param name="Pid">The process that answers.</param>
/// <param name="Version">Its build.</param>
/// <param name="CallsInFlight">Calls that have begun, this one among them.</param>
/// <param name="CallsWaiting">Calls that wait for the end of the restart.</param>
/// <param name="Last">The last restart.</param>
/// <param name="History">All that are remembered, oldest first.</param>
/// <param name="MaintenancePending">Work that waits for the next planned restart.</param>
/// <param name="MaintenanceLast">The last such work.</param>
/// <param name="Projections">The rebuild of the read model that runs, or the last one of this process.</param>
/// <param name="Connections">How all links were dropped the last time by this process.</param>
internal sealed record RestartStatusView(
    bool InProgress, string? Phase, int Pid, string Version, int CallsInFlight, int CallsWaiting, RestartView? Last, IReadOnlyList<RestartView>? History,
    WindowView? MaintenancePending, WindowView? MaintenanceLast, RebuildView? Projections, LinksView? Connections);
