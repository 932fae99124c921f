using System.Diagnostics;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Runtime.Versioning;

namespace Orchestrator.Front.Tests;

[SupportedOSPlatform("linux")]
public sealed partial class FrozenBackendSpecs : IDisposable
{
    private const int Stop = 19;
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [SkippableFact]
    public async Task A_backend_that_is_stopped_is_killed_and_replaced_and_its_request_answered_by_another()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        using var front = new RunningFront(_home, options => options with { Backend = BackendProgram.For(_home) });
        var first = await AskAsync(front, 1);
        var stopped = ServerProcess.Find(first);
        Assert.Equal(0, Kill(first, Stop));
        Assert.True(SpinWait.SpinUntil(() => stopped!.IsStopped, TimeSpan.FromSeconds(10)));   // the signal takes its time
        var since = Stopwatch.GetTimestamp();
        var second = await AskAsync(front, 2);
        var pause = Stopwatch.GetElapsedTime(since);
        Assert.NotEqual(first, second);
        Assert.NotEqual(stopped, ServerProcess.Find(first));
        Assert.Contains($"process {first}) did not answer and was killed", front.Errors.ToString(), StringComparison.Ordinal);
        Assert.InRange(pause.TotalSeconds, 1.5, 12);
    }

    [SkippableFact]
    public async Task A_front_that_meets_a_stopped_backend_replaces_it_too()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        using var one = new RunningFront(_home, options => options with { Backend = BackendProgram.For(_home) });
        var first = await AskAsync(one, 1);
        Assert.Equal(0, Kill(first, Stop));
        using var other = new RunningFront(_home, options => options with { Backend = BackendProgram.For(_home) });
        Assert.NotEqual(first, await AskAsync(other, 1));
        Assert.Null(ServerProcess.Find(first));
    }

    [SkippableFact]
    public async Task One_that_was_elected_to_start_a_backend_and_is_stopped_keeps_nobody_else_from_it()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        var path = _home.Location.SpawnLockPath;
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        using var elected = Process.Start("/bin/sh", ["-c", $"exec 9<> '{path}'; flock 9; printf %s $$ >&9; kill -STOP $$"]);
        Assert.True(SpinWait.SpinUntil(() => ServerProcess.StoppedHolderOf(path)?.Id == elected.Id, TimeSpan.FromSeconds(10)));
        var other = _home.File("other-way");
        Directory.CreateSymbolicLink(other, Path.GetDirectoryName(path)!);
        Assert.Equal(elected.Id, ServerProcess.StoppedHolderOf(Path.Join(other, Path.GetFileName(path)))?.Id);
        using (var front = new RunningFront(_home, options => options with { Backend = BackendProgram.For(_home) }))
        {
            Assert.NotEqual(0, await AskAsync(front, 1));
        }

        Assert.True(ServerProcess.Find(elected.Id)!.IsStopped);   // it was let lie: its client may be continued
        elected.Kill();
    }

    [SkippableFact]
    public void A_process_is_known_by_its_number_and_its_start()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        using var child = Process.Start("sleep", "60");
        var found = ServerProcess.Find(child.Id)!;
        Assert.False((found with { StartedAt = found.StartedAt + 1 }).Kill());
        Assert.False(child.HasExited);
        Assert.False(found.IsStopped);
        Assert.Equal(0, Kill(child.Id, Stop));
        Assert.True(SpinWait.SpinUntil(() => found.IsStopped, TimeSpan.FromSeconds(10)));
        Assert.True(found.Kill());
        child.WaitForExit();
        Assert.False(found.Kill());
    }

    [Theory]
    [InlineData(0)]
    [InlineData(1)]
    [InlineData(int.MaxValue)]
    public void No_process_is_found_that_must_not_be_killed(int id) => Assert.Null(ServerProcess.Find(id));

    [Fact]
    public void Nobody_kills_itself() => Assert.Null(ServerProcess.Find(Environment.ProcessId));

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);

    private static async Task<int> AskAsync(RunningFront front, int id)
    {
        await front.WriteAsync(Conversation.Call(id));
        var answer = await front.ReadAsync();
        return int.Parse(answer![(answer!.LastIndexOf(':') + 1)..^1], CultureInfo.InvariantCulture);
    }
}
