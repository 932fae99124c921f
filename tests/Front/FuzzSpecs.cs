using System.Text;
using System.Text.Json;
using CsCheck;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front.Tests;

/// <summary>
/// Random bytes, and a corpus of messages with random damage, through everything that reads what others have written. Nothing throws what it does
/// not name, nothing hangs, and what is answered is JSON. A file in <c>Corpus</c> is one line that was interesting once; add to it what is found.
/// </summary>
public sealed class FuzzSpecs
{
    private static readonly int Iterations = Environment.GetEnvironmentVariable("CAMPAIGN_SECONDS") is null ? 4_000 : 400_000;
    private static readonly byte[][] Corpus = [.. Directory.EnumerateFiles(Path.Join(AppContext.BaseDirectory, "Corpus")).Order().Select(File.ReadAllBytes)];

    // Pieces that mean something to one of the readers, so that damage is not mere noise.
    private static readonly byte[][] Pieces =
    [
        .. new[]
        {
            "{", "}", "[", "]", "\"", "\\", "\\u", "\\ud800", "\\udc00", ":", ",", "\n", "\r\n", " ", "\t", "\0", "null", "true", "1e400", "-0", "1.5",
            "9223372036854775808", "\"id\":", "\"method\":", "\"params\":", "\"_meta\":", "\"progressToken\":", "\"requestId\":", "\"result\":",
            "\"error\":", "\"jsonrpc\":\"2.0\"", "\"initialize\"", "\"tools/call\"", "\"notifications/cancelled\"", "\uFEFF", "Content-Length: 2\r\n\r\n",
        }.Select(Encoding.UTF8.GetBytes),
        [0xFF], [0xC3, 0x28], [0xED, 0xA0, 0x80], [0xF4, 0x90, 0x80, 0x80], new byte[300],
    ];

    private static readonly Gen<byte[]> Damaged =
        from seed in Gen.OneOfConst(Corpus)
        from cuts in Gen.Select(Gen.Int[0, 1_000_000], Gen.Int[0, 6], Gen.OneOf(Gen.OneOfConst(Pieces), Gen.Byte.Array[0, 4])).Array[0, 5]
        select cuts.Aggregate(seed, (bytes, cut) => Splice(bytes, cut.Item1 % (bytes.Length + 1), cut.Item2, cut.Item3));

    private static readonly Gen<byte[]> Bytes = Gen.Frequency((1, Gen.Byte.Array[0, 300]), (4, Damaged));

    [Fact]
    public void There_is_a_corpus() => Assert.True(Corpus.Length >= 20, $"{Corpus.Length} files");

    [Fact]
    public void Every_line_is_read_judged_and_answered_in_JSON() => Bytes.Sample(
        bytes =>
        {
            if (bytes.Length == 0)
            {
                return;
            }

            var line = JsonLine.Parse(bytes);
            _ = (line.RawId.Length, line.Params.Length, line.Slice(line.ProgressTokenAt).Length, line.Slice(line.FilterAt).Length);
            var verdict = LineRules.Judge(line);
            if (verdict.Answer is { } answer)
            {
                using var parsed = JsonDocument.Parse(answer);
                Assert.True(parsed.RootElement.TryGetProperty("id", out _));
            }

            if (verdict.Passes && line.Kind == LineKind.Batch)
            {
                Batch.Split(line.Bytes).ForEach(part => JsonLine.Parse(part));
            }

            _ = OversizedLine.FindId(new RawLine(bytes.AsMemory(0, Math.Min(40, bytes.Length)), bytes.AsMemory(Math.Max(0, bytes.Length - 40))));
        },
        iter: Iterations);

    [Fact]
    public void Lines_are_cut_where_they_end_and_nowhere_else() => Gen.Select(Bytes.Array[1, 6], Gen.Int[1, 40], Gen.Int[16, 200]).Sample(
        (lines, piece, limit) =>
        {
            var all = lines.SelectMany(line => line.Append((byte)'\n')).ToArray();
            var reader = new LineReader(new PieceStream(all, piece), limit);
            var count = 0;
            while (reader.ReadAsync().AsTask().GetAwaiter().GetResult() is { } line)
            {
                Assert.True(line.Tail is not null || (line.Bytes.Length > 0 && line.Bytes.Length <= limit && !line.Bytes.Span.Contains((byte)'\n')));
                count++;
            }

            Assert.InRange(count, 0, all.Count(b => b == (byte)'\n'));
        },
        iter: Iterations);

