using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>Drops a client's link to the server on purpose, waits for its return, and says how long that took.</summary>
internal sealed class ReconnectTestTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<ReconnectTestTool.Input>(
    gate, restarts, log, "orchestrator_reconnect_test",
    "Really drop and re-establish a client's link (default: the caller's own); reports the pause.",
    new ToolAnnotations { DestructiveHint = false, OpenWorldHint = false },
    """
    {"type":"object","properties":{"session_id":{"type":"string"},"include_buffer_status":{"type":"boolean"},"include_reconnection_stats":{"type":"boolean"}}}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Text("session_id", 32, TextRule.OneLine) is { Length: > 0 } name ? name : null,
        arguments.Flag("include_buffer_status") ?? true, arguments.Flag("include_reconnection_stats") ?? true);

    protected override ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => new((Storage?)null);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var result = await Restarts.Reconnects.Run(call.Key, input.Session, cancellation);
        return Answer(
            string.Create(CultureInfo.InvariantCulture, $"The client {result.Front[..12]} was back after {result.PauseMs:0.0} ms."),
            new ReconnectView(
                result.Front[..12], true, input.Stats ? Math.Round(result.PauseMs, 2) : null, input.Buffers ? result.CallsSentAgain : null,
                Restarts.Fronts.All.Count),
            ToolJson.Default.ReconnectView);
    }

    internal sealed record Input(string? Session, bool Buffers, bool Stats);
}

/// <param name="SessionId">Whose link.</param>
/// <param name="Reconnected">It came back.</param>
/// <param name="PauseMs">How long it was away.</param>
/// <param name="CallsSentAgain">Calls that were in flight on the link.</param>
/// <param name="Connected">Clients that are connected now.</param>
internal sealed record ReconnectView(string SessionId, bool Reconnected, double? PauseMs, int? CallsSentAgain, int Connected);
