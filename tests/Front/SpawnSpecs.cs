using System.Runtime.Versioning;

namespace Orchestrator.Front.Tests;

[UnsupportedOSPlatform("windows")]
public sealed class SpawnSpecs : IDisposable
{
    private const string Call = """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"x"}}""";

    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task A_backend_that_ends_at_once_is_reported_with_its_exit_code_and_its_log()
    {
        using var front = new RunningFront(_home, backend: _home.Script("echo started \"$@\"; exit 7"));
        await front.WriteAsync(Call);
        var answer = await front.ReadAsync();
        Assert.Contains("BACKEND_UNAVAILABLE", answer, StringComparison.Ordinal);
        Assert.Contains("exit code 7", answer, StringComparison.Ordinal);
        Assert.Contains(_home.Location.LogPath, answer, StringComparison.Ordinal);
        Assert.Contains("\"isError\":true", answer, StringComparison.Ordinal);
        var log = await File.ReadAllLinesAsync(_home.Location.LogPath);
        Assert.True(log.Length >= 5);
        Assert.Equal($"started backend --data-dir {_home.Location.Path}", log[0]);
    }

    [Fact]
    public async Task A_backend_that_is_not_there_is_reported_and_found_when_it_comes()
    {
        using var front = new RunningFront(_home);
        await front.WriteAsync(Call);
        Assert.Contains("/nonexistent/orchestrator cannot be started", await front.ReadAsync(), StringComparison.Ordinal);
        using var backend = new FakeBackend(_home.Location);
        using var connection = await backend.AcceptAsync();
        await front.WriteAsync(Call);
        Assert.Equal((2, Call), await connection.ReadAsync());
    }

    [Fact]
    public async Task A_backend_that_never_says_hello_is_reported()
    {
        var script = _home.Script("exec sleep 5");
        using var front = new RunningFront(_home, options => options with { HelloLimit = TimeSpan.FromMilliseconds(200) }, script);
        await front.WriteAsync(Call);
        Assert.Contains("has not answered", await front.ReadAsync(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task While_another_front_starts_a_backend_this_one_only_connects()
    {
        _home.Location.PrepareRunDirectory();
        var started = _home.File("started");
        using (new FileStream(_home.Location.SpawnLockPath, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None))
        {
            using var front = new RunningFront(
                _home, options => options with { HelloLimit = TimeSpan.FromMilliseconds(200) }, _home.Script($"echo >> {started}; exit 1"));
            await front.WriteAsync(Call);
            Assert.Contains("Nobody listens", await front.ReadAsync(), StringComparison.Ordinal);
            Assert.False(File.Exists(started));
        }
    }

    [SkippableFact]
    public async Task A_backend_has_a_session_of_its_own_and_nothing_of_the_client()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        _home.Location.PrepareDataDirectory();
        var script = _home.Script(
            """
            echo pid $$; echo sid $(cut -d' ' -f6 /proc/$$/stat); echo cwd $(pwd); echo in $(readlink /proc/$$/fd/0)
            echo ignored $(grep SigIgn /proc/$$/status | tail -c 9); echo "PATH is $PATH"; echo oops >&2; exit 3
            """);
        var backend = BackendSpawner.Start(new BackendCommand(script, []), _home.Location);
        Assert.Equal(3, await backend.Exited.Within());
        var log = await File.ReadAllLinesAsync(_home.Location.LogPath);
        Assert.Equal(
            [
                $"pid {backend.ProcessId}", $"sid {backend.ProcessId}", $"cwd {Path.GetDirectoryName(_home.Location.Path)}", "in /dev/null",
                "ignored 00000000", $"PATH is {Environment.GetEnvironmentVariable("PATH")}", "oops",
            ],
            log);
    }

    [Fact]
    public async Task A_backend_that_is_killed_is_reaped_with_its_signal()
    {
        _home.Location.PrepareDataDirectory();
        var backend = BackendSpawner.Start(new BackendCommand(_home.Script("kill -9 $$"), []), _home.Location);
        Assert.Equal(128 + 9, await backend.Exited.Within());
    }
}
