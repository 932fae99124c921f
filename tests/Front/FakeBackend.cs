using System.Net.Sockets;
using System.Text;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front.Tests;

/// <summary>Listens where a backend would and does what a spec tells it.</summary>
internal sealed class FakeBackend : IDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly DataDirectory _location;

    public FakeBackend(DataDirectory location)
    {
        _location = location;
        location.PrepareRunDirectory();
        _listener.Bind(new UnixDomainSocketEndPoint(location.SocketPath));
        _listener.Listen();
    }

    public Hello Hello => new(1, 1, "fake", _location.Identity, null, 0, 1);

    public async Task<Connection> AcceptAsync(bool sayHello = true)
    {
        var socket = await _listener.AcceptAsync(Deadline.Token());
        var connection = new Connection(socket);
        await connection.ReadHelloAsync();
        if (sayHello)
        {
            await connection.Frames.WriteAsync(FrameKind.Hello, 0, 0, Hello.ToUtf8());
        }

        return connection;
    }

    public void Dispose() => _listener.Dispose();

    internal sealed class Connection(Socket socket) : IDisposable
    {
        private long _sequence;

        public FrameStream Frames { get; } = new(new NetworkStream(socket, ownsSocket: true));

        public Hello? Theirs { get; private set; }

        public async Task ReadHelloAsync()
        {
            var frame = await Frames.ReadAsync(Deadline.Token());
            Assert.Equal(FrameKind.Hello, frame?.Kind);
            Theirs = Hello.Parse(frame!.Payload.Span);
        }

        /// <summary>The next line of the client, with its number.</summary>
        public async Task<(long Sequence, string Line)> ReadAsync()
        {
            var frame = await Frames.ReadAsync(Deadline.Token());
            Assert.Equal(FrameKind.Message, frame?.Kind);
            return (frame!.Sequence, Encoding.UTF8.GetString(frame.Payload.Span));
        }

        public Task SendAsync(string line) =>
            Frames.WriteAsync(FrameKind.Message, ++_sequence, 0, Encoding.UTF8.GetBytes(line), Deadline.Token()).AsTask();

        public Task RefuseAsync(Refusal refusal) => Frames.WriteAsync(FrameKind.Refuse, 0, 0, RefusalJson.ToUtf8(refusal)).AsTask();

        /// <summary>Dies while it writes: the beginning of a frame and no more.</summary>
        public async Task DieWithinAsync(string line, int bytes)
        {
            var whole = new MemoryStream();
            await new FrameStream(whole).WriteAsync(FrameKind.Message, ++_sequence, 0, Encoding.UTF8.GetBytes(line));
            await socket.SendAsync(whole.ToArray().AsMemory(0, bytes));
            Dispose();
        }

        public void Dispose() => Frames.Dispose();
    }
}
