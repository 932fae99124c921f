using System.Text;

namespace Orchestrator.Front.Tests;

/// <summary>What a client can make the front hold.</summary>
public sealed class MemorySpecs
{
    private const int Megabyte = 1024 * 1024;

    [Theory]
    [InlineData(16)]
    [InlineData(1)]
    public async Task A_line_of_a_hundred_megabytes_over_the_limit_takes_no_more_than_the_limit_and_a_little(int limit)
    {
        var reader = new LineReader(new LongLine(100L * Megabyte), limit * Megabyte);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        var line = (await reader.ReadAsync())!.Value;
        allocated = GC.GetAllocatedBytesForCurrentThread() - allocated;
        Assert.NotNull(line.Tail);
        Assert.Equal("7", Encoding.UTF8.GetString(OversizedLine.FindId(line)!));
        Assert.InRange(allocated, 0, 32L * Megabyte);   // all that was ever asked for, so no moment held more
        Assert.Equal("after", Encoding.UTF8.GetString((await reader.ReadAsync())!.Value.Bytes.Span));
    }

    [Fact]
    public async Task At_the_default_limit_a_line_over_it_takes_no_more_than_one_buffer_of_its_size()
    {
        var reader = new LineReader(new LongLine(100L * Megabyte), FrontOptions.DefaultMaxLine);
        var allocated = GC.GetAllocatedBytesForCurrentThread();
        Assert.NotNull((await reader.ReadAsync())!.Value.Tail);
        Assert.InRange(GC.GetAllocatedBytesForCurrentThread() - allocated, 0, FrontOptions.DefaultMaxLine + (16L * Megabyte));
    }

    /// <summary>One long request, then a short line; given in pieces, and held by nobody.</summary>
    private sealed class LongLine(long length) : MemoryStream
    {
        private static readonly byte[] Start = "{\"jsonrpc\":\"2.0\",\"id\":7,\"method\":\"tools/call\",\"params\":{\"x\":\""u8.ToArray();
        private static readonly byte[] End = "\"}}\nafter\n"u8.ToArray();
        private long _position;

        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default)
        {
            var count = (int)Math.Min(Math.Min(buffer.Length, 64 * 1024), Start.Length + length + End.Length - _position);
            var given = buffer.Span[..count];
            given.Fill((byte)'x');
            Put(Start, 0, given);
            Put(End, Start.Length + length, given);
            _position += count;
            return ValueTask.FromResult(count);
        }

        // What of these bytes, which stand at a place in the whole, falls into what is given now.
        private void Put(byte[] bytes, long place, Span<byte> given)
        {
            var from = Math.Max(place, _position);
            var to = Math.Min(place + bytes.Length, _position + given.Length);
            if (from < to)
            {
                bytes.AsSpan((int)(from - place), (int)(to - from)).CopyTo(given[(int)(from - _position)..]);
            }
        }
    }
}
