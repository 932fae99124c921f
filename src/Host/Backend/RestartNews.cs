#pragma warning disable MCP9005 // Deprecated in the newest revision of the protocol, and what clients of all the others use.
using System.Collections.Concurrent;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Backend;

/// <summary>
/// What clients are told about a restart: those that have set a log level hear of it, and calls that carry a progress token hear that they wait.
/// Whoever asked for none of it gets no byte.
/// </summary>
internal sealed class RestartNews(Fronts fronts)
{
    private readonly ConcurrentDictionary<string, bool> _told = new();
    private Restart? _done;

    /// <summary>Before the pause.</summary>
    public static Task TellPending(Fronts fronts, Restart restart) => Task.WhenAll(
        fronts.All.Where(f => f.Server.LoggingLevel is { } level && Hear(level)).Select(f => Send(f.Server, new JsonObject
        {
            ["event"] = "restart_pending",
            ["reason"] = restart.Wish.Reason,
            ["message"] = "The server restarts. Calls wait; nothing is lost.",
        })));

    /// <summary>What a call that waits is told, if it asked to be.</summary>
    public static JsonRpcNotification? Waiting(JsonRpcRequest call) => call.Params?["_meta"]?["progressToken"] is { } token
        ? new JsonRpcNotification
        {
            Method = NotificationMethods.ProgressNotification,
            Params = new JsonObject { ["progressToken"] = token.DeepClone(), ["progress"] = 0.01, ["message"] = "Waiting for the server to restart." },
        }
        : null;

    /// <summary>After the pause: those that are back, and by <see cref="Hears"/> those whose wish to hear of it comes a little later.</summary>
    public Task TellDone(Restart? restart)
    {
        _done = restart;
        return Task.WhenAll(fronts.All.Where(f => f.Server.LoggingLevel is { } level && Hear(level)).Select(Tell));
    }

    /// <summary>A client has set its log level, or its front has said again which one it set before the restart.</summary>
    public Task Hears(McpServer server, LoggingLevel level) =>
        Hear(level) && fronts.All.FirstOrDefault(f => f.Server == server) is { } front ? Tell(front) : Task.CompletedTask;

    private static bool Hear(LoggingLevel level) => level <= LoggingLevel.Notice;

    private Task Tell(ConnectedFront front) => _done is { } restart && restart.Clients.Contains(front.Id) && _told.TryAdd(front.Id, true)
        ? Send(front.Server, new JsonObject
        {
            ["event"] = "restart_complete",
            ["reason"] = restart.Wish.Reason,
            ["downtime_ms"] = restart.DowntimeMs,
            ["version_before"] = restart.From.Build,
            ["version_after"] = restart.To?.Build,
        })
        : Task.CompletedTask;

    private static async Task Send(McpServer server, JsonObject data)
    {
        try
        {
            await server.SendMessageAsync(new JsonRpcNotification
            {
                Method = NotificationMethods.LoggingMessageNotification,
                Params = new JsonObject { ["level"] = "notice", ["logger"] = "orchestrator", ["data"] = data },
            });
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or InvalidOperationException)
        {
            // It need not be told.
        }
    }
}
