using System.Net.Sockets;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Microsoft.Extensions.Logging.Abstractions;
using Microsoft.Extensions.Time.Testing;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Tests;

/// <summary>
/// The backend's gate, tools and connections in this process, over a real socket pair of frames, on a store of its own. What is missing is only
/// what makes it a process: lock, listener, signals.
/// </summary>
public sealed class ServedStore : IAsyncDisposable
{
    private readonly BackendOptions _options;
    private Gate _gate;
    private ToolList _tools;
    private CancellationTokenSource _stopping = new();
    private readonly List<Task> _connections = [];

    private readonly Func<Func<Action<UpgradeProgress>, Task<Storage>>, Action<UpgradeProgress>, Task<Storage>> _opening;

    public ServedStore() : this((open, progress) => open(progress))
    {
    }

    /// <summary>With something between the gate and the opening of the store.</summary>
    internal ServedStore(Func<Func<Action<UpgradeProgress>, Task<Storage>>, Action<UpgradeProgress>, Task<Storage>> opening)
    {
        _opening = opening;
        Folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;
        Workspace = Directory.CreateDirectory(Path.Combine(Folder, "work")).FullName;
        Location = DataDirectory.Resolve(Path.Combine(Workspace, ".task_orchestrator"), Workspace);
        Location.PrepareDataDirectory();
        _options = new BackendOptions(Location, TimeSpan.FromHours(1)) { Home = Path.Combine(Folder, "home") };
        (_gate, _tools) = Open();
    }

    public string Folder { get; }

    public string Workspace { get; }

    public DataDirectory Location { get; }

    public FakeTimeProvider Clock { get; } = new(new DateTimeOffset(2026, 3, 1, 12, 0, 0, TimeSpan.Zero));

    public string Database => _options.Database;

    internal GateState GateState => _gate.State;

    internal ToolList Tools => _tools;

    /// <summary>Connects as a front does, with a hello.</summary>
    public async Task<FrameClient> Connect(
        string front = "0123456789abcdef0123456789abcdef", ToolProfile profile = ToolProfile.Core, Func<Hello, Hello>? with = null)
    {
        var path = Path.Combine(Folder, $"{Guid.NewGuid():N}"[..12]);
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var client = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await client.ConnectAsync(new UnixDomainSocketEndPoint(path));
        var accepted = await listener.AcceptAsync();
        _connections.Add(
            new FrontConnection(accepted, _options, new Fronts(), _tools.ServerOptions, _gate, NullLoggerFactory.Instance).Run(_stopping.Token));
        return await FrameClient.Greet(client, Location.Identity, front, profile, with);
    }

    /// <summary>How many facts the journal holds.</summary>
    public long Facts()
    {
        using var db = new SqliteConnection($"Data Source={_options.Database};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var count = db.CreateCommand();
        count.CommandText = "SELECT count(*) FROM journal";
        return (long)count.ExecuteScalar()!;
    }

    /// <summary>Ends this backend and its connections in order, and begins another one on the same store.</summary>
    public async Task Restart()
    {
        await Close();
        _connections.Clear();
        _stopping = new CancellationTokenSource();
        (_gate, _tools) = Open();
    }

    public async ValueTask DisposeAsync()
    {
        await Close();
        Directory.Delete(Folder, recursive: true);
    }

    private (Gate Gate, ToolList Tools) Open()
    {
        var gate = new Gate(progress => _opening(p => Storage.Open(_options, Clock, () => { }, p), progress), Clock, NullLogger<Gate>.Instance);
        return (gate, ToolList.Create(gate, NullLoggerFactory.Instance));
    }

    private async Task Close()
    {
        await _stopping.CancelAsync();
        await Task.WhenAll(_connections).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        await _gate.Close();
        _stopping.Dispose();
    }
}

/// <summary>A front reduced to its frames: numbers what it sends and waits for the reply with the same JSON-RPC id.</summary>
public sealed class FrameClient : IAsyncDisposable
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(30);
    private readonly FrameStream _frames;
    private long _sequence;

    private FrameClient(FrameStream frames) => _frames = frames;

    public static async Task<FrameClient> Greet(
        Socket socket, string identity, string front, ToolProfile profile, Func<Hello, Hello>? with = null)
    {
        var client = new FrameClient(new FrameStream(new NetworkStream(socket, ownsSocket: true)));
        var hello = new Hello(Hello.Version, Hello.Version, "spec", identity, front, 0, Environment.ProcessId) { Profile = profile };
        await client._frames.WriteAsync(FrameKind.Hello, 0, 0, (with?.Invoke(hello) ?? hello).ToUtf8());
        client.First = await client.Read();
        return client;
    }

    /// <summary>What the backend answered to the hello.</summary>
    public Frame First { get; private set; } = null!;

    /// <summary>What the backend had to say to the person behind the front.</summary>
    public List<ReadOnlyMemory<byte>> Notices { get; } = [];

    /// <summary>Calls a tool; <paramref name="sequence"/> repeats an earlier request as a front does after a crash.</summary>
    public async Task<ToolResult> Call(string tool, object arguments, long? sequence = null)
    {
        var number = sequence ?? ++_sequence;
        return new ToolResult(await Send(Request(tool, arguments, number), number), number);
    }

    /// <summary>Calls a tool under a key of its own, as the command line's import does.</summary>
    public async Task<ToolResult> Call(string tool, object arguments, CommandId key)
    {
        var payload = new KeyedMessage(key.Client, Request(tool, arguments, ++_sequence)).ToPayload();
        await _frames.WriteAsync(FrameKind.Keyed, key.Sequence, 0, payload);
        return new ToolResult(await NextMessage(), key.Sequence);
    }

    private static byte[] Request(string tool, object arguments, long id) => JsonSerializer.SerializeToUtf8Bytes(new
    {
        jsonrpc = "2.0",
        id,
        method = "tools/call",
        @params = new { name = Full(tool), arguments },
    });

    /// <summary>Sends bytes as they are and returns the next message.</summary>
    public async Task<JsonObject> Send(ReadOnlyMemory<byte> message, long sequence)
    {
        await _frames.WriteAsync(FrameKind.Message, sequence, 0, message);
        while (true)
        {
            var frame = await Read();
            if (frame.Kind == FrameKind.Notice)
            {
                Notices.Add(frame.Payload);
            }

            if (frame.Kind == FrameKind.Message)
            {
                return JsonNode.Parse(frame.Payload.Span)!.AsObject();
            }
        }
    }

    /// <summary>Sends a frame of whatever kind.</summary>
    public ValueTask Frame(FrameKind kind, long sequence, ReadOnlyMemory<byte> payload = default) => _frames.WriteAsync(kind, sequence, 0, payload);

    /// <summary>The next frame of whatever kind.</summary>
    public Task<Frame> Next() => Read();

    /// <summary>The next message.</summary>
    public async Task<JsonObject> NextMessage()
    {
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

    // Two families of tools have always had names of their own.
    internal static string Full(string tool) =>
        new[] { "orchestrator_", "template_", "auto_append_" }.Any(p => tool.StartsWith(p, StringComparison.Ordinal)) ? tool : $"orchestrator_{tool}";

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
