using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>A process that is kept ready: it takes the place of the backend that dies, and whatever happens to it, one backend serves.</summary>
public class StandbySpecs(ITestOutputHelper output)
{
    [SkippableTheory, InlineData(Form.Published, 3), InlineData(Form.Relayed, 1)]
    public async Task The_process_that_stood_by_serves_when_the_backend_is_killed_and_the_pause_is_shorter_than_that_of_a_start(Form form, int rounds)
    {
        await using var workspace = new Workspace(form) { Settings = StandingBy.On };
        var clients = await workspace.Connect(3);
        var work = clients[1..].Select(c => new SteadyWork(c, TimeSpan.FromMilliseconds(20))).ToList();
        var (warm, cold) = (new List<TimeSpan>(), new List<TimeSpan>());
        var seen = new HashSet<int>();
        for (var round = 0; round < rounds; round++)
        {
            var standby = await StandingBy.Of(workspace, clients[0]);
            Assert.DoesNotContain(standby.Process, seen);   // a new one each time
            output.WriteLine($"process {standby.Process} stands by with {standby.Mib} MiB, {standby.Own} MiB of them its own; the backend has {Resident(workspace.Backend()!.Value)} MiB");

            using (var watch = new Starts(workspace))
            {
                warm.Add(await KillAndCall(workspace, clients[0]));
                Assert.Equal(standby.Process, workspace.Backend());
                Assert.Empty(watch.Seen);   // nobody was started: it was there
            }

            // One that has just begun has nobody who stands by.
            using (var watch = new Starts(workspace))
            {
                cold.Add(await KillAndCall(workspace, clients[0]));
                Assert.Equal([workspace.Backend()!.Value], watch.Seen);
            }

            seen.UnionWith([standby.Process, workspace.Backend()!.Value]);
        }

        // The shortest of each: a busy machine makes any of them longer.
        var (shorter, longer) = (warm.Min(), cold.Min());
        output.WriteLine(string.Create(CultureInfo.InvariantCulture,
            $"{form}: with a standby {Pauses.Show(warm)}; with a start {Pauses.Show(cold)}; ratio of the shortest {shorter / longer:0.00}"));
        Assert.True(shorter < longer, "The pause must be shorter than that of a start.");
        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d.Select(one => one.Title));
        var all = (await clients[0].AllTasks()).Select(t => t.Text("title")).Where(t => t != "called");
        Assert.Equal(done.Order(), all.Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Published), InlineData(Form.Relayed)]
    public async Task When_both_are_killed_at_once_one_front_starts_another_backend(Form form)
    {
        await using var workspace = new Workspace(form) { Settings = StandingBy.On };
        var clients = await workspace.Connect(3);
        await clients[0].Plan("before");
        var standby = await StandingBy.Of(workspace, clients[0]);
        var backend = workspace.Backend()!.Value;
        Assert.Equal(new[] { backend, standby.Process }.Order(), workspace.Backends().Order());
        using var watch = new Starts(workspace);
        Processes.Kill(backend);
        Processes.Kill(standby.Process);
        Assert.All(await Task.WhenAll(clients.Select(c => c.Call("plan_task", new { title = c.Name, description = "d" }))), a => Assert.Null(a.Refusal));
        Assert.Equal([workspace.Backend()!.Value], watch.Seen);
        Assert.Equal(["before", "raw1", "raw2", "raw3"], (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    // The point: where it stops itself; without one, somebody stops it while it waits.
    [SkippableTheory]
    [InlineData(Form.Published, ""), InlineData(Form.Published, "standby:turn"), InlineData(Form.Published, "standby:locked")]
    [InlineData(Form.Relayed, "standby:locked")]
    public async Task When_the_one_that_stands_by_is_frozen_a_front_ends_it_and_starts_another_backend_soon(Form form, string point)
    {
        await using var workspace = new Workspace(form)
        {
            Settings = new Dictionary<string, string>(StandingBy.On) { ["ORCHESTRATOR_STOP_AT"] = point },
        };
        var clients = await workspace.Connect(3);
        await clients[0].Plan("before");
        var standby = await StandingBy.Of(workspace, clients[0]);
        if (point.Length == 0)
        {
            await Processes.Stop(standby.Process);
        }

        Processes.Kill(workspace.Backend()!.Value);
        var since = Stopwatch.GetTimestamp();
        var answers = clients.Select(c => c.Call("plan_task", new { title = c.Name, description = "d" })).ToList();
        Assert.All(await Task.WhenAll(answers), a => Assert.Null(a.Refusal));
        var took = Stopwatch.GetElapsedTime(since);
        output.WriteLine($"{form} {point}: answered after {took.TotalMilliseconds:0} ms");
        Assert.True(took < TimeSpan.FromSeconds(20), $"It took {took}.");
        Assert.Equal("", Processes.CommandLine(standby.Process));   // a front has found it stopped
        Assert.Equal([workspace.Backend()!.Value], workspace.Backends().Where(IsFromAFront));
        Assert.Equal(["before", "raw1", "raw2", "raw3"], (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task A_planned_restart_takes_the_process_that_stands_by_and_one_for_new_settings_does_not()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var first = await StandingBy.Of(workspace, client);
        var restart = (await client.Call("restart_server", new { })).Done;
        Assert.True(restart.GetProperty("success").GetBoolean());
        Assert.Equal(first.Process, restart.Number("pid_after"));
        Assert.Equal(first.Process, workspace.Backend());
        var second = await StandingBy.Of(workspace, client);
        restart = (await client.Call("restart_server", new { reason = "configuration_update" })).Done;
        Assert.True(restart.GetProperty("success").GetBoolean());
        Assert.DoesNotContain((int)restart.Number("pid_after"), new[] { first.Process, second.Process });
        await Until.True(() => workspace.Backends() is [var only] && only == workspace.Backend(), "one process");
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData("old:draining"), InlineData("old:handed-over"), InlineData("old:closed")]
    public async Task A_planned_restart_whose_old_process_dies_is_finished_by_the_one_that_stood_by(string point)
    {
        await using var workspace = new Workspace(Form.Published) { Settings = new Dictionary<string, string>(StandingBy.On) { ["ORCHESTRATOR_STOP_AT"] = point } };
        var clients = await workspace.Connect(2);
        var work = new SteadyWork(clients[1], TimeSpan.FromMilliseconds(5));
        var standby = await StandingBy.Of(workspace, clients[0]);
        var old = workspace.Backend()!.Value;
        var asked = clients[0].Call("restart_server", new { });
        await Until.True(() => Processes.IsStopped(old), $"the point {point}");
        Processes.Kill(old);
        var answer = await asked;
        Assert.True(answer.Refusal is null or "RESTART_FAILED", answer.Message.ToString());
        Assert.Equal(standby.Process, workspace.Backend());
        var status = (await clients[0].Call("restart_status", new { })).Done;
        Assert.False(status.GetProperty("in_progress").GetBoolean());
        Assert.Equal(answer.Refusal is null, status.GetProperty("last").GetProperty("success").GetBoolean());
        var done = (await work.End()).Select(d => d.Title);
        Assert.Equal(done.Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task A_backend_that_crashes_again_and_again_is_not_kept_alive_by_those_that_stand_by()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var standby = await StandingBy.Of(workspace, client);
        var crashes = 0;
        string? refused = null;
        for (; refused != "SAFE_MODE" && crashes < 10; crashes++)
        {
            var backend = workspace.Backend()!.Value;
            Processes.Signal("SYS", backend);   // of those that end with a core dump, the runtime lets nothing else from outside through
            await Until.True(() => workspace.Backend() is { } next && next != backend, "the next backend");
            if (crashes == 0)
            {
                Assert.Equal(standby.Process, workspace.Backend());
            }

            refused = (await client.Call("plan_task", new { title = $"after {crashes}", description = "d" })).Refusal;
        }

        // The crash of the one that stood by has no witness: it is the only one that does not count.
        Assert.Equal(("SAFE_MODE", 6), (refused, crashes));
        Assert.Equal("none", (await client.Call("health_check", new { })).Done.GetProperty("standby").Text("state"));
        Assert.Single(workspace.Backends());
        Assert.Empty(client.Violations);
    }

    private static async Task<TimeSpan> KillAndCall(Workspace workspace, RawClient client)
    {
        Assert.True(Processes.Kill(workspace.Backend()!.Value));
        var since = Stopwatch.GetTimestamp();
        Assert.Null((await client.Call("plan_task", new { title = "called", description = "d" })).Refusal);
        return Stopwatch.GetElapsedTime(since);
    }

    private static long Resident(int process)
    {
        using var found = Process.GetProcessById(process);
        return found.WorkingSet64 >> 20;
    }

    // On a busy machine the next one may stand by before a test has looked; that one is started by a backend.
    private static bool IsFromAFront(int process) => !Processes.CommandLine(process).Contains(" --predecessor ", StringComparison.Ordinal);

    /// <summary>Backends that fronts start while it watches. One that only finds that it is not needed lives for more than a hundred milliseconds.</summary>
    private sealed class Starts : IDisposable
    {
        private readonly ConcurrentDictionary<int, bool> _seen = new();
        private readonly CancellationTokenSource _end = new();
        private readonly Task _watching;

        public Starts(Workspace workspace)
        {
            var before = workspace.Backends().ToHashSet();
            _watching = Task.Run(() =>
            {
                while (!_end.IsCancellationRequested)
                {
                    foreach (var process in workspace.Backends().Where(p => !before.Contains(p) && IsFromAFront(p)))
                    {
                        _seen[process] = true;
                    }

                    _end.Token.WaitHandle.WaitOne(50);
                }
            });
        }

        public IEnumerable<int> Seen => _seen.Keys.Order();

        public void Dispose()
        {
            _end.Cancel();
            _watching.Wait();
            _end.Dispose();
        }
    }
}
