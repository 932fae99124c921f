namespace Orchestrator.Front;

/// <summary>Notifications of the client that wait for a backend. Bounded: what does not fit is lost, which a notification may be.</summary>
internal sealed class HeldNotifications
{
    private const int MaxCount = 1024;
    private const int MaxBytes = 4 * 1024 * 1024;

    private readonly Queue<(long Sequence, ReadOnlyMemory<byte> Line)> _queue = [];
    private int _bytes;

    public void Add(long sequence, ReadOnlyMemory<byte> line)
    {
        if (_queue.Count < MaxCount && _bytes + line.Length <= MaxBytes)
        {
            _queue.Enqueue((sequence, line));
            _bytes += line.Length;
        }
    }

    /// <summary>Sends those that came before the line with this number.</summary>
    public void SendBefore(long sequence, IRelayOutput output)
    {
        while (_queue.TryPeek(out var first) && first.Sequence < sequence)
        {
            _queue.Dequeue();
            _bytes -= first.Line.Length;
            output.ToBackend(first.Sequence, first.Line);
        }
    }
}
