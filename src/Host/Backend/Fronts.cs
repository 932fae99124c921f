using System.Collections.Concurrent;
using System.Diagnostics;
using ModelContextProtocol.Server;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>One front that is connected.</summary>
/// <param name="Hello">What it said about itself.</param>
/// <param name="Transport">The way to it.</param>
/// <param name="Server">Its MCP server.</param>
/// <param name="Ending">Ends the connection.</param>
internal sealed record ConnectedFront(Hello Hello, FrameTransport Transport, McpServer Server, CancellationTokenSource Ending)
{
    /// <summary>Its instance id.</summary>
    public string Id => Hello.Front!;

    /// <summary>When it came, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();
}

/// <summary>Who is connected.</summary>
internal sealed class Fronts
{
    private readonly ConcurrentDictionary<string, ConnectedFront> _here = new();
    private volatile TaskCompletionSource _change = NewSignal();

    /// <summary>How many there may be.</summary>
    public Places Places { get; } = new();

    /// <summary>Their calls.</summary>
    public CallLedger Calls { get; } = new();

    /// <summary>All of them.</summary>
    public IReadOnlyList<ConnectedFront> All => [.. _here.Values.OrderBy(f => f.Since)];

    /// <summary>The one with this instance id.</summary>
    public ConnectedFront? Find(string id) => _here.GetValueOrDefault(id);

    /// <summary>When the last one left, in ticks of <see cref="Stopwatch"/>; when this began, as long as none has left.</summary>
    public long LastLeft { get; private set; } = Stopwatch.GetTimestamp();

    /// <summary>Raised when one has come.</summary>
    public event Action<ConnectedFront>? Came;

    public void Add(ConnectedFront front)
    {
        _here[front.Id] = front;
        Signal();
        Came?.Invoke(front);
    }

    public void Remove(ConnectedFront front)
    {
        // It may have come back already by another connection.
        _here.TryRemove(KeyValuePair.Create(front.Id, front));
        LastLeft = Stopwatch.GetTimestamp();
        Signal();
    }

    /// <summary>Waits until something is so, looking again whenever one comes or goes. False when <paramref name="limit"/> has passed.</summary>
    public async Task<bool> Until(Func<bool> isSo, TimeSpan limit, CancellationToken cancellation)
    {
        var start = Stopwatch.GetTimestamp();
        while (true)
        {
            var change = _change.Task;
            if (isSo())
            {
                return true;
            }

            var left = limit - Stopwatch.GetElapsedTime(start);
            if (left <= TimeSpan.Zero)
            {
                return false;
            }

            await Task.WhenAny(change, Task.Delay(left, cancellation));
            cancellation.ThrowIfCancellationRequested();
        }
    }

    /// <summary>Tells every front that understands it.</summary>
    public Task Tell(FrameKind kind, ReadOnlyMemory<byte> payload) => Task.WhenAll(All.Select(front => Tell(front, kind, payload)));

    /// <summary>Tells one front, if it understands it.</summary>
    public static async Task Tell(ConnectedFront front, FrameKind kind, ReadOnlyMemory<byte> payload)
    {
        if (front.Hello.MaxVersion < Hello.HoldingVersion)
        {
            return;
        }

        try
        {
            await front.Transport.Say(kind, payload);
        }
        catch (Exception gone) when (gone is IOException or ObjectDisposedException or OperationCanceledException)
        {
            // Then it need not be told.
        }
    }

    /// <summary>No message leaves any more.</summary>
    public void Cut()
    {
        foreach (var front in _here.Values)
        {
            front.Transport.Cut();
        }
    }

    private void Signal() => Interlocked.Exchange(ref _change, NewSignal()).TrySetResult();

    private static TaskCompletionSource NewSignal() => new(TaskCreationOptions.RunContinuationsAsynchronously);
}
