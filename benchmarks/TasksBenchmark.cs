using System.Diagnostics;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>What one change costs when the store holds 10 or 100,000 tasks. The aim is that nobody can tell which.</summary>
internal static class TasksBenchmark
{
    private const int Rounds = 20;
    private const int PerRound = 20;
    private static readonly int[] Sizes = [10, 1_000, 10_000, 100_000];
    private static readonly string[] Operations = ["create", "note", "claim", "complete"];

    public static async Task Run()
    {
        var stores = new List<StoreUnderTest>();
        try
        {
            foreach (var size in Sizes)
            {
                var start = Stopwatch.GetTimestamp();
                stores.Add(await StoreUnderTest.Create(size));
                Console.WriteLine($"filled with {Table.Whole(size)} tasks in {Stopwatch.GetElapsedTime(start).TotalSeconds:0.0} s");
            }

            Print(await Measure(stores));
        }
        finally
        {
            foreach (var store in stores)
            {
                await store.DisposeAsync();
            }
        }
    }

    // In rounds, so that what else happens on the machine hits all sizes alike.
    private static async Task<Dictionary<(int Size, string Operation), Samples>> Measure(List<StoreUnderTest> stores)
    {
        var samples = Sizes.SelectMany(s => Operations.Select(o => (s, o))).ToDictionary(k => k, _ => new Samples());
        var warmUp = Operations.ToDictionary(o => o, _ => new Samples());
        foreach (var store in stores)
        {
            await Round(store, operation => warmUp[operation], 100);
        }

        for (var round = 0; round < Rounds; round++)
        {
            for (var i = 0; i < Sizes.Length; i++)
            {
                var at = (i + round) % Sizes.Length;
                await Round(stores[at], operation => samples[(Sizes[at], operation)], PerRound);
            }
        }

        return samples;
    }

    private static async Task Round(StoreUnderTest store, Func<string, Samples> samples, int times)
    {
        for (var i = 0; i < times; i++)
        {
            var plan = Commands.Plan();
            TaskReplies.Accepted claimed = null!;
            await samples("create").Time(() => store.Accepted(plan));
            await samples("note").Time(() => store.Accepted(Commands.Note(plan.TaskId)));
            await samples("claim").Time(async () => claimed = await store.Accepted(Commands.Claim(plan.TaskId)));
            await samples("complete").Time(() => store.Accepted(Commands.Complete(plan.TaskId, claimed.Claim!.Token)));
        }
    }

    private static void Print(Dictionary<(int Size, string Operation), Samples> samples)
    {
        var table = new Table("tasks: one change at a time, ms; ratio to the smallest store", "operation", "tasks", "p50", "p95", "p50 ratio", "p95 ratio");
        var worst = 0.0;
        foreach (var operation in Operations)
        {
            var floor = samples[(Sizes[0], operation)];
            foreach (var size in Sizes)
            {
                var s = samples[(size, operation)];
                worst = Math.Max(worst, s.Median / floor.Median);
                table.Add(
                    operation, Table.Whole(size), Table.Ms(s.Median), Table.Ms(s.P95), Table.Ratio(s.Median / floor.Median), Table.Ratio(s.P95 / floor.P95));
            }
        }

        table.Print();
        var create = Sizes.Max(s => samples[(s, "create")].P95);
        Console.WriteLine($"  flat within 1.5x (p50): {Table.Ratio(worst)}, {Table.Verdict(worst <= 1.5)}");
        Console.WriteLine($"  p95 of a create under 10 ms: {Table.Ms(create)}, {Table.Verdict(create < 10)}");
    }
}
