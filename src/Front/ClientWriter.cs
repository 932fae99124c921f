using System.Buffers;
using System.Threading.Channels;

namespace Orchestrator.Front;

/// <summary>Writes whole lines to the client, one after the other, so that nobody else waits for a client that does not read.</summary>
internal sealed class ClientWriter(Stream stdout, ByteGate gate)
{
    private readonly Channel<ReadOnlyMemory<byte>> _lines =
        Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });

    public void Write(ReadOnlyMemory<byte> line)
    {
        gate.Add(line.Length);
        _lines.Writer.TryWrite(line);
    }

    /// <summary>No more lines will come; <see cref="RunAsync"/> ends when the last one is written.</summary>
    public void Complete() => _lines.Writer.TryComplete();

    public async Task RunAsync(CancellationToken cancellationToken)
    {
        await foreach (var line in _lines.Reader.ReadAllAsync(cancellationToken))
        {
            var buffer = ArrayPool<byte>.Shared.Rent(line.Length + 1);
            CopyAsOneLine(line.Span, buffer);
            await stdout.WriteAsync(buffer.AsMemory(0, line.Length + 1), cancellationToken);
            await stdout.FlushAsync(cancellationToken);
            ArrayPool<byte>.Shared.Return(buffer);
            gate.Add(-line.Length);
        }
    }

    // Between the tokens of JSON a newline is a space; inside a string it cannot stand.
    private static void CopyAsOneLine(ReadOnlySpan<byte> line, Span<byte> buffer)
    {
        line.CopyTo(buffer);
        buffer[..line.Length].Replace((byte)'\n', (byte)' ');
        buffer[line.Length] = (byte)'\n';
    }
}
