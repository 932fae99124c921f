using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// Planned restarts, one after the other, under fronts that go on working. Short in an ordinary run; <c>tests/restart-campaign.sh</c> does as many as
/// one likes. RESTARTS sets their number, RESTART_FRONTS that of the fronts, RESTART_TASKS how many tasks are stored before.
/// </summary>
[Trait("Category", "RestartCampaign")]
public class RestartCampaignSpecs(ITestOutputHelper output)
{
    private const int AtOnce = 20;

    // About as long as a restart, with the start of the new process.
    private static readonly TimeSpan CalmFor = TimeSpan.FromSeconds(2);

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Every_restart_is_answered_and_nothing_is_lost_or_done_twice(Form form)
    {
        var restarts = Setting.Number("RESTARTS") ?? 3;
        Skip.If(form == Form.Relayed && restarts > 20, "A long campaign is run on the published form alone.");
        var cold = await ColdStart(form);
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect((Setting.Number("RESTART_FRONTS") ?? 6) + 1);
        var stored = await Fill(clients, Setting.Number("RESTART_TASKS") ?? 0);
        using var end = new CancellationTokenSource();
        var pool = new TaskPool();
        var workers = clients[1..].Select((c, i) => new Worker(c, pool, new Random(i), Worker.Unhurried)).ToList();
        var working = workers.Select(w => Task.Run(() => w.Run(end.Token))).ToList();
        var (windows, told, slowest) = (new List<(long From, long To)>(), new List<double>(), new Dictionary<string, List<double>>());
        var backends = new HashSet<long>();
        var calm = await Calm(restarts);
        for (var i = 0; i < restarts; i++)
        {
            var from = Stopwatch.GetTimestamp();
            var restart = (await clients[0].Call("restart_server", new { reason = "campaign" })).Done;
            windows.Add((from, Stopwatch.GetTimestamp()));
            Assert.Equal(clients.Length, restart.Number("clients_reconnected"));
            Assert.True(backends.Add(restart.Number("pid_before")));
            Assert.Equal(workspace.Backend(), (int)restart.Number("pid_after"));
            told.Add(restart.GetProperty("downtime_ms").GetDouble());
            foreach (var phase in restart.List("phases").Where(p => p.TryGetProperty("ms", out _)))
            {
                slowest.TryAdd(phase.Text("phase"), []);
                slowest[phase.Text("phase")].Add(phase.GetProperty("ms").GetDouble());
            }
        }

        await end.CancelAsync();
        await Task.WhenAll(working);
        var log = new AcknowledgedLog(workers.Select(w => w.Acknowledged));
        var pauses = windows.Select(log.LongestWithin).ToList();
        var p50 = pauses.Select(p => p.TotalMilliseconds).Order().ElementAt(pauses.Count / 2);
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{form}: {restarts} restarts under {workers.Count} fronts with {stored.Count} tasks stored before, {log.Count} changes acknowledged ({log})\n"
            + $"pause that clients saw: {Pauses.Show(pauses)}; told as downtime: {Pauses.Show(told.Select(TimeSpan.FromMilliseconds))}\n"
            + $"the longest wait of a call in {CalmFor.TotalSeconds:0} s without a restart: {Pauses.Show(calm.Select(log.LongestWithin))}\n"
            + $"cold start beside it: {cold.TotalMilliseconds:0} ms; the pause is {p50 / cold.TotalMilliseconds:0.00} of it (p50)\n"
            + $"phases, p50 in ms: {string.Join(", ", slowest.Select(s => $"{s.Key} {s.Value.Order().ElementAt(s.Value.Count / 2):0}"))}"));
        Assert.All(clients, c => Assert.Empty(c.Violations));
        await new StoreAudit(clients[0]).Compare(log, stored);
        output.WriteLine(JournalAudit.Run(workspace.Database));
        var history = (await clients[0].Call("restart_status", new { include_history = true })).Done.List("history");
        Assert.Equal(Math.Min(restarts, 50), history.Count);
        Assert.All(history, h => Assert.True(h.GetProperty("success").GetBoolean()));
    }

    // What calls take at this load anyway.
    private static async Task<IReadOnlyList<(long From, long To)>> Calm(int restarts)
    {
        var windows = new List<(long, long)>();
        for (var i = 0; i < Math.Min(restarts / 10, 10); i++)
        {
            var from = Stopwatch.GetTimestamp();
            await Task.Delay(CalmFor);
            windows.Add((from, Stopwatch.GetTimestamp()));
        }

        return windows;
    }

    // Through the same door as everything else, some at once: the journal writes them together.
    private static async Task<IReadOnlyCollection<string>> Fill(RawClient[] clients, int tasks)
    {
        var ids = new ConcurrentBag<string>();
        await Task.WhenAll(clients.Select(async (client, i) =>
        {
            foreach (var some in Enumerable.Range(0, tasks).Where(t => t % clients.Length == i).Chunk(AtOnce))
            {
                var planned = await client.CallAtOnce(some.Select(t => ("plan_task", (object)new { title = $"stored {t}", description = "d" })));
                foreach (var reply in await Task.WhenAll(planned))
                {
                    ids.Add(reply.Done.Text("task_id"));
                }
            }
        }));
        return ids;
    }

    // From the client's start, with no backend there, to the answer to its first call.
    private static async Task<TimeSpan> ColdStart(Form form)
    {
        var times = new List<TimeSpan>();
        for (var i = 0; i < 3; i++)
        {
            await using var workspace = new Workspace(form);
            var start = Stopwatch.GetTimestamp();
            await (await workspace.Connect()).Call("get_status", new { });
            times.Add(Stopwatch.GetElapsedTime(start));
        }

        return times.Order().ElementAt(1);
    }
}
