using System.Net.Sockets;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Demo;

/// <summary>Asks the backend of a data directory who it is, by the same hello that a front sends.</summary>
internal static class BackendProbe
{
    /// <summary>The process id of the backend that serves, or null when none does.</summary>
    public static async Task<int?> ProcessId(DataDirectory location, CancellationToken cancellation)
    {
        using var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(location.SocketPath), cancellation);
            await using var frames = new FrameStream(new NetworkStream(socket));
            var hello = new Hello(Hello.Version, Hello.Version, BuildInfo.Version, location.Identity, new string('0', 32), 0, Environment.ProcessId);
            await frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8(), cancellation);
            return await frames.ReadAsync(cancellation) is { Kind: FrameKind.Hello } answer ? Hello.Parse(answer.Payload.Span).ProcessId : null;
        }
        catch (Exception e) when (e is SocketException or IOException)
        {
            return null;
        }
    }
}
