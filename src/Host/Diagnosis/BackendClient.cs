using System.Buffers;
using System.Collections.Concurrent;
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
    private readonly string _front;
    private readonly ConcurrentDictionary<long, TaskCompletionSource<ReadOnlyMemory<byte>>> _open = new();
    private readonly Task _reading;
    private long _calls;
    private volatile bool _isOver;

    private BackendClient(FrameStream frames, string front, bool takesKeys)
    {
        (_frames, _front, TakesKeys) = (frames, front, takesKeys);
        _reading = Task.Run(Read);
    }

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
                { Kind: FrameKind.Hello } hers => new BackendClient(frames, front, Hello.Parse(hers.Payload.Span).TakesKeys),
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

    /// <summary>The backend has gone, and with it what was not answered.</summary>
    public bool IsOver => _isOver;

    /// <summary>Whether <see cref="Call(string, JsonObject, CommandId, CancellationToken)"/> may have any key, or only one of this front.</summary>
    public bool TakesKeys { get; }

    /// <summary>Calls a tool and returns its structured result.</summary>
    /// <param name="tool">Its name without <c>orchestrator_</c>.</param>
    /// <param name="arguments">Its arguments.</param>
    /// <param name="sequence">The second half of the key.</param>
    /// <param name="cancellation">Ends the wait; the request may take effect all the same.</param>
    /// <exception cref="RefusedException">The tool refused.</exception>
    /// <exception cref="IOException">The backend has gone; whether the request took effect is unknown.</exception>
    public Task<JsonElement> Call(string tool, JsonObject arguments, long sequence, CancellationToken cancellation) =>
        Call(tool, arguments, new CommandId(_front, sequence), cancellation);

    /// <summary>As the other, under a key that need not be of this front. Any number of calls may be under way at once.</summary>
    public async Task<JsonElement> Call(string tool, JsonObject arguments, CommandId key, CancellationToken cancellation)
    {
        var id = Interlocked.Increment(ref _calls);
        var answer = new TaskCompletionSource<ReadOnlyMemory<byte>>(TaskCreationOptions.RunContinuationsAsynchronously);
        _open[id] = answer;
        try
        {
            // A frame that is cancelled within would tear those of all other calls.
            var request = Request(id, tool, arguments);
            var (kind, payload) = key.Client == _front
                ? (FrameKind.Message, request) : (FrameKind.Keyed, new KeyedMessage(key.Client, request).ToPayload());
            await _frames.WriteAsync(kind, key.Sequence, 0, payload, CancellationToken.None).AsTask().WaitAsync(cancellation);
            if (_isOver)
            {
                throw Gone();   // after the entry was made: whoever reads its last frame finds it, or it finds that all is over
            }

            return Result(await answer.Task.WaitAsync(cancellation));
        }
        catch (ObjectDisposedException)
        {
            throw Gone();
        }
        finally
        {
            _open.TryRemove(id, out _);
        }
    }

    /// <inheritdoc/>
    public async ValueTask DisposeAsync()
    {
        await _frames.DisposeAsync();
        await _reading;
    }

    private static byte[] Request(long id, string tool, JsonObject arguments)
    {
        var buffer = new ArrayBufferWriter<byte>();
        using var json = new Utf8JsonWriter(buffer);
        json.WriteStartObject();
        json.WriteString("jsonrpc", "2.0");
        json.WriteNumber("id", id);
        json.WriteString("method", "tools/call");
        json.WriteStartObject("params");
        json.WriteString("name", $"orchestrator_{tool}");
        json.WritePropertyName("arguments");
        arguments.WriteTo(json);
        json.WriteStartObject("_meta");
        json.WriteString("io.modelcontextprotocol/protocolVersion", Revision);
        json.WriteStartObject("io.modelcontextprotocol/clientCapabilities");
        json.WriteEndObject();
        json.WriteStartObject("io.modelcontextprotocol/clientInfo");
        json.WriteString("name", "orchestrator-cli");
        json.WriteString("version", BuildInfo.Version);
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.WriteEndObject();
        json.Flush();
        return buffer.WrittenSpan.ToArray();
    }

    private async Task Read()
    {
        try
        {
            while (await _frames.ReadAsync() is { } frame)
            {
                if (frame.Kind == FrameKind.Message && Answered(frame.Payload.Span) is { } id && _open.TryGetValue(id, out var waiting))
                {
                    waiting.TrySetResult(frame.Payload);
                }
            }
        }
        catch (Exception e) when (e is WireException or ObjectDisposedException or JsonException or InvalidOperationException)
        {
            // As if it had ended: what is open is unknown.
        }

        _isOver = true;
        foreach (var waiting in _open.Values)
        {
            waiting.TrySetException(Gone());
        }
    }

    private static EndOfStreamException Gone() => new("The backend closed the connection.");

    // The id of the call that a message answers; null for a notification, or the backend's own question.
    private static long? Answered(ReadOnlySpan<byte> message)
    {
        var json = new Utf8JsonReader(message);
        json.Read();
        (long? id, var isAnswer) = (null, false);
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isId = json.ValueTextEquals("id"u8);
            isAnswer |= json.ValueTextEquals("result"u8) || json.ValueTextEquals("error"u8);
            json.Read();
            if (isId && json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var number))
            {
                id = number;
            }

            json.Skip();
        }

        return isAnswer ? id : null;
    }

    private static JsonElement Result(ReadOnlyMemory<byte> payload)
    {
        using var message = JsonDocument.Parse(payload);
        var root = message.RootElement;
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
            new FrontOptions(location, OwnProgram.Command.Serving(location)), _silent.Reader.AsStream(), Stream.Null, TextWriter.Null, _end.Token);

        public async ValueTask DisposeAsync()
        {
            await _silent.Writer.CompleteAsync();
            await _end.CancelAsync();
            await _relay.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            _end.Dispose();
        }
    }
}
