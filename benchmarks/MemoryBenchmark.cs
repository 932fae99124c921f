using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>Resident memory of both processes: at rest, after 10,000 tasks came over the wire, and when the idle tasks have left.</summary>
internal static class MemoryBenchmark
{
    private const int Tasks = 10_000;
    private const int AtOnce = 32;
    private static readonly TimeSpan ShortestWait = TimeSpan.FromSeconds(150);   // longer than tasks stay without being asked for
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(240);
    private static readonly TimeSpan Look = TimeSpan.FromSeconds(5);

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        using var client = published.StartFront();
        await client.Initialize();
        await client.ListTools();
        var backend = published.BackendId();
        var table = new Table("memory: resident, MiB", "when", "backend", "of it anonymous", "threads", "front", "of it anonymous", "threads");
        Add("after the first tools/list");
        var start = Stopwatch.GetTimestamp();
        await Plan(client, Tasks / 4);
        Add($"after {Table.Whole(Tasks / 4)} creates");
        await Plan(client, Tasks - (Tasks / 4));
        var took = Stopwatch.GetElapsedTime(start);
        Add($"after {Table.Whole(Tasks)} creates");
        var settled = await Settle(backend);
        Add($"settled, {settled.TotalSeconds:0} s later");
        await client.Plan(0);
        Add("after one more create");
        table.Print();

        var (backendMemory, frontMemory) = (ProcessNumbers.Memory(backend).Total, ProcessNumbers.Memory(client.ProcessId).Total);
        Console.WriteLine($"  {Table.Whole(Tasks)} creates over the wire, {AtOnce} at once: {Table.Whole(Tasks / took.TotalSeconds)} per second");
        Console.WriteLine($"  peak of the backend: {ProcessNumbers.Peak(backend):0} MiB");
        Console.WriteLine($"  backend at most 160 MiB when settled: {backendMemory:0.0}, {Table.Verdict(backendMemory <= 160)}");
        Console.WriteLine($"  front at most 15 MiB: {frontMemory:0.0}, {Table.Verdict(frontMemory <= 15)}");

        void Add(string when)
        {
            var (b, f) = (ProcessNumbers.Memory(backend), ProcessNumbers.Memory(client.ProcessId));
            table.Add(
                when, $"{b.Total:0.0}", $"{b.Anonymous:0.0}", $"{ProcessNumbers.Threads(backend)}",
                $"{f.Total:0.0}", $"{f.Anonymous:0.0}", $"{ProcessNumbers.Threads(client.ProcessId)}");
        }
    }

    private static async Task Plan(McpClient client, int tasks)
    {
        var left = tasks;
        await Task.WhenAll(Enumerable.Range(0, AtOnce).Select(_ => Task.Run(async () =>
        {
            for (var number = Interlocked.Decrement(ref left); number >= 0; number = Interlocked.Decrement(ref left))
            {
                await client.Plan(number);
            }
        })));
    }

    /// <summary>Idle tasks leave after a time, and the collector runs when it likes: waits until half a minute brings no change.</summary>
    private static async Task<TimeSpan> Settle(int process)
    {
        var start = Stopwatch.GetTimestamp();
        var (last, since) = (ProcessNumbers.Memory(process).Total, start);
        while (Stopwatch.GetElapsedTime(start) < ShortestWait
            || (Stopwatch.GetElapsedTime(start) < LongestWait && Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30)))
        {
            await Task.Delay(Look);
            var now = ProcessNumbers.Memory(process).Total;
            if (Math.Abs(now - last) > 1)
            {
                (last, since) = (now, Stopwatch.GetTimestamp());
            }
        }

        return Stopwatch.GetElapsedTime(start);
    }
}
