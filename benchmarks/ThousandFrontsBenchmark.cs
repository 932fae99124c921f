using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>A thousand fronts on one backend: what each costs, and how long all of them wait when it is killed.</summary>
internal static class ThousandFrontsBenchmark
{
    // BENCHMARK_FRONTS for another number, on a machine that others need.
    private static readonly int Fronts =
        int.TryParse(Environment.GetEnvironmentVariable("BENCHMARK_FRONTS"), CultureInfo.InvariantCulture, out var number) ? number : 1_000;

    private const int AtOnce = 50;
    private const int Kills = 3;

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        // Reading a pipe blocks a thread of this program, and there are a thousand pipes.
        ThreadPool.SetMinThreads(Fronts + 100, 100);
        var counted = published.Counted();
        var clients = new List<McpClient> { await Connect() };
        try
        {
            var single = await Pauses();
            var before = ProcessNumbers.Memory(published.BackendId()).Total;
            var start = Stopwatch.GetTimestamp();
            foreach (var some in Enumerable.Range(0, Fronts - 1).Chunk(AtOnce))
            {
                clients.AddRange(await Task.WhenAll(some.Select(_ => Connect())));
            }

            await Task.WhenAll(clients.Select(c => c.Status()));
            Console.WriteLine($"\n{Table.Whole(Fronts)} fronts connected, {AtOnce} at a time, in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            var perConnection = (ProcessNumbers.Memory(published.BackendId()).Total - before) * 1024 / (Fronts - 1);
            var front = clients.Average(c => ProcessNumbers.Share(c.ProcessId));
            var starts = counted.Count;
            var all = await Pauses();

            var table = new Table("fronts: from a kill to the answers, ms", "fronts", "first served", "all served");
            table.Add("1", Table.Ms(single.First), Table.Ms(single.All));
            table.Add(Table.Whole(Fronts), Table.Ms(all.First), Table.Ms(all.All));
            table.Print();
            Console.WriteLine($"  memory of the backend for each connection: {perConnection:0} KiB; of each front (its share): {front:0.0} MiB");
            Console.WriteLine($"  all served within twice the single pause and 1 s: {Table.Ms(all.All)} of {Table.Ms((2 * single.All) + 1000)}, "
                + Table.Verdict(all.All <= (2 * single.All) + 1000));
            Console.WriteLine($"  one backend started for each kill: {(counted.Count - starts) / (double)Kills:0.00}, {Table.Verdict(counted.Count - starts == Kills)}");
        }
        finally
        {
            clients.ForEach(c => c.Close());
            clients.ForEach(c => c.Dispose());
        }

        async Task<McpClient> Connect()
        {
            var client = published.StartFront(counted.Front);
            await client.Initialize();
            await client.Status();
            return client;
        }

        // The median of some kills; each client sends a call at once.
        async Task<(double First, double All)> Pauses()
        {
            var (first, all) = (new Samples(), new Samples());
            for (var i = 0; i < Kills; i++)
            {
                await published.KillBackend();
                var start = Stopwatch.GetTimestamp();
                var calls = clients.Select(c => c.Status()).ToList();
                await Task.WhenAny(calls);
                first.Add(start);
                await Task.WhenAll(calls);
                all.Add(start);
            }

            return (first.Median, all.Median);
        }
    }
}
