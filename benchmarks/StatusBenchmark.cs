namespace Orchestrator.Benchmarks;

/// <summary>What a person, or a prompt that shows it, waits for after <c>orchestrator status</c>: from the start of the process to its end.</summary>
internal static class StatusBenchmark
{
    /// <summary>The argument with which this very program only starts and ends.</summary>
    public const string Nothing = "nothing";

    private const int Rounds = 30;
    private const double Aim = 100;

    public static async Task Run()
    {
        using var published = Published.Find();
        if (published is null)
        {
            return;
        }

        var (empty, dotnet, none, serving, json, left) = (new Samples(), new Samples(), new Samples(), new Samples(), new Samples(), new Samples());
        Task Status(string data, params string[] more) => published.Run(published.Program, ["status", "--data-dir", data, .. more]);
        using (var front = published.StartFront())
        {
            await front.Initialize();
            for (var i = 0; i < 100; i++)
            {
                await front.Plan(i);
            }

            for (var round = 0; round < Rounds; round++)
            {
                await empty.Time(() => published.Run("/bin/true"));
                await dotnet.Time(() => published.Run("dotnet", typeof(StatusBenchmark).Assembly.Location, Nothing));
                await none.Time(() => Status(Path.Join(published.Home, "nowhere")));
                await serving.Time(() => Status(published.DataDirectory));
                await json.Time(() => Status(published.DataDirectory, "--json"));
            }
        }

        published.EndBackend();
        for (var round = 0; round < Rounds; round++)
        {
            await left.Time(() => Status(published.DataDirectory));
        }

        var table = new Table("status: process start to end, ms", "what", "p50", "p95", "of an empty .NET program");
        foreach (var (name, samples) in new[]
        {
            ("floor: /bin/true", empty), ("floor: a .NET program that does nothing", dotnet), ("no backend, no data directory", none),
            ("no backend, 100 tasks", left), ("backend serving, 100 tasks", serving), ("the same, --json", json),
        })
        {
            table.Add(name, Table.Ms(samples.Median), Table.Ms(samples.P95), Table.Ratio(samples.Median / dotnet.Median));
        }

        table.Print();
        var slowest = new[] { none, left, serving, json }.Max(s => s.Median);
        Console.WriteLine($"  under {Aim:0} ms (p50 of the slowest): {Table.Ms(slowest)}, {Table.Verdict(slowest <= Aim)}");
    }
}
