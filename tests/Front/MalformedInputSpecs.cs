using System.Globalization;
using System.Text;

namespace Orchestrator.Front.Tests;

/// <summary>
/// What becomes of a line that is not as it should be: it <c>passes</c>, or it is answered with a code and an id, or it is met with <c>silence</c>
/// because nobody can wait for an answer. A character stands for one byte.
/// </summary>
public sealed class MalformedInputSpecs : IDisposable
{
    private const string Silence = "silence";
    private const string Passes = "passes";
    private const int Limit = 1024 * 1024;

    private readonly Home _home = new();

    public static TheoryData<string, string> Lines => new()
    {
        // ids
        { """{"jsonrpc":"2.0","id":0,"method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":-1,"method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":-0,"method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":"","method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":"1","method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":"\ud83d\ude00","method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":9007199254740992,"method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":9223372036854775807,"method":"a"}""", Passes },
        { """{"jsonrpc":"2.0","id":9223372036854775808,"method":"a"}""", "-32600 9223372036854775808" },
        { """{"jsonrpc":"2.0","id":1e400,"method":"a"}""", "-32600 1e400" },
        { """{"jsonrpc":"2.0","id":1e2,"method":"a"}""", "-32600 1e2" },
        { """{"jsonrpc":"2.0","id":1.5,"method":"a"}""", "-32600 1.5" },
        { """{"jsonrpc":"2.0","id":1.0,"method":"a"}""", "-32600 1.0" },
        { """{"jsonrpc":"2.0","id":null,"method":"a"}""", "-32600 null" },
        { """{"jsonrpc":"2.0","id":true,"method":"a"}""", "-32600 null" },
        { """{"jsonrpc":"2.0","id":{"a":1},"method":"a"}""", "-32600 null" },
        { """{"jsonrpc":"2.0","id":[1],"method":"a"}""", "-32600 null" },
        { """{"jsonrpc":"2.0","method":"a","id":{}}""", "-32600 null" },
        { """{"jsonrpc":"2.0","id":01,"method":"a"}""", "-32700 null" },
        { """{"jsonrpc":"2.0","id":"\ud800","method":"a"}""", "-32700 \"\\ud800\"" },

        // envelope
        { """{"id":1,"method":"a"}""", "-32600 1" },
        { """{"jsonrpc":"1.0","id":1,"method":"a"}""", "-32600 1" },
        { """{"jsonrpc":2.0,"id":1,"method":"a"}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1,"method":7}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1,"method":null}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1,"method":""}""", Passes },
        { """{"jsonrpc":"2.0","id":1,"id":2,"method":"a"}""", "-32600 2" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","method":"b"}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{},"params":{}}""", "-32600 1" },
        { """{"jsonrpc":"2.0","jsonrpc":"2.0","id":1,"method":"a"}""", "-32600 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":[]}""", "-32602 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":"x"}""", "-32602 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":7}""", "-32602 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":null}""", Passes },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1,"x":2}}""", Passes },
        { """{"jsonrpc":"2.0","id":1,"method":"a","more":{"id":2}}""", Passes },
        { """{"jsonrpc":"2.0","method":"a"}""", Passes },
        { """{"jsonrpc":"1.0","method":"a"}""", Silence },
        { """{"jsonrpc":"2.0","method":"a","params":[]}""", Silence },
        { """{"jsonrpc":"2.0","id":1,"result":{}}""", Silence },
        { """{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}""", Silence },
        { """{"jsonrpc":"2.0","id":1,"method":"a","result":{}}""", Passes },
        { "{}", Silence },
        { """{"jsonrpc":"2.0"}""", Silence },

        // no JSON
        { """{"jsonrpc":"2.0","id":1,"method":"a" """, "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a"}}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a"}{"jsonrpc":"2.0","id":2,"method":"a"}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a",}""", "-32700 1" },
        { """{'jsonrpc':'2.0','id':1,'method':'a'}""", "-32700 null" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":NaN}}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":1e99999}}""", Passes },
        { """{"jsonrpc":"2.0","method":"a","params":{"x":+1},"id":5}""", "-32700 5" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\0", "-32700 1" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\0b\"}", "-32700 1" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\t\"}}", "-32700 1" },
        { "\0\0\0", Silence },
        { "null", Silence },
        { "17", Silence },
        { "\"text\"", Silence },
        { "true", Silence },
        { "Content-Length: 52", Silence },
        { "Content-Length: 52\r", Silence },
        { "GET / HTTP/1.1", Silence },
        { "[info] starting", Silence },
        { "{", "-32700 null" },

        // bytes
        { "\u00EF\u00BB\u00BF{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}", Passes },
        { "\u00FF\u00FE{\0", Silence },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}\r", Passes },
        { "  \t{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\"}  ", Passes },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\u00FF\"}}", "-32700 1" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\u00C0\u0080\"}}", "-32700 1" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\u00ED\u00A0\u0080\"}}", "-32700 1" },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"a\",\"params\":{\"x\":\"\u00C3\u00A9\"}}", Passes },
        { "{\"jsonrpc\":\"2.0\",\"method\":\"a\",\"params\":{\"x\":\"\u00FF\"}}", Silence },
        { "{\"jsonrpc\":\"2.0\",\"id\":1,\"method\":\"\u00FF\"}", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\ud800"}}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\uDC00\uD800"}}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"\udfff":1}}""", "-32700 1" },
        { """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":"\\ud800"}}""", Passes },
        { """{"jsonrpc":"2.0","id":1,"method":"\ud800"}""", "-32700 1" },
        { """{"jsonrpc":"2.0","method":"a","params":{"x":"\ud800"}}""", Silence },

        // depth: the message itself, params, and what is in it
        { Nested(62), Passes },
        { Nested(63), "-32600 1" },
        { Nested(900), "-32600 1" },
        { Nested(100_000), "-32700 1" },
        { """{"jsonrpc":"2.0","method":"a","params":{"x":""" + new string('[', 70) + new string(']', 70) + "}}", Silence },

        // batches, before a revision is agreed that has them
        { """[{"jsonrpc":"2.0","id":1,"method":"a"}]""", "-32600 null" },
        { "[]", "-32600 null" },
        { """[{"jsonrpc":"2.0","id":1,"method":"a"}""", "-32700 null" },
    };

    public void Dispose() => _home.Dispose();

    [Theory]
    [MemberData(nameof(Lines))]
    public async Task A_line_is_answered_as_the_table_says(string line, string expected)
    {
        var relay = new Conversation().Ready();
        var reader = new LineReader(new MemoryStream(Encoding.Latin1.GetBytes(line + "\n")), Limit);
        Assert.True(await reader.ReadAsync() is var raw && raw is not null);
        relay.State.OnClientLine(JsonLine.Parse(raw.Value.Bytes), 0);
        var (told, sent) = (relay.ToClient, relay.ToBackend);
        Assert.Equal(expected == Passes ? 1 : 0, sent.Length);
        if (expected is Passes or Silence)
        {
            Assert.Empty(told);
        }
        else
        {
            var (code, id) = (expected.Split(' ')[0], expected.Split(' ')[1]);
            Assert.StartsWith($$$"""{"jsonrpc":"2.0","id":{{{id}}},"error":{"code":{{{code}}},"message":""", Assert.Single(told), StringComparison.Ordinal);
        }

        relay.Client(Conversation.Call(7)).Backend(Conversation.Result(7));
        Assert.Equal([Conversation.Result(7)], relay.ToClient);   // Whatever it was, the next one is served.
    }

    [Fact]
    public void The_table_has_the_cases_that_were_asked_for() => Assert.InRange(Lines.Count, 60, 1000);

    [Fact]
    public async Task A_line_over_the_limit_is_answered_and_the_next_one_served()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { MaxLine = Limit });
        using var connection = await backend.AcceptAsync();
        var padding = new string('x', Limit);
        await front.WriteAsync(
            $$$"""{"jsonrpc":"2.0","id":5,"method":"a","params":{"x":"{{{padding}}}"}}""",
            $$$"""{"jsonrpc":"2.0","method":"a","params":{"x":"{{{padding}}}"},"id":"end"}""",
            Conversation.Call(1));
        Assert.StartsWith("""{"jsonrpc":"2.0","id":5,"error":{"code":-32600,"message":"The line is longer than the limit of 1048576""", await front.ReadAsync(), StringComparison.Ordinal);
        Assert.StartsWith("""{"jsonrpc":"2.0","id":"end","error":{"code":-32600""", await front.ReadAsync(), StringComparison.Ordinal);
        Assert.Equal(Conversation.Call(1), (await connection.ReadAsync()).Line);
    }

    [Fact]
    public async Task A_line_at_the_limit_passes_whole()
    {
        const string start = """{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":""" + "\"";
        var line = start + new string('x', 20_000_000 - start.Length - 3) + "\"}}";
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { MaxLine = 20_000_000 });
        using var connection = await backend.AcceptAsync();
        await front.WriteAsync(line, Conversation.Call(2));
        Assert.Equal(line, (await connection.ReadAsync()).Line);
        Assert.Equal(Conversation.Call(2), (await connection.ReadAsync()).Line);
    }

    [Fact]
    public async Task A_line_that_comes_byte_by_byte_is_a_line()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        using var connection = await backend.AcceptAsync();
        foreach (var letter in Conversation.Call(1))
        {
            await front.WriteBytesAsync([(byte)letter]);
        }

        await front.WriteBytesAsync("\n"u8.ToArray());
        Assert.Equal(Conversation.Call(1), (await connection.ReadAsync()).Line);
    }

    [Theory]
    [InlineData(null, 64 * 1024 * 1024)]
    [InlineData("", 64 * 1024 * 1024)]
    [InlineData("many", 64 * 1024 * 1024)]
    [InlineData("-5", 64 * 1024 * 1024)]
    [InlineData("16777216", 16 * 1024 * 1024)]
    [InlineData("1", 4096)]
    [InlineData("99999999999999", 128 * 1024 * 1024)]
    public void The_limit_comes_from_the_environment(string? bytes, int limit) => Assert.Equal(limit, FrontOptions.MaxLineFrom(bytes));

    [Theory]
    [InlineData("--max-line-mb 16", 16, null)]
    [InlineData("--max-line-mb=128", 128, null)]
    [InlineData("--max-line-mb 129", null, "--max-line-mb needs a number from 1 to 128")]
    [InlineData("--max-line-mb", null, "--max-line-mb needs a number from 1 to 128")]
    [InlineData("--data-dir", null, "--data-dir needs a path")]
    public void The_limit_can_be_given_on_the_command_line(string line, int? megabytes, string? error)
    {
        var parsed = CommandLine.Parse(line.Split(' '));
        Assert.Equal((megabytes * 1024 * 1024, error), (parsed.MaxLine, parsed.Error));
    }

    private static string Nested(int depth) => string.Create(
        CultureInfo.InvariantCulture,
        $$$"""{"jsonrpc":"2.0","id":1,"method":"a","params":{"x":{{{new string('[', depth)}}}{{{new string(']', depth)}}}}}""");
}
