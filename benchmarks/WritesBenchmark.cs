using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Benchmarks;

/// <summary>Durable creates per second, against a bare loop of SQLite transactions on the same disk. Many at once share a commit.</summary>
internal static class WritesBenchmark
{
    private const int Rounds = 5;
    private const int WarmUp = 1_000;
    private static readonly (int AtOnce, int Tasks)[] Loads = [(1, 100), (8, 400), (64, 1_000), (512, 2_000)];

    public static async Task Run()
    {
        await using var store = await StoreUnderTest.Create(0);
        using var bare = BareTable(store.Folder);
        var floor = new List<Rate>();
        var creates = Loads.ToDictionary(l => l.AtOnce, _ => new List<Rate>());
        await store.Fill(WarmUp);
        for (var round = 0; round < Rounds; round++)
        {
            floor.Add(await Measure(500, () => Task.Run(() => Loop(bare, 500))));
            foreach (var (atOnce, tasks) in Loads)
            {
                creates[atOnce].Add(await Measure(tasks, () => store.Fill(tasks, atOnce)));
            }
        }

        // Processor time is what neighbours on the machine change least.
        var table = new Table("writes: durable creates (median of rounds)", "load", "per second", "of the bare loop", "processor ms each");
        var bareRate = Median(floor, r => r.PerSecond);
        Add("bare loop, one insert a commit", floor);
        foreach (var (atOnce, _) in Loads)
        {
            Add($"creates, {atOnce} at once", creates[atOnce]);
        }

        table.Print();

        void Add(string load, List<Rate> rates)
        {
            var rate = Median(rates, r => r.PerSecond);
            table.Add(load, Table.Whole(rate), Table.Ratio(rate / bareRate), Table.Ms(Median(rates, r => r.Processor)));
        }
    }

    private static SqliteConnection BareTable(string folder)
    {
        var connection = new SqliteConnection($"Data Source={Path.Combine(folder, "bare.db")};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "PRAGMA journal_mode=WAL; PRAGMA synchronous=FULL; CREATE TABLE bare (id INTEGER PRIMARY KEY, payload BLOB NOT NULL)";
        command.ExecuteNonQuery();
        return connection;
    }

    private static void Loop(SqliteConnection connection, int times)
    {
        using var command = connection.CreateCommand();
        command.CommandText = "INSERT INTO bare (payload) VALUES ($payload)";
        command.Parameters.AddWithValue("$payload", new byte[400]);   // about what a create stores
        for (var i = 0; i < times; i++)
        {
            command.ExecuteNonQuery();
        }
    }

    private static async Task<Rate> Measure(int times, Func<Task> work)
    {
        var (start, processor) = (Stopwatch.GetTimestamp(), Environment.CpuUsage.TotalTime);
        await work();
        var took = Stopwatch.GetElapsedTime(start);
        return new Rate(times / took.TotalSeconds, (Environment.CpuUsage.TotalTime - processor).TotalMilliseconds / times);
    }

    private static double Median(List<Rate> rates, Func<Rate, double> of) => rates.Select(of).Order().ElementAt(rates.Count / 2);

    private sealed record Rate(double PerSecond, double Processor);
}
