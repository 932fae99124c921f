using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>Work that wants a quiet moment, within real restarts.</summary>
public class RestartWindowSpecs(ITestOutputHelper output)
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task What_was_asked_for_survives_a_crash_and_is_done_within_the_next_planned_restart(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(2);
        await clients[0].Plan("x");
        var look = (await clients[0].Call("maintenance_coordinator", new { action = "optimize_database" })).Done;
        Assert.False(look.TryGetProperty("window", out _));
        Assert.True(look.GetProperty("space").Number("bytes") > 0);
        var asked = (await clients[0].Call("maintenance_coordinator", new { action = "optimize_database", validation_level = "full_audit", budget_seconds = 20 })).Done;
        Assert.Equal("pending", asked.GetProperty("window").Text("state"));

        await workspace.KillBackend();
        var still = (await clients[0].Call("restart_status", new { })).Done.GetProperty("maintenance_pending");
        Assert.Equal(asked.GetProperty("window").ToString(), still.ToString());
        var work = new SteadyWork(clients[1]);
        await Until.True(() => work.Done.Count > 1, "work");

        var restart = (await clients[0].Call("restart_server", new { })).Done;

        var window = restart.GetProperty("maintenance");
        output.WriteLine($"{form}: {restart.GetProperty("downtime_ms")} ms, of which {window}");
        Assert.Equal("ran", window.Text("state"));
        Assert.Equal(["compact", "retention", "vacuum"], window.List("results").Select(r => r.Text("work")));
        Assert.All(window.List("results"), r => Assert.Equal("done", r.Text("outcome")));
        Assert.True(window.GetProperty("ms").GetDouble() <= restart.GetProperty("downtime_ms").GetDouble());
        var status = (await clients[0].Call("restart_status", new { })).Done;
        Assert.False(status.TryGetProperty("maintenance_pending", out _));
        Assert.Equal(window.ToString(), status.GetProperty("maintenance_last").ToString());
        var told = (await clients[0].Call("maintenance_coordinator", new { action = "optimize_database" })).Done;
        Assert.Equal(window.ToString(), told.GetProperty("last_window").ToString());

        var done = await work.End();
        var second = (await clients[0].Call("restart_server", new { })).Done;
        Assert.False(second.TryGetProperty("maintenance", out _));
        Assert.Equal(done.Select(d => d.Title).Append("x").Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory]
    [InlineData(Form.Published, "window:begun", true), InlineData(Form.Published, "window:compacting", true)]
    [InlineData(Form.Published, "window:vacuuming", true), InlineData(Form.Published, "window:vacuuming", false)]
    [InlineData(Form.Published, "window:done", true), InlineData(Form.Relayed, "window:vacuuming", true)]
    public async Task A_process_that_ends_or_freezes_in_the_middle_leaves_the_database_as_it_was_and_the_second_time_it_is_given_up(
        Form form, string point, bool isKilled)
    {
        await using var workspace = new Workspace(form) { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = point } };
        var clients = await workspace.Connect(2);
        var titles = Enumerable.Range(0, 30).Select(i => $"t{i:00}").ToList();
        foreach (var title in titles)
        {
            await clients[0].Plan(title);
        }

        await clients[0].Call("maintenance_coordinator", new { action = "optimize_database", validation_level = "full_audit" });
        var work = new SteadyWork(clients[1], TimeSpan.FromMilliseconds(5));
        for (var attempt = 1; attempt <= 2; attempt++)
        {
            var (before, restarting) = (workspace.Backend(), clients[0].Call("restart_server", new { }));
            var stopped = 0;
            await Until.True(() => (stopped = workspace.Backends().FirstOrDefault(Processes.IsStopped)) != 0, $"the point {point}");
            Assert.NotEqual(before, stopped);
            if (isKilled)
            {
                Processes.Kill(stopped);
            }

            var answer = await restarting;
            Assert.Equal("RESTART_FAILED", answer.Refusal);
            Assert.Equal(before, workspace.Backend());   // it has taken everything back
            var status = (await clients[0].Call("restart_status", new { })).Done;
            var window = status.GetProperty(attempt == 1 ? "maintenance_pending" : "maintenance_last");
            output.WriteLine($"{form} {point}, attempt {attempt}: {window}");
            Assert.Equal((attempt == 1 ? "pending" : "failed", attempt), (window.Text("state"), window.Number("times_cut_off")));
            Assert.Contains($"process {stopped} began at", window.Text("cause"), StringComparison.Ordinal);
            Assert.False(File.Exists(Path.Join(workspace.Data, "maintenance-window")));
        }

        var done = await work.End();
        var restart = (await clients[0].Call("restart_server", new { })).Done;   // nothing of it is left that could stop it
        Assert.True(restart.GetProperty("success").GetBoolean());
        Assert.Equal(titles.Concat(done.Select(d => d.Title)).Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        var check = (await clients[0].Call("maintenance_coordinator", new { action = "validate_structure", validation_level = "full_audit" })).Done;
        Assert.Equal(0, check.Number("issues_found"));
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Published)]
    public async Task When_both_processes_are_killed_in_the_middle_the_next_one_writes_it_down_and_goes_on(Form form)
    {
        await using var workspace = new Workspace(form) { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = "window:vacuuming" } };
        var client = await workspace.Connect();
        await client.Plan("x");
        await client.Call("maintenance_coordinator", new { action = "optimize_database", validation_level = "full_audit" });
        var restarting = client.Call("restart_server", new { });
        var stopped = 0;
        await Until.True(() => (stopped = workspace.Backends().FirstOrDefault(Processes.IsStopped)) != 0, "the middle of it");
        foreach (var backend in workspace.Backends().OrderBy(b => b == stopped))
        {
            Processes.Kill(backend);
        }

        Assert.Equal("RESTART_FAILED", (await restarting).Refusal);
        var window = (await client.Call("restart_status", new { })).Done.GetProperty("maintenance_pending");
        Assert.Equal(1, window.Number("times_cut_off"));
        Assert.Equal("x", (await client.AllTasks()).Single().Text("title"));
        Assert.Empty(client.Violations);
    }
}
