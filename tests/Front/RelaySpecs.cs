using System.Globalization;
using System.Text;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front.Tests;

public sealed class RelaySpecs : IDisposable
{
    private const string Slow = """{ "jsonrpc":"2.0", "method":"tools/call", "params":{"name":"plan \u00e9"},"id":"slow" }""";
    private const string Quick = """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""";
    private const string SlowReply = """{"jsonrpc":"2.0","id":"slow","result":{"n":1}}""";
    private const string QuickReply = """{"jsonrpc":"2.0","id":2,"result":{"tools":[]}}""";

    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(FrameHeader.Size)]
    [InlineData(FrameHeader.Size + 9)]
    [InlineData(-1)]
    public async Task A_backend_that_dies_within_an_answer_is_not_noticed_wherever_the_answer_is_cut(int cut)
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        await front.WriteAsync(Slow);
        var whole = FrameHeader.Size + Encoding.UTF8.GetByteCount(SlowReply);
        using (var dying = await backend.AcceptAsync())
        {
            Assert.Equal((1, Slow), await dying.ReadAsync());
            await dying.DieWithinAsync(SlowReply, cut < 0 ? whole + cut : cut);
        }

        using var connection = await backend.AcceptAsync();
        Assert.Equal((1, Slow), await connection.ReadAsync());
        await front.WriteAsync(Quick);
        Assert.Equal((2, Quick), await connection.ReadAsync());
        await connection.SendAsync(SlowReply);
        await connection.SendAsync(SlowReply);
        await connection.SendAsync(QuickReply);
        Assert.Equal(SlowReply, await front.ReadAsync());
        Assert.Equal(QuickReply, await front.ReadAsync());
        front.EndInput();
        Assert.Equal(0, await front.Exit.Within());
        Assert.Null(await front.ReadAsync());
    }

    [Fact]
    public async Task What_a_backend_wrote_before_it_died_is_delivered_and_not_asked_again()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        await front.WriteAsync(Slow, Quick);
        var large = $$$"""{"jsonrpc":"2.0","id":"slow","result":"{{{new string('x', 3_000_000)}}}"}""";
        using (var dying = await backend.AcceptAsync())
        {
            await dying.ReadAsync();
            await dying.ReadAsync();
            var sending = dying.SendAsync(large);
            Assert.Equal(large, await front.ReadAsync());
            await sending;
        }

        using var connection = await backend.AcceptAsync();
        Assert.Equal((2, Quick), await connection.ReadAsync());
    }

    [Fact]
    public async Task The_hello_names_the_front_and_its_last_number()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        string? name;
        using (var first = await backend.AcceptAsync())
        {
            name = first.Theirs!.Front;
            Assert.Matches("^[0-9a-f]{32}$", name);
            Assert.Equal((0, _home.Location.Identity), (first.Theirs.LastSequence, first.Theirs.DataDirectory));
            await front.WriteAsync(Slow, Quick);
            await first.ReadAsync();
            await first.ReadAsync();
        }

        using var second = await backend.AcceptAsync();
        Assert.Equal((name, 2L), (second.Theirs!.Front, second.Theirs.LastSequence));
    }

    [Fact]
    public async Task A_connection_without_a_hello_is_not_a_backend()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        await front.WriteAsync(Slow);
        (await backend.AcceptAsync(sayHello: false)).Dispose();
        using var connection = await backend.AcceptAsync();
        Assert.Equal((1, Slow), await connection.ReadAsync());
    }

    [Fact]
    public async Task A_client_that_writes_without_reading_stops_nobody()
    {
        const int count = 90;
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        using var connection = await backend.AcceptAsync();
        var padding = new string('x', 1_000_000);   // 90 MB of answers: more than the front keeps for a client
        var answering = Task.Run(async () =>
        {
            for (var i = 1; i <= count; i++)
            {
                await connection.ReadAsync();
            }

            for (var i = 1; i <= count; i++)
            {
                await connection.SendAsync(string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{i}}},"result":"{{{padding}}}"}"""));
            }
        });
        for (var i = 1; i <= count; i++)
        {
            await front.WriteAsync(string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"a","params":{"x":"{{{padding}}}"}}"""));
        }

        for (var i = 1; i <= count; i++)
        {
            Assert.StartsWith(string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{i}}},"""), await front.ReadAsync(), StringComparison.Ordinal);
        }

        await answering.Within();
    }

    [Fact]
    public async Task A_client_is_slowed_down_when_too_much_waits_and_goes_on_when_it_is_answered()
    {
        using var election = ElectMe();
        using var front = new RunningFront(_home, options => options with { HoldLimit = TimeSpan.FromSeconds(1), HelloLimit = TimeSpan.FromMinutes(1) });
        var padding = new string('x', 30_000_000);
        for (var i = 1; i <= 12; i++)   // 360 MB: more than the front keeps
        {
            await front.WriteAsync(string.Create(CultureInfo.InvariantCulture, $$$"""{"jsonrpc":"2.0","id":{{{i}}},"method":"a","params":{"x":"{{{padding}}}"}}"""));
        }

        for (var i = 1; i <= 12; i++)
        {
            Assert.Contains(RefusalCode.BackendUnavailable, await front.ReadAsync(), StringComparison.Ordinal);
        }
    }

    [Fact]
    public async Task Every_so_many_messages_are_acknowledged_without_being_asked()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        using var connection = await backend.AcceptAsync();
        for (var i = 0; i < 64; i++)
        {
            await connection.SendAsync("""{"jsonrpc":"2.0","method":"notifications/message"}""");
        }

        var frame = await connection.Frames.ReadAsync(Deadline.Token());
        Assert.Equal((FrameKind.Ack, 64), (frame!.Kind, frame.Acknowledged));
    }

    [Theory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task A_backend_that_refuses_is_quoted_and_tried_again_until_it_serves(bool afterHello)
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        await front.WriteAsync(Quick);
        using (var refusing = await backend.AcceptAsync(afterHello))
        {
            await refusing.RefuseAsync(new Refusal("DATABASE_UNAVAILABLE", "It is locked.", "Unlock it."));
            Assert.Contains("DATABASE_UNAVAILABLE: It is locked.", await front.ReadAsync(), StringComparison.Ordinal);
        }

        using var serving = await backend.AcceptAsync();
        await front.WriteAsync(Slow);
        Assert.Equal((2, Slow), await serving.ReadAsync());
    }

    [Fact]
    public async Task A_backend_of_another_data_directory_is_refused()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        await front.WriteAsync(Quick);
        using var connection = await backend.AcceptAsync(sayHello: false);
        await connection.Frames.WriteAsync(FrameKind.Hello, 0, 0, (backend.Hello with { DataDirectory = "other" }).ToUtf8());
        Assert.Contains("another data directory", await front.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Answers_that_are_on_their_way_arrive_after_the_clients_end()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { EndGrace = TimeSpan.FromMinutes(1) });
        await front.WriteAsync(Quick);
        front.EndInput();
        using var connection = await backend.AcceptAsync();
        await connection.ReadAsync();
        await connection.SendAsync(QuickReply);
        Assert.Equal(QuickReply, await front.ReadAsync());
        Assert.Equal(0, await front.Exit.Within());
    }

    [Fact]
    public async Task The_clients_end_is_waited_out_no_longer_than_the_grace()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { EndGrace = TimeSpan.FromMilliseconds(50) });
        await front.WriteAsync(Quick);
        front.EndInput();
        Assert.Equal(0, await front.Exit.Within());
    }

    [Fact]
    public async Task A_signal_ends_the_front_whatever_is_unanswered()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home, options => options with { EndGrace = TimeSpan.FromMinutes(1) });
        await front.WriteAsync(Quick);
        using var connection = await backend.AcceptAsync();
        await connection.ReadAsync();
        front.Signal();
        Assert.Equal(0, await front.Exit.Within());
    }

    private FileStream ElectMe()
    {
        _home.Location.PrepareRunDirectory();
        return new FileStream(_home.Location.SpawnLockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None);
    }
}
