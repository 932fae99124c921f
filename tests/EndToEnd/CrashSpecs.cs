using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary><c>kill -9</c> of the backend at many moments: no end, no error, one answer for each request, each effect once.</summary>
public class CrashSpecs(ITestOutputHelper output)
{
    // From before the backend has read anything to after it has answered everything.
    private static readonly double[] Moments =
        [0, 0.2, 0.5, 0.8, 1, 1.5, 2, 2.5, 3, 3.5, 4, 5, 6, 7, 8, 9, 10, 12, 14, 16, 20, 24, 28, 34, 40];

    // Every one of the moments takes a start of the backend; an ordinary run takes some of them, tests/campaign.sh all.
    [SkippableTheory, InlineData(Form.Relayed, 6), InlineData(Form.Published, 2)]
    [Trait("Category", "Campaign")]
    public async Task A_backend_killed_with_calls_in_flight_loses_nothing_and_repeats_nothing(Form form, int every)
    {
        await using var workspace = new Workspace(form);
        var witness = await workspace.Connect(name: "witness");
        var noted = await witness.Plan("noted");
        var expected = new List<string> { "noted" };
        var pauses = new List<TimeSpan>();
        var cut = 0;
        var step = Environment.GetEnvironmentVariable("CAMPAIGN_SECONDS") is null ? every : 1;
        foreach (var moment in Moments.Where((_, i) => i % step == 0))
        {
            // A client of its own each time: one whose backends die again and again waits longer on purpose.
            var label = string.Create(CultureInfo.InvariantCulture, $"{moment:0.0} ms");
            var client = await workspace.Connect(name: label);
            string[] tasks = [await client.Plan($"{label} claimed"), await client.Plan($"{label} completed")];
            var claim = (await client.Call("execute_task", new { task_id = tasks[1] })).Done.Text("claim");
            var before = workspace.Backend()!.Value;
            var answers = await client.CallAtOnce(Mixed(label, noted, tasks, claim));
            await Pass(TimeSpan.FromMilliseconds(moment));
            cut += answers.Count(a => !a.IsCompleted);
            Assert.True(Processes.Kill(before), "It must be this kill that ends it.");
            var killed = Stopwatch.GetTimestamp();
            var replies = await Task.WhenAll(answers);
            pauses.Add(Stopwatch.GetElapsedTime(killed));
            Assert.All(replies, r => Assert.True(r.Refusal is null, $"{label}: {r.Message}"));
            await client.Request("ping", new { });
            await client.Call("get_status", new { });
            Assert.NotEqual(before, workspace.Backend());
            await client.Leave();
            Assert.Empty(client.Violations);
            expected.AddRange([$"{label} claimed", $"{label} completed", .. Enumerable.Range(1, 8).Select(i => $"{label} plan {i}")]);
            expected.AddRange([$"{label} parent", $"{label} a", $"{label} b"]);
        }

        await Compare(witness, noted, expected);
        Assert.Empty(witness.Violations);
        output.WriteLine($"{form}: {pauses.Count} kills, {cut} calls were unanswered when it died; the last answer came after {Pauses.Show(pauses)}");
    }

    private static IEnumerable<(string, object)> Mixed(string label, string noted, string[] tasks, string claim)
    {
        for (var i = 1; i <= 8; i++)
        {
            yield return ("plan_task", new { title = $"{label} plan {i}", description = "d" });
        }

        yield return ("plan_task", new
        {
            title = $"{label} parent",
            description = "d",
            tasks = new object[] { new { @ref = "a", title = $"{label} a" }, new { @ref = "b", title = $"{label} b", depends_on = new[] { "a" } } },
        });
        for (var i = 1; i <= 4; i++)
        {
            yield return ("update_task", new { task_id = noted, note = $"{label} note {i}" });
        }

        yield return ("execute_task", new { task_id = tasks[0] });
        yield return ("complete_task", new { task_id = tasks[1], claim, summary = label, detailed_work = $"{label} work", next_action = "complete" });
        yield return ("initialize_session", new { });
        yield return ("query_tasks", new { search_text = label });
        yield return ("query_tasks", new { ready = true });
        yield return ("get_status", new { });
        yield return ("synthesize_results", new { parent_task_id = noted });
    }

    private static async Task Compare(RawClient witness, string noted, List<string> expected)
    {
        var all = await witness.AllTasks();
        Assert.Equal(expected.Order(), all.Select(t => t.Text("title")).Order());
        var claimed = all.Where(t => t.Text("title").EndsWith(" claimed", StringComparison.Ordinal));
        Assert.All(claimed, t => Assert.Equal("in_progress", t.Text("status")));
        foreach (var completed in all.Where(t => t.Text("title").EndsWith(" completed", StringComparison.Ordinal)))
        {
            var task = await witness.Task(completed.Text("task_id"));
            Assert.Equal("completed", task.Text("status"));
            Assert.Single(task.List("artifacts"));
        }

        var notes = (await witness.Task(noted)).List("notes").Select(n => n.Text("text")).ToList();
        Assert.Equal(notes.Distinct(), notes);
        Assert.Equal(Math.Min(100, 4 * all.Count(t => t.Text("title").EndsWith(" parent", StringComparison.Ordinal))), notes.Count);
    }

    // A timer is too coarse for a millisecond.
    private static Task Pass(TimeSpan time)
    {
        var start = Stopwatch.GetTimestamp();
        return Task.Run(() => SpinWait.SpinUntil(() => Stopwatch.GetElapsedTime(start) >= time));
    }
}
