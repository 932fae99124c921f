using System.Runtime.Versioning;

namespace Orchestrator.Front.Tests;

/// <summary>Of many fronts one starts the backend.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class ElectionSpecs : IDisposable
{
    private const int Fronts = 50;
    private readonly Home _home = new();

    public void Dispose() => _home.Dispose();

    [Fact]
    public async Task Fifty_fronts_that_start_together_start_one_backend()
    {
        var started = _home.File("started");
        var program = BackendProgram.For(_home);
        var script = _home.Script($"echo $$ >> '{started}'; exec {program.Executable} {string.Join(' ', program.Arguments.Select(a => $"'{a}'"))}");
        var fronts = Enumerable.Range(0, Fronts).Select(_ => new RunningFront(_home, backend: script)).ToList();
        try
        {
            await Task.WhenAll(fronts.Select(front => front.WriteAsync(Conversation.Call(1))));
            var answers = await Task.WhenAll(fronts.Select(front => front.ReadAsync()));
            Assert.Single(answers.Distinct());
            Assert.Single(await File.ReadAllLinesAsync(started));
        }
        finally
        {
            fronts.ForEach(front => front.Dispose());
        }
    }

    [SkippableFact]
    public async Task Whoever_waits_for_the_election_waits_in_the_kernel_until_its_lock_is_free()
    {
        Skip.IfNot(OperatingSystem.IsLinux());
        var path = _home.File("spawn");
        var waits = $"-> FLOCK  ADVISORY  READ {Environment.ProcessId} ";
        Task freed;
        using (new SpawnLock(path).TryTake())
        {
            var other = new SpawnLock(path);
            Assert.Null(other.TryTake());
            freed = other.FreedAsync();
            Assert.True(SpinWait.SpinUntil(() => File.ReadAllText("/proc/locks").Contains(waits, StringComparison.Ordinal), TimeSpan.FromSeconds(10)));
            Assert.False(freed.IsCompleted);
        }

        await freed.WaitAsync(TimeSpan.FromSeconds(10));
        Assert.True(new SpawnLock(_home.File("nothing")).FreedAsync().Wait(TimeSpan.FromSeconds(10)));
    }
}
