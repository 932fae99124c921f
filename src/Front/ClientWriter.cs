using System.Threading.Channels;

namespace Orchestrator.Front;

/// <summary>Writes whole lines to the client, one after the other, so that nobody else waits for a client that does not read.</summary>
internal sealed class ClientWriter(Stream stdout, ByteGate gate)
{
    private readonly Channel<ReadOnlyMemory<byte>> _lines =
        Channel.CreateUnbounded<ReadOnlyMemory<byte>>(new UnboundedChannelOptions { SingleReader = true });

    private readonly byte[] _piece = new byte[32 * 1024];

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
            await WriteAsync(line, cancellationToken);
            await stdout.FlushAsync(cancellationToken);
            gate.Add(-line.Length);
        }
    }

    // In pieces, so that a large line takes no second copy.
    private async ValueTask WriteAsync(ReadOnlyMemory<byte> line, CancellationToken cancellationToken)
    {
        for (var isLast = false; !isLast;)
        {
            isLast = line.Length < _piece.Length;
            var length = isLast ? line.Length : _piece.Length;
            CopyAsOneLine(line.Span[..length], _piece);
            line = line[length..];
            if (isLast)
            {
                _piece[length++] = (byte)'\n';
            }

            await stdout.WriteAsync(_piece.AsMemory(0, length), cancellationToken);
        }
    }

    // Between the tokens of JSON a newline is a space; inside a string it cannot stand.
    private static void CopyAsOneLine(ReadOnlySpan<byte> line, Span<byte> piece)
    {
        line.CopyTo(piece);
        piece[..line.Length].Replace((byte)'\n', (byte)' ');
    }
}
