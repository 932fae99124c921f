using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>From the start of the front's process to its answer to tools/list: what a person waits for when a client opens.</summary>
internal static class StartupBenchmark
{
    private const int WarmRounds = 30;
    private const int ColdRounds = 7;

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        var (empty, dotnet, warm, first, again) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        for (var round = 0; round < ColdRounds; round++)
        {
            published.EndBackend();
            published.UseNewDataDirectory($"data{round}");
            await Front(published, first);
            published.EndBackend();
            await Front(published, again);
        }

        for (var round = 0; round < WarmRounds; round++)
        {
            await Front(published, warm);
            await empty.Time(() => published.Run("/bin/true"));
            if (round % 5 == 0)
            {
                await dotnet.Time(() => published.Run("dotnet", "--version"));
            }
        }

        var table = new Table("startup: process start to the answer to tools/list, ms", "what", "p50", "p95", "of an empty process");
        foreach (var (name, samples) in new[]
        {
            ("floor: /bin/true, start to end", empty), ("floor: dotnet --version, start to end", dotnet), ("front, backend running", warm),
            ("front, no backend, new data directory", first), ("front, no backend, data directory used before", again),
        })
        {
            table.Add(name, Table.Ms(samples.Median), Table.Ms(samples.P95), Table.Ratio(samples.Median / empty.Median));
        }

        table.Print();
        var cold = Math.Max(first.Median, again.Median);
        Console.WriteLine($"  backend running under 50 ms (p50): {Table.Ms(warm.Median)}, {Table.Verdict(warm.Median <= 50)}");
        Console.WriteLine($"  no backend under 2,000 ms (p50): {Table.Ms(cold)}, {Table.Verdict(cold <= 2000)}");
    }

    private static async Task Front(Published published, Samples samples)
    {
        var start = Stopwatch.GetTimestamp();
        using var client = published.StartFront();
        await client.Initialize();
        await client.ListTools();
        samples.Add(start);
    }
}
