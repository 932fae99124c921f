using System.Diagnostics;
using System.Runtime.Versioning;

namespace Orchestrator.Front.Tests;

/// <summary>Backends that come and go, or do not come at all: what the front does meanwhile, and what it says.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class OutageSpecs : IDisposable
{
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Backends_that_die_soon_after_their_hello_are_sought_ever_more_slowly_and_for_ever()
    {
        using var front = new RunningFront(_home);
        using var backend = new FakeBackend(_home.Location);
        var pauses = new List<double>();
        for (var life = 1; life <= 7; life++)
        {
            var since = Stopwatch.GetTimestamp();
            using var connection = await backend.AcceptAsync();
            pauses.Add(Stopwatch.GetElapsedTime(since).TotalMilliseconds);
        }

        // 10 ms doubled for every life, with a quarter of jitter. A machine under load may take longer, never less.
        for (var life = 3; life <= 7; life++)
        {
            Assert.True(pauses[life - 1] >= 0.7 * (10 << (life - 1)), $"{life}: {string.Join(", ", pauses.Select(p => $"{p:0}"))} ms");
        }

        using var last = await backend.AcceptAsync();
        await front.WriteAsync(Conversation.Call(1));
        Assert.Equal((1, Conversation.Call(1)), await last.ReadAsync());
    }

    [Theory]
    [InlineData(900, true)]
    [InlineData(5_000, false)]
    public void Only_a_backend_that_came_to_serve_begins_a_new_time_of_holding(int life, bool isOver)
    {
        var conversation = new Conversation().Client(Conversation.Call(1)).Pass(44_000).Ready().Pass(life).Lose().Pass(200);
        Assert.Equal(isOver ? 1 : 0, conversation.ToClient.Length);
    }

    [Fact]
    public void A_call_that_had_reached_a_backend_is_not_said_to_have_failed()
    {
        var conversation = new Conversation().Ready().Client(Conversation.Call(1), """{"jsonrpc":"2.0","id":2,"method":"tools/list"}""");
        conversation.Lose().Client(Conversation.Call(3)).State.Refuse(Conversation.Down);
        var answers = conversation.ToClient;
        Assert.Contains("OUTCOME_UNKNOWN", answers[0], StringComparison.Ordinal);
        Assert.Contains("look whether it has before you repeat it", answers[0], StringComparison.Ordinal);
        Assert.Contains("BACKEND_UNAVAILABLE", answers[1], StringComparison.Ordinal);
        Assert.Contains("BACKEND_UNAVAILABLE", answers[2], StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_backend_that_ends_at_once_is_quoted()
    {
        using var front = new RunningFront(_home, backend: _home.Script("echo; echo 'orchestrator: The disk is full.' >&2; echo '   at Trace()' >&2; exit 1"));
        await front.WriteAsync(Conversation.Call(1));
        Assert.Contains("exit code 1 before it served. It said: orchestrator: The disk is full.", await front.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("It said: orchestrator: The disk is full.", front.Errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Whoever_leaves_in_an_outage_is_not_kept()
    {
        using var front = new RunningFront(_home, options => options with { EndGrace = TimeSpan.FromSeconds(30) });
        using (var backend = new FakeBackend(_home.Location))
        {
            using var connection = await backend.AcceptAsync();
            await front.WriteAsync(Conversation.Call(1));
            await connection.ReadAsync();
        }

        File.Delete(_home.Location.SocketPath);
        await front.WriteAsync("""{"jsonrpc":"2.0","id":2,"method":"ping"}""");
        Assert.Contains("\"id\":2", await front.ReadAsync(), StringComparison.Ordinal);
        front.EndInput();
        Assert.Equal(0, await front.Exit.Within());   // within 20 s, and its grace is 30
    }

    [SkippableTheory]
    [InlineData(true)]
    [InlineData(false)]
    public async Task Whoever_holds_the_data_directory_and_does_not_listen_is_killed_if_he_is_stopped_and_named_if_not(bool isStopped)
    {
        Skip.IfNot(OperatingSystem.IsLinux() && File.Exists("/usr/bin/flock"), "It takes /usr/bin/flock to hold a lock.");
        _home.Location.PrepareDataDirectory();
        using var holder = Process.Start("/bin/sh", ["-c", $"exec 9<>'{_home.Location.LockPath}'; flock 9; echo $$ >&9; touch '{_home.File("held")}'; exec sleep 60"])!;
        Assert.True(SpinWait.SpinUntil(() => File.Exists(_home.File("held")), TimeSpan.FromSeconds(10)));
        if (isStopped)
        {
            Process.Start("/bin/kill", ["-STOP", $"{holder.Id}"]).WaitForExit();
        }

        using var front = new RunningFront(_home, options => options with { HelloLimit = TimeSpan.FromSeconds(1) }, _home.Script("exit 75"));
        await front.WriteAsync(Conversation.Call(1));
        var answer = await front.ReadAsync();
        if (isStopped)
        {
            await holder.WaitForExitAsync().Within();
            Assert.Contains($"process {holder.Id}) did not answer and was killed", front.Errors.ToString(), StringComparison.Ordinal);
        }
        else
        {
            Assert.Contains($"Process {holder.Id} holds {_home.Location.LockPath} and does not listen", answer, StringComparison.Ordinal);
            Assert.False(holder.HasExited);
            holder.Kill();
        }
    }

    [Fact]
    public void Nobody_is_taken_for_a_holder_because_his_number_stands_in_the_file()
    {
        _home.Location.PrepareDataDirectory();
        using var sleeper = Process.Start("sleep", "60");
        File.WriteAllText(_home.Location.LockPath, $"{sleeper.Id}\n");
        Assert.Null(ServerProcess.HolderOf(_home.Location.LockPath));
        Assert.Null(ServerProcess.HolderOf(_home.File("missing")));
        sleeper.Kill();
    }

    [Fact]
    public async Task A_stranger_on_the_socket_is_named_on_standard_error_with_what_to_do()
    {
        using var backend = new FakeBackend(_home.Location);
        using var front = new RunningFront(_home);
        using var connection = await backend.AcceptAsync(sayHello: false);
        await front.WriteAsync(Conversation.Call(1), "{\"jsonrpc\":\"2.0\",\"id\":2,\"method\":\"ping\"}");
        Assert.Contains("\"id\":2", await front.ReadAsync(), StringComparison.Ordinal);   // so it has read the call as well
        await connection.Frames.WriteAsync(Protocol.Wire.FrameKind.Hello, 0, 0, "220 mail.example ESMTP"u8.ToArray());
        Assert.Contains("PROTOCOL_MISMATCH", await front.ReadAsync(), StringComparison.Ordinal);
        Assert.Contains("Stop the other process", front.Errors.ToString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_standard_error_that_nobody_reads_stops_nobody()
    {
        using var blocked = new BlockedStream();
        await using (var log = new ErrorLog(blocked))
        {
            for (var i = 0; i < 10_000; i++)
            {
                await log.WriteLineAsync("a line");
            }
        }

        Assert.True(blocked.WasWritten);
    }

    private sealed class BlockedStream : MemoryStream
    {
        private readonly ManualResetEventSlim _never = new();

        public bool WasWritten { get; private set; }

        public override void Write(byte[] buffer, int offset, int count)
        {
            WasWritten = true;
            _never.Wait();
        }

        protected override void Dispose(bool disposing)
        {
            _never.Set();
            base.Dispose(disposing);
        }
    }
}
