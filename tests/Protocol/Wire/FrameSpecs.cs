using CsCheck;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Protocol.Tests.Wire;

public sealed class FrameSpecs
{
    private static readonly Gen<(byte Kind, long Sequence, long Acknowledged, byte[] Payload)> AnyFrame =
        Gen.Select(Gen.Byte, Gen.Long, Gen.Long, Gen.Byte.Array[0, 200]);

    [Fact]
    public void Frames_come_out_as_they_went_in_however_the_bytes_are_cut() =>
        AnyFrame.Array[1, 5].Select(Gen.Int[1, 64]).Sample((frames, cut) =>
        {
            using var reader = new FrameStream(new SlowStream(Write(frames), cut));
            foreach (var (kind, sequence, acknowledged, payload) in frames)
            {
                var read = reader.ReadAsync().AsTask().GetAwaiter().GetResult();
                Assert.NotNull(read);
                Assert.Equal(((FrameKind)kind, sequence, acknowledged), (read.Kind, read.Sequence, read.Acknowledged));
                Assert.Equal(payload, read.Payload.ToArray());
            }

            Assert.Null(reader.ReadAsync().AsTask().GetAwaiter().GetResult());
        });

    [Fact]
    public async Task A_stream_that_ends_within_a_frame_gives_the_whole_frames_and_drops_the_torn_one()
    {
        var whole = Write([(2, 1, 0, [1, 2, 3]), (2, 2, 0, [4, 5])]);
        var first = FrameHeader.Size + 3;
        for (var length = 0; length <= whole.Length; length++)
        {
            using var reader = new FrameStream(new SlowStream(whole[..length], 7));
            var seen = 0;
            while (await reader.ReadAsync() is not null)
            {
                seen++;
            }

            Assert.Equal(length < first ? 0 : length < whole.Length ? 1 : 2, seen);
        }
    }

    [Fact]
    public async Task A_payload_larger_than_every_buffer_arrives_whole()
    {
        var payload = new byte[3_000_000];
        new Random(1).NextBytes(payload);
        using var reader = new FrameStream(new SlowStream(Write([(2, 9, 8, payload)]), 70_000));
        Assert.Equal(payload, (await reader.ReadAsync())!.Payload.ToArray());
    }

    [Fact]
    public void A_length_that_no_frame_has_is_refused()
    {
        var bytes = new byte[FrameHeader.Size];
        new FrameHeader(FrameKind.Message, 1, 0, FrameHeader.MaxPayload).Write(bytes);
        Assert.Equal(FrameHeader.MaxPayload, FrameHeader.Read(bytes).Length);
        bytes[4] = 1;
        Assert.Throws<WireException>(() => FrameHeader.Read(bytes));
    }

    private static byte[] Write((byte Kind, long Sequence, long Acknowledged, byte[] Payload)[] frames)
    {
        var bytes = new MemoryStream();
        using var writer = new FrameStream(bytes);
        foreach (var (kind, sequence, acknowledged, payload) in frames)
        {
            writer.WriteAsync((FrameKind)kind, sequence, acknowledged, payload).AsTask().GetAwaiter().GetResult();
        }

        return bytes.ToArray();
    }

    /// <summary>Gives at most a few bytes at a time, as a socket may.</summary>
    private sealed class SlowStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(cut, buffer.Length)], cancellationToken);
    }
}
