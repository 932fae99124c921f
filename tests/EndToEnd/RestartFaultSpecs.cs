using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// A process of a restart that stops at a named point: killed there, or left lying. Always one backend serves in the end, every call is
/// answered once and nothing that was acknowledged is lost. Each point is seen to be reached: the process stops itself there.
/// </summary>
public class RestartFaultSpecs(ITestOutputHelper output)
{
    private static readonly string[] Points =
    [
        "old:requested", "old:starting", "old:ready", "old:draining", "old:suspended", "old:handed-over", "old:closing", "old:closed", "old:free", "old:succeeded",
        "new:started", "new:proved", "new:ready", "new:going", "new:locked", "new:opened", "new:serving",
    ];

    public static TheoryData<Form, string, bool> Cases()
    {
        var cases = new TheoryData<Form, string, bool>();
        foreach (var (point, i) in Points.Select((p, i) => (p, i)))
        {
            cases.Add(Form.Published, point, true);
            cases.Add(Form.Published, point, false);
            if (i % 5 == 4)
            {
                cases.Add(Form.Relayed, point, i % 2 == 0);   // the big program starts slowly
            }
        }

        return cases;
    }

    [SkippableTheory, MemberData(nameof(Cases))]
    [Trait("Category", "RestartFaults")]
    public async Task A_process_that_ends_or_freezes_at_any_point_of_a_restart_costs_a_pause(Form form, string point, bool isKilled)
    {
        await using var workspace = new Workspace(form) { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = point } };
        var clients = await workspace.Connect(3);
        var work = clients[1..].Select(c => new SteadyWork(c, TimeSpan.FromMilliseconds(5))).ToList();
        await Until.True(() => work.All(w => w.Done.Count > 1), "work");
        var before = workspace.Backend()!.Value;

        var asked = clients[0].Call("restart_server", new { });
        var stopped = 0;
        await Until.True(() => (stopped = workspace.Backends().FirstOrDefault(Processes.IsStopped)) != 0 || asked.IsCompleted, $"the point {point}");
        if (stopped == 0)
        {
            // The old process was faster than this test: it has found its successor stopped and ended it.
            Assert.Equal("new:ready", point);
            Assert.Contains("was stopped by somebody", (await asked).Text, StringComparison.Ordinal);
        }

        Assert.Equal(point.StartsWith("old:", StringComparison.Ordinal), stopped == before);
        var start = Stopwatch.GetTimestamp();
        if (isKilled && stopped != 0)
        {
            Processes.Kill(stopped);
        }

        var answer = await asked;
        var answered = Stopwatch.GetElapsedTime(start);
        var counts = work.Select(w => w.Done.Count).ToList();
        await Until.True(() => work.Zip(counts).All(w => w.Item1.Done.Count > w.Item2 + 1), "work goes on");
        await Until.True(
            () => workspace.Backends() is [var only] && only == workspace.Backend() && !Processes.IsStopped(only), "one backend and nobody else");
        output.WriteLine($"{form} {point} {(isKilled ? "killed" : "frozen")}: answered after {answered.TotalMilliseconds:0} ms: {answer.Text.Split('\n')[0]}");
        Assert.True(answer.Refusal is null or "RESTART_FAILED", answer.Message.ToString());
        Assert.DoesNotContain(stopped, workspace.Backends());

        // The server is as able to restart as before, and says what has happened.
        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d.Select(one => one.Title)).ToList();
        var status = (await clients[1].Call("restart_status", new { })).Done;
        Assert.False(status.GetProperty("in_progress").GetBoolean());
        Assert.Equal(answer.Refusal is null, status.GetProperty("last").GetProperty("success").GetBoolean());
        Assert.Equal(done.Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }
}
