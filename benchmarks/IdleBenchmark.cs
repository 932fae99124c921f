using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>What a backend costs while nobody asks it anything.</summary>
internal static class IdleBenchmark
{
    private static readonly TimeSpan Settle = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan Watch = TimeSpan.FromSeconds(20);

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        using var client = published.StartFront();
        await client.Initialize();
        await client.Plan(1);
        await Task.Delay(Settle);
        using var sleeping = published.Start("/bin/sleep", "60");
        var processes = new[] { ("floor: sleep", sleeping.Id), ("backend", published.BackendId()), ("front", client.ProcessId) };
        var start = Stopwatch.GetTimestamp();
        var before = processes.Select(p => (Cpu: ProcessNumbers.Cpu(p.Item2), Wakeups: ProcessNumbers.Wakeups(p.Item2))).ToList();
        await Task.Delay(Watch);
        var after = processes.Select(p => (Cpu: ProcessNumbers.Cpu(p.Item2), Wakeups: ProcessNumbers.Wakeups(p.Item2))).ToList();
        var seconds = Stopwatch.GetElapsedTime(start).TotalSeconds;
        sleeping.Kill();

        var table = new Table($"idle: over {seconds:0} s", "process", "% of one core", "wakeups a second", "threads");
        for (var i = 0; i < processes.Length; i++)
        {
            table.Add(
                processes[i].Item1, $"{(after[i].Cpu - before[i].Cpu) / seconds * 100:0.00}", $"{Math.Max(0, after[i].Wakeups - before[i].Wakeups) / seconds:0}",
                i == 0 ? "1" : $"{ProcessNumbers.Threads(processes[i].Item2)}");
        }

        table.Print();
    }
}
