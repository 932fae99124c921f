using System.Diagnostics;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Benchmarks;

/// <summary>Durable creates per second, against a bare loop of SQLite transactions on the same disk. Many at once share a commit.</summary>
internal static class WritesBenchmark
{
    private const int Rounds = 5;
    private static readonly (int AtOnce, int Tasks)[] Loads = [(1, 200), (8, 800), (64, 2_000), (512, 4_000)];

    public static async Task Run()
    {
        await using var store = await StoreUnderTest.Create(0);
        using var bare = BareTable(store.Folder);
        var floor = new List<double>();
        var creates = Loads.ToDictionary(l => l.AtOnce, _ => new List<double>());
        await store.Fill(2_000);
        for (var round = 0; round < Rounds; round++)
        {
            floor.Add(await PerSecond(500, () => Task.Run(() => Loop(bare, 500))));
            foreach (var (atOnce, tasks) in Loads)
            {
                creates[atOnce].Add(await PerSecond(tasks, () => store.Fill(tasks, atOnce)));
            }
        }

        var table = new Table("writes: durable creates per second (median of rounds)", "load", "per second", "of the bare loop");
        var bareRate = Median(floor);
        table.Add("bare loop, one insert a commit", Table.Whole(bareRate), Table.Ratio(1));
        foreach (var (atOnce, _) in Loads)
        {
            var rate = Median(creates[atOnce]);
            table.Add($"creates, {atOnce} at once", Table.Whole(rate), Table.Ratio(rate / bareRate));
        }

        table.Print();
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

    private static async Task<double> PerSecond(int times, Func<Task> work)
    {
        var start = Stopwatch.GetTimestamp();
        await work();
        return times / Stopwatch.GetElapsedTime(start).TotalSeconds;
    }

    private static double Median(List<double> values) => values.Order().ElementAt(values.Count / 2);
}
