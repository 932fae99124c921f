using System.Text;
using CsCheck;

namespace Orchestrator.Front.Tests;

public sealed class LineReaderSpecs
{
    [Fact]
    public void Lines_are_the_same_however_the_bytes_are_cut() =>
        Gen.Char["abc{}\"é\u4e16"].Array[0, 60].Select(letters => new string(letters)).Array[0, 8].Select(Gen.Int[1, 40]).Sample((lines, cut) =>
        {
            var bytes = Encoding.UTF8.GetBytes(string.Concat(lines.Select(line => line + "\n")));
            Assert.Equal(lines.Where(line => line.Length > 0), Read(bytes, cut).Select(Text));
        });

    [Fact]
    public void Every_cut_gives_the_same_lines()
    {
        var bytes = Encoding.UTF8.GetBytes("\uFEFF{\"id\":1}\r\n\n  \t\r\n{\"é\":2}  \n{\"last\":3}");
        for (var cut = 1; cut <= bytes.Length; cut++)
        {
            Assert.Equal(["{\"id\":1}", "{\"é\":2}", "{\"last\":3}"], Read(bytes, cut).Select(Text));
        }
    }

    [Fact]
    public void A_long_line_arrives_whole()
    {
        var line = new string('x', 1_000_000);
        Assert.Equal([line, "y", line], Read(Encoding.UTF8.GetBytes($"{line}\ny\n{line}\n"), 65_536).Select(Text));
    }

    [Theory]
    [InlineData(100)]
    [InlineData(20_000)]
    public void A_line_over_the_limit_is_passed_over_and_its_id_found(int limit)
    {
        var padding = new string('x', 100_000);
        string[] lines =
        [
            "{\"id\":7,\"method\":\"a\",\"params\":\"" + padding + "\"}",
            "short",
            "{\"method\":\"tools/call\",\"params\":{\"id\":9,\"x\":\"" + padding + "\"},\"jsonrpc\":\"2.0\",\"id\":\"seven\"}",
            "{\"method\":\"notifications/x\",\"params\":{\"x\":\"" + padding + "\",\"id\":5}}",
            "{\"id\":8,\"result\":\"" + padding + "\"}",
            "short",
        ];
        foreach (var cut in new[] { 1000, 1024, 4096, 7777 })
        {
            var read = Read(Encoding.UTF8.GetBytes(string.Join('\n', lines)), cut, limit);
            Assert.Equal(
                ["7", "short", "\"seven\"", null, null, "short"],
                read.Select(line => line.Tail is null ? Text(line) : OversizedLine.FindId(line) is { } id ? Encoding.UTF8.GetString(id) : null));
        }
    }

    [Fact]
    public void Deep_nesting_is_understood_up_to_a_thousand()
    {
        Assert.Equal(LineKind.Request, JsonLine.Parse(Nested(998)).Kind);
        Assert.Equal(LineKind.Broken, JsonLine.Parse(Nested(1001)).Kind);
    }

    [Fact]
    public void The_envelope_is_read_wherever_its_members_stand()
    {
        var line = JsonLine.Parse(Encoding.UTF8.GetBytes(
            """{"params":{"id":1,"method":"no","_meta":{"x":{"progressToken":2},"progressToken":"t"},"requestId":5}, "method":"m\u0065th", "id" : -0 }"""));
        Assert.Equal((LineKind.Request, "n:0", "meth", "s:t", "n:5"), (line.Kind, line.Id, line.Method, line.ProgressToken, line.RequestId));
        Assert.Equal("-0", Encoding.UTF8.GetString(line.RawId.Span));
        Assert.StartsWith("{\"id\":1", Encoding.UTF8.GetString(line.Params.Span), StringComparison.Ordinal);
        Assert.EndsWith("\"requestId\":5}", Encoding.UTF8.GetString(line.Params.Span), StringComparison.Ordinal);
    }

    private static byte[] Nested(int depth) =>
        Encoding.UTF8.GetBytes("{\"id\":1,\"method\":\"a\",\"params\":" + new string('[', depth) + new string(']', depth) + "}");

    private static string Text(RawLine line) => Encoding.UTF8.GetString(line.Bytes.Span);

    private static List<RawLine> Read(byte[] bytes, int cut, int limit = 128 * 1024 * 1024)
    {
        var reader = new LineReader(new SlowStream(bytes, cut), limit);
        var lines = new List<RawLine>();
        while (reader.ReadAsync().AsTask().GetAwaiter().GetResult() is { } line)
        {
            lines.Add(line);
        }

        return lines;
    }

    /// <summary>Gives at most a few bytes at a time, as a pipe may.</summary>
    private sealed class SlowStream(byte[] bytes, int cut) : MemoryStream(bytes)
    {
        public override ValueTask<int> ReadAsync(Memory<byte> buffer, CancellationToken cancellationToken = default) =>
            base.ReadAsync(buffer[..Math.Min(cut, buffer.Length)], cancellationToken);
    }
}
