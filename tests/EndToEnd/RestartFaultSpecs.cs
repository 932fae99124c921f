using System.Diagnostics;
using System.Text.Json;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// What fails at a named point of a restart: the process that is there, the other one, the front that asked, or two of them; killed, or left lying.
/// Always one backend serves in the end, every call is answered once and nothing that was acknowledged is lost. Each point is seen to be reached: the
/// process stops itself there. An ordinary run takes the process at every point and a sample of the others; RESTART_FAULTS=all takes everything.
/// </summary>
public class RestartFaultSpecs(ITestOutputHelper output)
{
    private static readonly string[] Points =
    [
        "old:requested", "old:starting", "old:ready", "old:draining", "old:suspended", "old:handed-over", "old:closing", "old:closed", "old:free", "old:succeeded",
        "new:started", "new:proved", "new:ready", "new:going", "new:locked", "new:opened", "new:serving",
    ];

    // From here on both processes live.
    private static readonly string[] PointsOfBoth = [.. Points.SkipWhile(p => p != "old:ready")];

    /// <summary>Who fails.</summary>
    [Flags]
    public enum Victims
    {
        /// <summary>The process that has reached the point.</summary>
        There = 1,

        /// <summary>The other one: its successor or its predecessor.</summary>
        Other = 2,

        /// <summary>The front whose client has asked for the restart.</summary>
        Front = 4,
    }

    public static TheoryData<Form, string, Victims, bool> Cases()
    {
        var cases = new TheoryData<Form, string, Victims, bool>();
        foreach (var (point, i) in Points.Select((p, i) => (p, i)))
        {
            Add(point, Victims.There);
            if (i % 5 == 4)
            {
                cases.Add(Form.Relayed, point, Victims.There, i % 2 == 0);   // the big program starts slowly
            }
        }

        var everywhere = Environment.GetEnvironmentVariable("RESTART_FAULTS") == "all";
        var more = Points.SelectMany(p => new[] { (p, Victims.Front), (p, Victims.There | Victims.Front) })
            .Concat(PointsOfBoth.SelectMany(p => new[] { (p, Victims.There | Victims.Other), (p, Victims.Other | Victims.Front), (p, Victims.Other) })).ToList();
        foreach (var (point, victims) in everywhere ? more : more.Where((c, i) => i % 11 == 5 || c is ("old:handed-over", Victims.Other)))
        {
            Add(point, victims);
        }

        return cases;

        void Add(string point, Victims victims)
        {
            cases.Add(Form.Published, point, victims, true);
            cases.Add(Form.Published, point, victims, false);
        }
    }

    [SkippableTheory, MemberData(nameof(Cases))]
    [Trait("Category", "RestartFaults")]
    public async Task What_ends_or_freezes_at_any_point_of_a_restart_costs_a_pause(Form form, string point, Victims victims, bool isKilled)
    {
        await using var workspace = new Workspace(form) { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = point } };
        var clients = await workspace.Connect(3);
        var (asking, others) = (clients[0], clients[1..]);
        var work = others.Select(c => new SteadyWork(c, TimeSpan.FromMilliseconds(5))).ToList();
        await Until.True(() => work.All(w => w.Done.Count > 1), "work");
        var before = workspace.Backend()!.Value;

        var asked = asking.Call("restart_server", new { });
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
        var failed = stopped == 0 ? [] : await Fail(workspace, stopped, asking, victims, isKilled);

        var counts = work.Select(w => w.Done.Count).ToList();
        await Until.True(() => work.Zip(counts).All(w => w.Item1.Done.Count > w.Item2 + 1), "work goes on");
        await Until.True(
            () => workspace.Backends() is [var only] && only == workspace.Backend() && !Processes.IsStopped(only), "one backend and nobody else");
        Assert.DoesNotContain(workspace.Backend()!.Value, failed);

        // Whoever asked and is still there is told.
        var isAskingGone = stopped != 0 && victims.HasFlag(Victims.Front) && isKilled;
        if (victims.HasFlag(Victims.Front) && !isKilled)
        {
            Processes.Signal("CONT", asking.FrontId);
        }

        var answer = isAskingGone ? null : await asked;
        var answered = Stopwatch.GetElapsedTime(start);
        if (isAskingGone)
        {
            await Assert.ThrowsAsync<EndOfStreamException>(() => asked);
        }

        output.WriteLine($"{form} {point} {victims} {(isKilled ? "killed" : "frozen")}: over after {answered.TotalMilliseconds:0} ms: {answer?.Text.Split('\n')[0]}");
        Assert.True(answer?.Refusal is null or "RESTART_FAILED", answer?.Message.ToString());

        // The server is as able to restart as before, and says what has happened.
        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d.Select(one => one.Title)).ToList();
        if (answer is null)
        {
            await Until.Found(async () => (await Status()).GetProperty("in_progress").GetBoolean() ? null : "", "the end of the restart");
        }
        else
        {
            var status = await Status();
            Assert.False(status.GetProperty("in_progress").GetBoolean());
            Assert.Equal(answer.Refusal is null, status.GetProperty("last").GetProperty("success").GetBoolean());
        }

        Assert.Equal(done.Order(), (await others[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(isAskingGone ? others : clients, c => Assert.Empty(c.Violations));

        async Task<JsonElement> Status() => (await others[0].Call("restart_status", new { })).Done;
    }

    // Returns the backends that have failed. The one at the point goes on when it is not among the victims.
    private static async Task<IReadOnlyList<int>> Fail(Workspace workspace, int stopped, RawClient asking, Victims victims, bool isKilled)
    {
        var other = workspace.Backends().Where(p => p != stopped).ToList();
        Assert.True(!victims.HasFlag(Victims.Other) || other.Count == 1, "Both processes must be there.");
        IReadOnlyList<int> backends = [.. victims.HasFlag(Victims.There) ? [stopped] : Array.Empty<int>(), .. victims.HasFlag(Victims.Other) ? other : []];
        foreach (var victim in victims.HasFlag(Victims.Front) ? backends.Prepend(asking.FrontId) : backends)
        {
            await (isKilled ? Processes.End(victim) : Processes.Stop(victim));
        }

        if (!victims.HasFlag(Victims.There))
        {
            Processes.Signal("CONT", stopped);
        }

        return backends;
    }
}
