using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Front;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Diagnosis;

/// <summary>
/// A client of the backend's tools over its socket, as a front is one. It names the key of each request itself, so that whoever repeats a request
/// after a crash repeats it under the same key.
/// </summary>
internal sealed class BackendClient : IAsyncDisposable
{
    private const string Revision = "2026-07-28";
    private static readonly TimeSpan StartWithin = TimeSpan.FromSeconds(60);
    private readonly FrameStream _frames;

    private BackendClient(FrameStream frames) => _frames = frames;

    /// <summary>Connects to the backend that serves; null when none does.</summary>
    /// <param name="location">Whose backend.</param>
    /// <param name="front">32 hex digits: the first half of every key.</param>
    /// <param name="cancellation">Ends the attempt.</param>
    /// <exception cref="RefusedException">It does not serve us.</exception>
    public static async Task<BackendClient?> TryConnect(DataDirectory location, string front, CancellationToken cancellation)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        try
        {
            await socket.ConnectAsync(new UnixDomainSocketEndPoint(location.SocketPath), cancellation);
            if (!PeerCredentials.Check(socket))
            {
                throw new RefusedException(new Refusal(
                    RefusalCode.BackendUnavailable, $"{location.SocketPath} belongs to a process of another user.", "Run: orchestrator doctor"));
            }

            var frames = new FrameStream(new NetworkStream(socket, ownsSocket: true));
            var hello = new Hello(Hello.OldestVersion, Hello.Version, BuildInfo.Build, location.Identity, front, 0,
                Environment.ProcessId)
            { Profile = ToolProfile.Full };
            await frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8(), cancellation);
            return await frames.ReadAsync(cancellation) switch
            {
                { Kind: FrameKind.Hello } => new BackendClient(frames),
                { Kind: FrameKind.Refuse } refused => throw new RefusedException(RefusalJson.Parse(refused.Payload.Span)),
                _ => null,
            };
        }
        catch (Exception e) when (e is SocketException or IOException or WireException)
        {
            socket.Dispose();
            return null;
        }
    }

    /// <summary>Makes sure that a backend serves, by the same relay that a client's front is; it stays until the relay is disposed.</summary>
    /// <exception cref="CommandFailedException">None comes.</exception>
    public static async Task<IAsyncDisposable> Start(DataDirectory location, CancellationToken cancellation)
    {
        location.PrepareDataDirectory();
        location.PrepareRunDirectory();
        var relay = new Starter(location);
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(StartWithin);
        using var ticks = new PeriodicTimer(TimeSpan.FromMilliseconds(20));
        try
        {
            while (true)
            {
                await using var probe = await TryConnect(location, NewFront(), deadline.Token);
                if (probe is not null)
                {
                    return relay;
                }

                await ticks.WaitForNextTickAsync(deadline.Token);
            }
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            await relay.DisposeAsync();
            throw new CommandFailedException(
                RefusalCode.BackendUnavailable, $"No backend serves {location.Path} after {StartWithin.TotalSeconds:0} s.",
                $"Look at {location.LogPath}, or run: orchestrator doctor");
        }
    }

    /// <summary>A key of its own for requests that are made once.</summary>
    public static string NewFront() => Convert.ToHexStringLower(System.Security.Cryptography.RandomNumberGenerator.GetBytes(16));

    /// <summary>Calls a tool and returns its structured result.</summary>
    /// <param name="tool">Its name without <c>orchestrator_</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="sequence">The second half of the key.</param>
    /// <param name="cancellation">Ends the wait; the request may take effect all the same.</param>
    /// <exception cref="RefusedException">The tool refused.</exception>
    /// <exception cref="IOException">The backend has gone; whether the request took effect is unknown.</exception>
    public async Task<JsonElement> Call(string tool, JsonObject arguments, long sequence, CancellationToken cancellation)
    {
        var request = new JsonObject
        {
            ["jsonrpc"] = "2.0",
            ["id"] = sequence,
            ["method"] = "tools/call",
            ["params"] = new JsonObject
            {
                ["name"] = $"orchestrator_{tool}",
                ["arguments"] = arguments,
                ["_meta"] = new JsonObject
                {
                    ["io.modelcontextprotocol/protocolVersion"] = Revision,
                    ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
                    ["io.modelcontextprotocol/clientInfo"] = new JsonObject { ["name"] = "orchestrator-cli", ["version"] = BuildInfo.Version },
                },
            },
        };
        await _frames.WriteAsync(FrameKind.Message, sequence, 0, System.Text.Encoding.UTF8.GetBytes(request.ToJsonString()), cancellation);
        while (true)
        {
            var frame = await _frames.ReadAsync(cancellation) ?? throw new EndOfStreamException("The backend closed the connection.");
            if (frame.Kind == FrameKind.Message && Answer(frame.Payload, sequence) is { } result)
            {
                return result;
            }
        }
    }

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => _frames.DisposeAsync();

    private static JsonElement? Answer(ReadOnlyMemory<byte> payload, long sequence)
    {
        using var message = JsonDocument.Parse(payload);
        var root = message.RootElement;
        if (!root.TryGetProperty("id", out var id) || id.ValueKind != JsonValueKind.Number || id.GetInt64() != sequence)
        {
            return null;   // a notification, or the backend's own question
        }

        if (root.TryGetProperty("error", out var error))
        {
            throw new RefusedException(
                new Refusal(RefusalCode.InternalError, error.GetProperty("message").GetString() ?? "", "Run: orchestrator doctor"));
        }

        var result = root.GetProperty("result");
        var content = result.TryGetProperty("structuredContent", out var structured) ? structured : default;
        return result.TryGetProperty("isError", out var failed) && failed.GetBoolean()
            ? throw new RefusedException(new Refusal(Text(content, "code"), Text(content, "message"), Text(content, "next_step")))
            : content.ValueKind == JsonValueKind.Undefined ? result.Clone() : content.Clone();
    }

    private static string Text(JsonElement content, string name) =>
        content.ValueKind == JsonValueKind.Object && content.TryGetProperty(name, out var text) ? text.GetString() ?? "" : "";

    /// <summary>A relay with a client that says nothing: it finds or starts a backend, and keeps it from leaving.</summary>
    private sealed class Starter : IAsyncDisposable
    {
        private readonly CancellationTokenSource _end = new();
        private readonly System.IO.Pipelines.Pipe _silent = new();
        private readonly Task _relay;

        public Starter(DataDirectory location) => _relay = FrontProcess.RunAsync(
            new FrontOptions(location, OwnProgram.AsBackend.Serving(location)), _silent.Reader.AsStream(), Stream.Null, TextWriter.Null, _end.Token);

        public async ValueTask DisposeAsync()
        {
            await _silent.Writer.CompleteAsync();
            await _end.CancelAsync();
            await _relay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }
}
