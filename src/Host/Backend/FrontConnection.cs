using System.Net.Sockets;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>One front from its hello to its end: an MCP server of its own, because an era and a handshake belong to one client.</summary>
internal sealed class FrontConnection(
    Socket socket, BackendOptions backend, Fronts fronts, Func<ToolProfile, McpServerOptions> options, Gate gate, ILoggerFactory loggers)
{
    private static readonly TimeSpan HelloWithin = TimeSpan.FromSeconds(5);

    /// <summary>Serves until the front is gone or <paramref name="stopping"/>.</summary>
    public async Task Run(CancellationToken stopping)
    {
        await using var frames = new FrameStream(new NetworkStream(socket, ownsSocket: true));
        using var place = fronts.Places.Take();
        if (await Greet(frames, place, stopping) is not { } front)
        {
            return;
        }

        await using var transport = new FrameTransport(frames, front.Front!, fronts.Calls, loggers);
        var own = options(front.Profile);
        await using var news = new TaskNewsTeller(gate, loggers.CreateLogger<TaskNewsTeller>());
        news.Attach(own.Handlers);
        await using var server = McpServer.Create(transport, own, loggers);
        using var notices = new GateNotices(gate, frames);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        var here = new ConnectedFront(front, transport, server, ending);
        fronts.Add(here);
        try
        {
            await server.RunAsync(ending.Token);
        }
        finally
        {
            fronts.Remove(here);
        }
    }

    /// <summary>Exchanges hellos; returns the front's, or null when it needs no more: after a refusal, or when it only looks.</summary>
    private async Task<Hello?> Greet(FrameStream frames, Places.Place place, CancellationToken stopping)
    {
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(stopping);
        deadline.CancelAfter(HelloWithin);
        if (await frames.ReadAsync(deadline.Token) is not { Kind: FrameKind.Hello } first)
        {
            return null;   // a probe, or nobody of ours
        }

        var theirs = Hello.Parse(first.Payload.Span);
        var mine = new Hello(Hello.OldestVersion, Hello.Version, BuildInfo.Build, backend.Location.Identity, null, 0, Environment.ProcessId) { TakesKeys = true };
        var refusal = Hello.Negotiate(mine, theirs) is null
            ? new Refusal(
                RefusalCode.ProtocolMismatch,
                $"The running backend {mine.Build} and this front {theirs.Build} have no wire protocol in common.",
                "Close all clients of this workspace, so that the old backend leaves, and start again.")
            : theirs.DataDirectory != mine.DataDirectory || theirs.Front is null
                ? new Refusal(
                    RefusalCode.BackendUnavailable, $"This backend serves {backend.Location.Path}, not the data directory that was asked for.",
                    "Start the client again with the right --data-dir.")
                : theirs.Looks ? null : place.Refusal;
        if (refusal is not null)
        {
            await frames.WriteAsync(FrameKind.Refuse, 0, 0, RefusalJson.ToUtf8(refusal), deadline.Token);
            return null;
        }

        mine = theirs.Looks ? mine with { Gate = gate.State.Word, Fronts = fronts.All.Count } : mine;
        await frames.WriteAsync(FrameKind.Hello, 0, 0, mine.ToUtf8(), deadline.Token);
        return theirs.Looks ? null : theirs;
    }
}
