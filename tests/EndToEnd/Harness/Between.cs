using System.Collections.Concurrent;
using System.Net.Sockets;
using System.Text;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>
/// Stands between a front and the backend and sees every frame. It can let a part of one pass, and nothing after it: the moments at which a backend can
/// die become places in a stream. The front looks for the socket in its own home directory, the backend has another.
/// </summary>
internal sealed class Between : IAsyncDisposable
{
    private readonly Socket _listener = new(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
    private readonly DataDirectory _backend;
    private readonly CancellationTokenSource _ending = new();
    private readonly ConcurrentQueue<Seen> _seen = new();
    private readonly Task _serving;
    private volatile Cut? _cut;

    public Between(Workspace workspace, string backendHome)
    {
        var front = Locate(workspace, workspace.Home);
        _backend = Locate(workspace, backendHome);
        front.PrepareRunDirectory();
        _listener.Bind(new UnixDomainSocketEndPoint(front.SocketPath));
        _listener.Listen();
        _serving = Task.Run(Serve);
    }

    public enum Way
    {
        ToBackend,
        ToFront,
    }

    /// <summary>A frame that was on its way, and how much of it has passed.</summary>
    public sealed record Seen(Way Way, FrameKind Kind, long Sequence, long Acknowledged, string Text, int Passed, int Length);

    /// <summary>Every frame so far, in order.</summary>
    public IReadOnlyList<Seen> Frames => [.. _seen];

    /// <summary>Cuts the next message one way whose text contains something: of its bytes a share passes, and of what comes after it nothing.</summary>
    public Task<Seen> CutAt(Way way, string text, double share)
    {
        var cut = new Cut(way, text, share);
        _cut = cut;
        return cut.Fired.Task;
    }

    /// <summary>The message with this text that has passed whole; waits for it.</summary>
    public Task<Seen> Passed(Way way, string text) => Until.Found(
        () => Task.FromResult(_seen.FirstOrDefault(s => s.Way == way && s.Passed == s.Length && s.Text.Contains(text, StringComparison.Ordinal))),
        $"a message with {text}");

    public async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        _listener.Dispose();
        await _serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        _ending.Dispose();
    }

    private static DataDirectory Locate(Workspace workspace, string home) =>
        DataDirectory.Resolve(workspace.Data, workspace.Project, name => name == "HOME" ? home : null, workspace.Project);

    private async Task Serve()
    {
        while (true)
        {
            using var front = await _listener.AcceptAsync(_ending.Token);
            using var backend = await Reach();
            var up = Pump(front, backend, Way.ToBackend);
            var down = Pump(backend, front, Way.ToFront);
            if (await Task.WhenAny(up, down) == up && await up)
            {
                backend.Dispose();   // The front has given this connection up; it comes again.
            }

            await down;   // The backend's end ends both; what it had written has passed.
            front.Dispose();
            backend.Dispose();
            await up;
        }
    }

    private async Task<Socket> Reach()
    {
        while (true)
        {
            var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
            try
            {
                await socket.ConnectAsync(new UnixDomainSocketEndPoint(_backend.SocketPath), _ending.Token);
                return socket;
            }
            catch (SocketException)
            {
                socket.Dispose();
                await Task.Delay(10, _ending.Token);
            }
        }
    }

    // True when the sender has ended it.
    private async Task<bool> Pump(Socket from, Socket to, Way way)
    {
        try
        {
            var frames = new FrameStream(new NetworkStream(from));
            while (await frames.ReadAsync(_ending.Token) is { } frame)
            {
                var bytes = new byte[FrameHeader.Size + frame.Payload.Length];
                new FrameHeader(frame.Kind, frame.Sequence, frame.Acknowledged, frame.Payload.Length).Write(bytes);
                frame.Payload.CopyTo(bytes.AsMemory(FrameHeader.Size));
                var text = Encoding.UTF8.GetString(frame.Payload.Span);
                var cut = frame.Kind == FrameKind.Message && _cut is { } planned && planned.Way == way && text.Contains(planned.Text, StringComparison.Ordinal)
                    ? planned
                    : null;
                var pass = cut is null ? bytes.Length : (int)(bytes.Length * cut.Share);
                await to.SendAsync(bytes.AsMemory(0, pass), _ending.Token);
                var seen = new Seen(way, frame.Kind, frame.Sequence, frame.Acknowledged, text, pass, bytes.Length);
                _seen.Enqueue(seen);
                if (cut is not null)
                {
                    _cut = null;
                    cut.Fired.SetResult(seen);
                    await Drain(from);
                    return true;
                }
            }

            return true;
        }
        catch (Exception ended) when (ended is SocketException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            return false;   // The other one has gone, or is about to.
        }
    }

    // Nothing passes any more; the sender's end is still to be noticed.
    private async Task Drain(Socket from)
    {
        var nothing = new byte[4096];
        while (await from.ReceiveAsync(nothing, _ending.Token) > 0)
        {
        }
    }

    private sealed record Cut(Way Way, string Text, double Share)
    {
        public TaskCompletionSource<Seen> Fired { get; } = new(TaskCreationOptions.RunContinuationsAsynchronously);
    }
}
