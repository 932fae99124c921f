using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.Benchmarks;

/// <summary>What the front costs: until its first reply, in memory, and on each call beside a client on the backend's own socket.</summary>
internal static class FrontBenchmark
{
    private const int Starts = 40;
    private const int Rounds = 20;
    private const int PerRound = 50;

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
        var (empty, first) = (new Samples(), new Samples());
        for (var i = 0; i < Starts; i++)
        {
            await empty.Time(() => published.Run("/bin/true"));
            var start = Stopwatch.GetTimestamp();
            using var front = published.StartFront();
            await front.Initialize();
            first.Add(start);
        }

        using var direct = await DirectClient.TryConnect(published.DataDirectory, published.Home)
            ?? throw new InvalidOperationException("The backend does not listen.");
        var (bare, relayed) = (new Samples(), new Samples());
        for (var round = 0; round <= Rounds; round++)
        {
            // The first round warms up; then in turn, so that what else happens on the machine hits both.
            var (to, through) = round == 0 ? (new Samples(), new Samples()) : (bare, relayed);
            for (var i = 0; i < PerRound; i++)
            {
                await to.Time(() => direct.Call("get_status", "{}"));
                await through.Time(client.Status);
            }
        }

        var table = new Table("front: ms", "what", "p50", "p95", "p50 to the floor");
        table.Add("floor: /bin/true, start to end", Table.Ms(empty.Median), Table.Ms(empty.P95), "1.00x");
        table.Add("start to the answer to initialize", Table.Ms(first.Median), Table.Ms(first.P95), Table.Ratio(first.Median / empty.Median));
        table.Add("floor: get_status on the socket", Table.Ms(bare.Median), Table.Ms(bare.P95), "1.00x");
        table.Add("get_status through a front", Table.Ms(relayed.Median), Table.Ms(relayed.P95), Table.Ratio(relayed.Median / bare.Median));
        table.Print();
        var (added, memory) = (relayed.Median - bare.Median, ProcessNumbers.Memory(client.ProcessId));
        Console.WriteLine($"  first reply at most 15 ms (p50): {Table.Ms(first.Median)}, {Table.Verdict(first.Median <= 15)}");
        Console.WriteLine($"  added latency at most 0.2 ms (p50): {Table.Ms(added)}, {Table.Verdict(added <= 0.2)}");
        Console.WriteLine(
            $"  front at most 15 MiB: {memory.Total:0.0} ({memory.Anonymous:0.0} of it anonymous), {Table.Verdict(memory.Total <= 15)}");
    }
}
