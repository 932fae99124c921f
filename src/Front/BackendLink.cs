using System.Net.Sockets;
using System.Threading.Channels;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>A backend is there, and says why it does not serve us.</summary>
internal sealed class BackendRefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}

/// <summary>
/// One connection to a backend that has said hello. A connection that was accepted proves nothing: the queue of a dying process still accepts.
/// </summary>
internal sealed class BackendLink : IDisposable
{
    private const int AcknowledgeEvery = 64;
    private static readonly TimeSpan SilentAfter = TimeSpan.FromSeconds(2.5);
    private static readonly TimeSpan LookAgain = TimeSpan.FromSeconds(1);

    private readonly FrameStream _frames;
    private readonly ByteGate _outgoing;
    private readonly CancellationTokenSource _closing = new();
    private readonly Channel<(FrameKind Kind, long Sequence, ReadOnlyMemory<byte> Payload)> _queue =
        Channel.CreateUnbounded<(FrameKind, long, ReadOnlyMemory<byte>)>(new UnboundedChannelOptions { SingleReader = true });

    private readonly int _version;
    private long _seen;
    private long _heardAt = Environment.TickCount64;
    private int _unacknowledged;
    private volatile bool _isListening = true;

    private BackendLink(FrameStream frames, Hello theirs, int version, ServerProcess? process, ByteGate outgoing)
    {
        (_frames, _version, _outgoing) = (frames, version, outgoing);
        (Theirs, Process) = (theirs, process);
    }

    public Hello Theirs { get; }

    /// <summary>The backend's process, when the kernel says the same about it as its hello does.</summary>
    public ServerProcess? Process { get; }

    /// <summary>When the backend was heard last, in milliseconds.</summary>
    public long HeardAt => Volatile.Read(ref _heardAt);

    /// <summary>False while the client keeps us from reading.</summary>
    public bool IsListening => _isListening;

    /// <summary>True when the backend can be asked whether it lives.</summary>
    public bool CanBeAsked => _version >= Hello.AnsweringVersion;

    /// <summary>A backend that answers; null when nobody listens, or goes away before it has said hello.</summary>
    /// <exception cref="BackendRefusedException">It says why it does not serve.</exception>
    /// <exception cref="TimeoutException">It took the connection and says nothing.</exception>
    public static async Task<BackendLink?> ConnectAsync(
        IServerLocation location, Hello mine, TimeSpan helloLimit, Action<ServerProcess> onSilent, ByteGate outgoing, CancellationToken cancellationToken)
    {
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        FrameStream? frames = null;
        BackendLink? link = null;
        using var limit = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        limit.CancelAfter(helloLimit);
        try
        {
            if (!await TryConnectAsync(socket, location.SocketPath, limit.Token))
            {
                return null;
            }

            if (!PeerCredentials.Check(socket))
            {
                throw new BackendRefusedException(new Refusal(
                    RefusalCode.BackendUnavailable,
                    $"The process that listens on {location.SocketPath} belongs to another user.", "Find out whose it is and stop it."));
            }

            frames = new FrameStream(new NetworkStream(socket, ownsSocket: true));
            await frames.WriteAsync(FrameKind.Hello, 0, 0, mine.ToUtf8(), limit.Token);
            var process = PeerCredentials.ProcessOf(socket) is { } id ? ServerProcess.Find(id) : null;
            using var silence = new Timer(_ => onSilent(process!), null, process is null ? Timeout.InfiniteTimeSpan : SilentAfter, LookAgain);
            if (await ReadHelloAsync(frames, limit.Token) is not { } theirs)
            {
                return null;
            }

            var version = CheckHello(mine, theirs);
            return link = new BackendLink(frames, theirs, version, process?.Id == theirs.ProcessId ? process : null, outgoing);
        }
        catch (Exception gone) when (gone is SocketException or IOException)
        {
            return null;
        }
        catch (OperationCanceledException) when (!cancellationToken.IsCancellationRequested)
        {
            throw new TimeoutException();
        }
        finally
        {
            if (link is null)
            {
                frames?.Dispose();
                socket.Dispose();
            }
        }
    }

    // A backend that has many fronts to accept lets no more queue: that is no reason to start another one. Asked for an exception, .NET would write down
    // the stack of each attempt: for a front that looks for a backend, more work than all the rest.
    private static async Task<bool> TryConnectAsync(Socket socket, string path, CancellationToken cancellationToken)
    {
        using var attempt = new SocketAsyncEventArgs { RemoteEndPoint = new UnixDomainSocketEndPoint(path) };
        using var done = new SemaphoreSlim(0, 1);
        attempt.Completed += (_, _) => done.Release();
        while (true)
        {
            if (socket.ConnectAsync(attempt))
            {
                using var cancelling = cancellationToken.Register(() => Socket.CancelConnectAsync(attempt));
                await done.WaitAsync(CancellationToken.None);
                cancellationToken.ThrowIfCancellationRequested();
            }

            if (attempt.SocketError != SocketError.WouldBlock)
            {
                return attempt.SocketError == SocketError.Success;
            }

            await Task.Delay(Random.Shared.Next(5, 30), cancellationToken);
        }
    }

