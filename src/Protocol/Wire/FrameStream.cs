using System.Buffers;
using System.Diagnostics.CodeAnalysis;

namespace Orchestrator.Protocol.Wire;

/// <summary>One frame, read whole.</summary>
/// <param name="Kind">What it is for; may be a kind that this build does not know.</param>
/// <param name="Sequence">The sender's number for it.</param>
/// <param name="Acknowledged">The highest sequence of ours that the sender had seen.</param>
/// <param name="Payload">Its bytes; they belong to the receiver.</param>
public sealed record Frame(FrameKind Kind, long Sequence, long Acknowledged, ReadOnlyMemory<byte> Payload);

/// <summary>Frames over a stream. One reader; any number of writers, who take turns. Owns the stream.</summary>
[SuppressMessage("Naming", "CA1711", Justification = "It is a stream, of frames.")]
public sealed class FrameStream(Stream stream) : IDisposable, IAsyncDisposable
{
    // Up to here one copy is cheaper than a second system call.
    private const int SmallPayload = 16 * 1024;

    private readonly SemaphoreSlim _writing = new(1, 1);
    private readonly byte[] _buffer = new byte[SmallPayload];
    private int _start;
    private int _end;

    /// <summary>
    /// The next frame; null when the stream has ended. A frame that the end cuts off is dropped: its sender died while writing it.
    /// </summary>
    /// <exception cref="WireException">The bytes are not a frame.</exception>
    public async ValueTask<Frame?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (_end - _start < FrameHeader.Size)
        {
            if (_start > 0)
            {
                _buffer.AsSpan(_start, _end - _start).CopyTo(_buffer);
                (_start, _end) = (0, _end - _start);
            }

            var read = await ReadSomeAsync(_buffer.AsMemory(_end), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            _end += read;
        }

        var header = FrameHeader.Read(_buffer.AsSpan(_start));
        _start += FrameHeader.Size;
        var payload = header.Length == 0 ? [] : GC.AllocateUninitializedArray<byte>(header.Length);
        var have = Math.Min(header.Length, _end - _start);
        _buffer.AsSpan(_start, have).CopyTo(payload);
        _start += have;
        while (have < payload.Length)
        {
            var read = await ReadSomeAsync(payload.AsMemory(have), cancellationToken);
            if (read == 0)
            {
                return null;
            }

            have += read;
        }

        return new Frame(header.Kind, header.Sequence, header.Acknowledged, payload);
    }

    /// <summary>Writes one frame. When it throws or is cancelled, the stream may end within a frame: drop the connection.</summary>
    public async ValueTask WriteAsync(
        FrameKind kind, long sequence, long acknowledged, ReadOnlyMemory<byte> payload, CancellationToken cancellationToken = default)
    {
        if (payload.Length > FrameHeader.MaxPayload)
        {
            throw new WireException($"A payload of {payload.Length} bytes does not fit a frame; the limit is {FrameHeader.MaxPayload}.");
        }

        var small = payload.Length <= SmallPayload;
        var buffer = ArrayPool<byte>.Shared.Rent(FrameHeader.Size + (small ? payload.Length : 0));
        await _writing.WaitAsync(cancellationToken);
        try
        {
            new FrameHeader(kind, sequence, acknowledged, payload.Length).Write(buffer);
            if (small)
            {
                payload.CopyTo(buffer.AsMemory(FrameHeader.Size));
                await stream.WriteAsync(buffer.AsMemory(0, FrameHeader.Size + payload.Length), cancellationToken);
            }
            else
            {
                await stream.WriteAsync(buffer.AsMemory(0, FrameHeader.Size), cancellationToken);
                await stream.WriteAsync(payload, cancellationToken);
            }

            await stream.FlushAsync(cancellationToken);
        }
        finally
        {
            _writing.Release();
        }

        ArrayPool<byte>.Shared.Return(buffer);   // only after success: a write that was given up may still read it
    }

    // The semaphore is left to the collector: a writer may still be inside, and it holds nothing of the system's.
    /// <inheritdoc/>
    public void Dispose() => stream.Dispose();

    /// <inheritdoc/>
    public ValueTask DisposeAsync() => stream.DisposeAsync();

    private async ValueTask<int> ReadSomeAsync(Memory<byte> destination, CancellationToken cancellationToken)
    {
        try
        {
            return await stream.ReadAsync(destination, cancellationToken);
        }
        catch (IOException)
        {
            return 0;   // A peer that was killed resets the connection; what it had written before was read before.
        }
    }
}
