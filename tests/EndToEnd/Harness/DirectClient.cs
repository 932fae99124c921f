using System.Globalization;
using System.Net.Sockets;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>The backend has said why it does not serve a connection.</summary>
internal sealed class RefusedConnectionException(string message) : Exception(message);

/// <summary>A client on the backend's own socket, one request at a time: what a front is measured against.</summary>
internal sealed class DirectClient : IDisposable
{
    private readonly FrameStream _frames;
    private int _last;

    private DirectClient(FrameStream frames) => _frames = frames;

    /// <summary>A connection after hello and handshake; null when nobody serves yet.</summary>
    public static async Task<DirectClient?> TryConnect(string dataDirectory, string home)
    {
        var location = DataDirectory.Resolve(dataDirectory, null, name => name == "HOME" ? home : null, home);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(location.SocketPath));
        }
        catch (SocketException)
        {
            socket.Dispose();
            return null;
        }

        var client = new DirectClient(new FrameStream(new NetworkStream(socket, ownsSocket: true)));
        try
        {
            await client.Greet(location);
            return client;
        }
        catch (Exception gone) when (gone is IOException or SocketException)
        {
            client.Dispose();
            return null;
        }
    }

    /// <summary>Calls a tool with these arguments, as JSON.</summary>
    public Task<JsonElement> Call(string tool, string arguments) =>
        Request("tools/call", $$"""{"name":"orchestrator_{{tool}}","arguments":{{arguments}}}""");

    /// <summary>The result.</summary>
    public async Task<JsonElement> Request(string method, string parameters)
    {
        var id = ++_last;
        var line = string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{parameters}}}""");
        await _frames.WriteAsync(FrameKind.Message, id, 0, Encoding.UTF8.GetBytes(line));
        while (await _frames.ReadAsync() is { } frame)
        {
            if (frame.Kind == FrameKind.Message)
            {
                using var message = JsonDocument.Parse(frame.Payload);
                if (message.RootElement.TryGetProperty("id", out var answered) && answered.TryGetInt32(out var number) && number == id)
                {
                    return message.RootElement.GetProperty("result").Clone();
                }
            }
        }

        throw new EndOfStreamException($"The backend ended before it answered {method}.");
    }

    /// <inheritdoc/>
    public void Dispose() => _frames.Dispose();

    private async Task Greet(DataDirectory location)
    {
        var front = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
        var hello = new Hello(Hello.OldestVersion, Hello.Version, "direct", location.Identity, front, 0, Environment.ProcessId);
        await _frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8());
        switch (await _frames.ReadAsync())
        {
            case { Kind: FrameKind.Hello }:
                break;
            case { Kind: FrameKind.Refuse } refused:
                throw new RefusedConnectionException(RefusalJson.Parse(refused.Payload.Span).Message);
            default:
                throw new EndOfStreamException("The backend has not said hello.");
        }

        await Request("initialize", """{"protocolVersion":"2025-11-25","capabilities":{},"clientInfo":{"name":"direct","version":"1"}}""");
        await _frames.WriteAsync(FrameKind.Message, ++_last, 0, """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray());
    }
}