    public void Send(long sequence, ReadOnlyMemory<byte> line)
    {
        _outgoing.Add(line.Length);
        if (!_queue.Writer.TryWrite((FrameKind.Message, sequence, line)))
        {
            _outgoing.Add(-line.Length);
        }
    }

    /// <summary>Asks the backend for a sign of life.</summary>
    public void Ask() => _queue.Writer.TryWrite((FrameKind.Ack, FrameHeader.AskForAck, default));

    /// <summary>
    /// Reads until the backend's end, and writes meanwhile. What a killed backend had written is still read: only the end of the stream says
    /// that an answer is lost, a failed write does not.
    /// </summary>
    public async Task RunAsync(
        ByteGate clientGate, Action<JsonLine> onLine, Action<Refusal> onRefusal, Action<Refusal> onNotice, Action<HoldNotice?> onHold)
    {
        var writing = WriteAsync();
        try
        {
            while (await _frames.ReadAsync(_closing.Token) is { } frame)
            {
                Volatile.Write(ref _heardAt, Environment.TickCount64);
                switch (frame.Kind)
                {
                    case FrameKind.Message:
                        Volatile.Write(ref _seen, Math.Max(_seen, frame.Sequence));
                        onLine(JsonLine.Parse(frame.Payload));
                        AcknowledgeSometimes();
                        break;
                    case FrameKind.Refuse:
                        onRefusal(RefusalJson.Parse(frame.Payload.Span));
                        break;
                    case FrameKind.Notice:
                        onNotice(RefusalJson.Parse(frame.Payload.Span));
                        break;
                    case FrameKind.Hold:
                        onHold(HoldNotice.Parse(frame.Payload.Span));
                        break;
                    case FrameKind.Resume:
                        onHold(null);
                        break;
                }

                _isListening = false;
                await clientGate.PassAsync(_closing.Token);
                Volatile.Write(ref _heardAt, Environment.TickCount64);
                _isListening = true;
            }
        }
        catch (Exception ended) when (ended is WireException or OperationCanceledException or ObjectDisposedException)
        {
            // Either we closed the connection ourselves, or the other side no longer speaks our protocol: the same as its end.
        }
        finally
        {
            Dispose();
            await writing;
        }
    }

    public void Dispose()
    {
        _queue.Writer.TryComplete();
        _closing.Cancel();
        _frames.Dispose();
    }

    private static async Task<Hello?> ReadHelloAsync(FrameStream frames, CancellationToken cancellationToken)
    {
        try
        {
            while (await frames.ReadAsync(cancellationToken) is { } frame)
            {
                switch (frame.Kind)
                {
                    case FrameKind.Hello:
                        return Hello.Parse(frame.Payload.Span);
                    case FrameKind.Refuse:
                        throw new BackendRefusedException(RefusalJson.Parse(frame.Payload.Span));
                }
            }

            return null;
        }
        catch (WireException strange)
        {
            throw new BackendRefusedException(new Refusal(
                RefusalCode.ProtocolMismatch, strange.Message, "Stop the other process, or start this client again."));
        }
    }

    private static int CheckHello(Hello mine, Hello theirs)
    {
        if (theirs.DataDirectory != mine.DataDirectory)
        {
            throw new BackendRefusedException(new Refusal(
                RefusalCode.BackendUnavailable, "The backend on this socket keeps another data directory.", "Stop it; a new one will be started."));
        }

        return Hello.Negotiate(mine, theirs) ?? throw new BackendRefusedException(new Refusal(
            RefusalCode.ProtocolMismatch,
            $"The backend (build {theirs.Build}) and this front (build {mine.Build}) have no protocol version in common.",
            "Start this client again with the newer build, or stop the older backend."));
    }

    private void AcknowledgeSometimes()
    {
        if (Interlocked.Increment(ref _unacknowledged) >= AcknowledgeEvery)
        {
            _queue.Writer.TryWrite((FrameKind.Ack, 0, default));
        }
    }

    private async Task WriteAsync()
    {
        try
        {
            await foreach (var (kind, sequence, payload) in _queue.Reader.ReadAllAsync(_closing.Token))
            {
                Interlocked.Exchange(ref _unacknowledged, 0);
                await _frames.WriteAsync(kind, sequence, Volatile.Read(ref _seen), payload, _closing.Token);
                _outgoing.Add(-payload.Length);
            }
        }
        catch (Exception ended) when (ended is IOException or OperationCanceledException or ObjectDisposedException)
        {
            // The reader will find the end.
        }

        _queue.Writer.TryComplete();
        while (_queue.Reader.TryRead(out var left))
        {
            _outgoing.Add(-left.Payload.Length);
        }
    }
}