    [Fact]
    public void A_relay_survives_whatever_both_sides_say() => Gen.Select(Gen.Bool, Gen.Int[0, 7], Bytes).Array[1, 30].Sample(
        steps =>
        {
            var output = new CheckedOutput();
            var state = new RelayState(output, TimeSpan.FromSeconds(45));
            var now = 0L;
            foreach (var (fromClient, what, bytes) in steps)
            {
                now += 1_000;
                if (what == 0)
                {
                    state.OnBackendLost(now);
                }
                else if (what == 1)
                {
                    state.OnBackendReady($"{now}", now);
                }
                else if (bytes.Length == 0)
                {
                    state.Expire(Conversation.Down, now);
                }
                else if (fromClient)
                {
                    state.OnClientLine(JsonLine.Parse(bytes), now);
                }
                else if (state.IsReady)
                {
                    state.OnBackendLine(JsonLine.Parse(bytes), now);
                }
            }

            state.Refuse(Conversation.Down);
            Assert.False(state.AwaitsAnswers);
        },
        iter: Iterations / 4);

    [Fact]
    public void Frames_hellos_and_refusals_are_read_or_named_as_none_of_ours() => Bytes.Sample(
        bytes =>
        {
            Named(() => Hello.Parse(bytes));
            Named(() => RefusalJson.Parse(bytes));
            Named(() =>
            {
                var frames = new FrameStream(new PieceStream(bytes, 7));
                while (frames.ReadAsync().AsTask().GetAwaiter().GetResult() is not null)
                {
                }
            });
        },
        iter: Iterations);

    [Fact]
    public void A_frame_that_is_cut_or_damaged_is_read_as_it_was_or_not_at_all() => Gen.Select(Bytes, Gen.Int[0, 400], Gen.Int[0, 23], Gen.Byte).Sample(
        (payload, cut, at, value) =>
        {
            var whole = new MemoryStream();
            new FrameStream(whole).WriteAsync(FrameKind.Message, 7, 3, payload).AsTask().GetAwaiter().GetResult();
            var bytes = whole.ToArray();
            var part = new FrameStream(new PieceStream(bytes[..Math.Min(cut, bytes.Length)], 5)).ReadAsync().AsTask().GetAwaiter().GetResult();
            Assert.Equal(cut >= bytes.Length, part is not null);
            Assert.True(part is null || part.Payload.Span.SequenceEqual(payload));
            bytes[at] = value;
            Named(() => new FrameStream(new PieceStream(bytes, 5)).ReadAsync().AsTask().GetAwaiter().GetResult());
        },
        iter: Iterations);

    private static void Named(Action read)
    {
        try
        {
            read();
        }
        catch (WireException)
        {
            // It says what is wrong.
        }
    }

    private static byte[] Splice(byte[] bytes, int at, int drop, byte[] piece) =>
        [.. bytes.AsSpan(0, at), .. piece, .. bytes.AsSpan(Math.Min(bytes.Length, at + drop))];

    /// <summary>Gives a few bytes at a time.</summary>
    private sealed class PieceStream(byte[] bytes, int piece) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(piece, buffer.Length)], cancellationToken);
    }

    /// <summary>What reaches a backend or a client is whole.</summary>
    private sealed class CheckedOutput : IRelayOutput
    {
        public void ToClient(ReadOnlyMemory<byte> line) => Check(line);

        public void ToBackend(long sequence, ReadOnlyMemory<byte> line) => Check(line);

        private static void Check(ReadOnlyMemory<byte> line)
        {
            using var parsed = JsonDocument.Parse(line, new JsonDocumentOptions { MaxDepth = 1000 });
            Assert.True(parsed.RootElement.ValueKind is JsonValueKind.Object or JsonValueKind.Array);
        }
    }
}
