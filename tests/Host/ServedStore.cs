using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Tests;

/// <summary>
/// The backend's gate, tools and connections in this process, over a real socket pair of frames, on a store of its own. What is missing is only
/// what makes it a process: lock, listener, signals.
/// </summary>
public sealed class ServedStore : IAsyncDisposable
{
    private readonly Gate _gate;
    private readonly ToolList _tools;
    private readonly BackendOptions _options;
    private readonly CancellationTokenSource _stopping = new();
    private readonly List<Task> _connections = [];

    public ServedStore()
    {
        Folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;
        Workspace = Directory.CreateDirectory(Path.Combine(Folder, "work")).FullName;
        Location = DataDirectory.Resolve(Path.Combine(Workspace, ".task_orchestrator"), Workspace);
        Location.PrepareDataDirectory();
        _options = new BackendOptions(Location, TimeSpan.FromHours(1)) { Home = Path.Combine(Folder, "home") };
        _gate = new Gate(() => Storage.Open(_options, Clock, () => { }), Clock, NullLogger<Gate>.Instance);
        _tools = ToolList.Create(_gate, NullLoggerFactory.Instance);
    }

    public string Folder { get; }

    public string Workspace { get; }

    public DataDirectory Location { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    internal ToolList Tools => _tools;

    /// <summary>Connects as a front does, with a hello.</summary>
    public async Task<FrameClient> Connect(string front = "0123456789abcdef0123456789abcdef", ToolProfile profile = ToolProfile.Core)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}"[..12]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var accepted = await listener.AcceptAsync();
        _connections.Add(new FrontConnection(accepted, _options, _tools.ServerOptions, NullLoggerFactory.Instance).Run(_stopping.Token));
        return await FrameClient.Greet(client, Location.Identity, front, profile);
    }

    public async ValueTask DisposeAsync()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _gate.Close();
        _stopping.Dispose();
        Directory.Delete(Folder, recursive: true);
    }
}

/// <summary>A front reduced to its frames: numbers what it sends and waits for the reply with the same JSON-RPC id.</summary>
public sealed class FrameClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FrameStream _frames;
    private long _sequence;

    private FrameClient(FrameStream frames) => _frames = frames;

    public static async Task<FrameClient> Greet(Socket socket, string identity, string front, ToolProfile profile)
    {
        var client = new FrameClient(new FrameStream(new NetworkStream(socket, ownsSocket: true)));
        var hello = new Hello(Hello.Version, Hello.Version, "spec", identity, front, 0, Environment.ProcessId) { Profile = profile };
        await client._frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8());
        client.First = await client.Read();
        return client;
    }

    /// <summary>What the backend answered to the hello.</summary>
    public Frame First { get; private set; } = null!;

    /// <summary>Calls a tool; <paramref name="sequence"/> repeats an earlier request as a front does after a crash.</summary>
    public async Task<ToolResult> Call(string tool, object arguments, long? sequence = null)
    {
        var number = sequence ?? ++_sequence;
        var request = JsonSerializer.SerializeToUtf8Bytes(new
        {
            jsonrpc = "2.0",
            id = number,
            method = "tools/call",
            @params = new { name = $"orchestrator_{tool}", arguments },
        });
        return new ToolResult(await Send(request, number), number);
    }

    /// <summary>Sends bytes as they are and returns the next message.</summary>
    public async Task<JsonObject> Send(ReadOnlyMemory<byte> message, long sequence)
    {
        await _frames.WriteAsync(FrameKind.Message, sequence, 0, message);
        while (true)
        {
            var frame = await Read();
            if (frame.Kind == FrameKind.Message)
            {
                return JsonNode.Parse(frame.Payload.Span)!.AsObject();
            }
        }
    }

    public ValueTask DisposeAsync() => _frames.DisposeAsync();

    private async Task<Frame> Read()
    {
        using var deadline = new CancellationTokenSource(Patience);
        return await _frames.ReadAsync(deadline.Token) ?? throw new EndOfStreamException("The backend closed the connection.");
    }
}

/// <summary>The result of a tool call.</summary>
public sealed class ToolResult(JsonObject reply, long sequence)
{
    public JsonObject Reply => reply;

    public long Sequence => sequence;

    /// <summary>The structured result of a call that was not refused.</summary>
    public JsonObject Value => Error is null
        ? reply["result"]!["structuredContent"]!.AsObject()
        : throw new InvalidOperationException($"Refused: {reply.ToJsonString()}");

    /// <summary>The refusal, if there is one.</summary>
    public (string Code, string Message, string NextStep)? Error => reply["result"]?["isError"]?.GetValue<bool>() == true
        ? (Text("code"), Text("message"), Text("next_step"))
        : null;

    public string this[string member] => Value[member]!.GetValue<string>();

    private string Text(string name) => reply["result"]!["structuredContent"]![name]!.GetValue<string>();
}
