using System.Runtime.CompilerServices;
using System.Runtime.InteropServices;

namespace Orchestrator.Front;

/// <summary>One line of the client, without its newline.</summary>
/// <param name="Bytes">The line; of an oversized one only its beginning.</param>
/// <param name="Tail">Null, or the end of a line that was too long to keep.</param>
internal readonly record struct RawLine(ReadOnlyMemory<byte> Bytes, ReadOnlyMemory<byte>? Tail = null);

/// <summary>Cuts the client's bytes into lines. A line over the limit is read to its newline and not kept.</summary>
internal sealed class LineReader(Stream stream, int maxLine)
{
    private const int StartSize = 16 * 1024;
    private const int LargeSize = 8 * 1024 * 1024;
    private const int KeptHead = 4096;
    private const int KeptTail = 1024;

    private byte[] _buffer = new byte[StartSize];
    private int _start;
    private int _searched;
    private int _end;
    private bool _ended;
    private byte[]? _oversizedHead;

    /// <summary>
    /// The next line that is not blank; null at the end. What stands before the end without a newline is a line too: a person may
    /// have left it out, and a torn line is no JSON.
    /// </summary>
    public async ValueTask<RawLine?> ReadAsync(CancellationToken cancellationToken = default)
    {
        while (true)
        {
            var newline = _buffer.AsSpan(_searched, _end - _searched).IndexOf((byte)'\n');
            if (newline >= 0 || (_ended && _end > _start))
            {
                var end = newline >= 0 ? _searched + newline : _end;
                var line = Take(end);
                _start = _searched = Math.Min(end + 1, _end);
                if (line is { Tail: null } taken && MemoryMarshal.TryGetArray(taken.Bytes, out var array) && array.Array == _buffer)
                {
                    LeaveBuffer();
                }

                if (line is not null)
                {
                    return line;
                }

                continue;
            }

            if (_ended)
            {
                return null;
            }

            _searched = _end;
            MakeRoom();
            var read = await stream.ReadAsync(_buffer.AsMemory(_end), cancellationToken);
            _ended = read == 0;
            _end += read;
        }
    }

    private RawLine? Take(int end)
    {
        var line = _buffer.AsSpan(_start, end - _start);
        if (_oversizedHead is null && line.Length > maxLine)
        {
            _oversizedHead = line[..Math.Min(KeptHead, line.Length)].ToArray();
        }

        if (_oversizedHead is { } head)
        {
            _oversizedHead = null;
            return new RawLine(head, line[^Math.Min(KeptTail, line.Length)..].ToArray());
        }

        // A byte order mark may open the stream; a line may end as on Windows.
        line = line.StartsWith("\uFEFF"u8) ? line[3..] : line;
        line = line.Trim(" \t\r"u8);
        if (line.IsEmpty)
        {
            return null;
        }

        // A large line keeps the buffer that it fills: a copy would take as much again.
        var start = (int)Unsafe.ByteOffset(ref MemoryMarshal.GetArrayDataReference(_buffer), ref MemoryMarshal.GetReference(line));
        return new RawLine(line.Length > LargeSize && line.Length > _buffer.Length / 2 ? _buffer.AsMemory(start, line.Length) : line.ToArray());
    }

    private void LeaveBuffer()
    {
        var left = _buffer.AsSpan(_start, _end - _start);
        var next = new byte[Math.Max(StartSize, left.Length * 2)];
        left.CopyTo(next);
        (_buffer, _start, _searched, _end) = (next, 0, 0, left.Length);
    }

    private void MakeRoom()
    {
        if (_end - _start > (_oversizedHead is null ? maxLine : 2 * KeptTail))
        {
            // Too long: keep where it began and, of what came last, enough to find an id that stands at its end.
            _oversizedHead ??= _buffer.AsSpan(_start, Math.Min(KeptHead, _end - _start)).ToArray();
            _start = Math.Max(_start, _end - KeptTail);
        }

        var length = _end - _start;
        if (length < _buffer.Length / 2 && _start > 0)
        {
            // Also gives back what one long line had taken.
            var (target, wasLarge) = (_buffer.Length > StartSize && length < StartSize / 2 ? new byte[StartSize] : _buffer, _buffer.Length > LargeSize);
            _buffer.AsSpan(_start, length).CopyTo(target);
            _buffer = target;
            if (wasLarge && target.Length == StartSize)
            {
                GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);   // It is rare, and would else stay for good.
            }
        }
        else if (_end == _buffer.Length)
        {
            // What is not read into stays untouched, and takes no memory. The last step leads all the way: two buffers near the limit would be twice as much.
            var most = Math.Max(maxLine, StartSize) + (long)StartSize;
            var wanted = Math.Max(StartSize, length * 4L);
            var larger = GC.AllocateUninitializedArray<byte>((int)(wanted > most / 8 ? most : wanted));
            _buffer.AsSpan(_start, length).CopyTo(larger);
            _buffer = larger;
        }
        else
        {
            return;
        }

        (_start, _searched, _end) = (0, _searched - _start, length);
    }
}
