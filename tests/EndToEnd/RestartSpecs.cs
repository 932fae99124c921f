using System.Text.Json;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>Planned restarts, seen from outside: what clients get, what processes there are, and whether what the tools say is so.</summary>
public class RestartSpecs(ITestOutputHelper output)
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_restart_under_work_is_answered_by_the_new_process_and_nobody_notices_more_than_a_pause(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(3);
        var task = await clients[0].Plan("claimed");
        var claim = (await clients[0].Call("execute_task", new { task_id = task })).Done.Text("claim");
        var work = clients[1..].Select(c => new SteadyWork(c)).ToList();
        await Until.True(() => work.All(w => w.Done.Count > 2), "work");
        var before = workspace.Backend()!.Value;

        var restart = (await clients[0].Call("restart_server", new { reason = "because of a test" })).Done;

        var after = workspace.Backend()!.Value;
        Assert.NotEqual(before, after);
        Assert.Equal((before, after), (restart.Number("pid_before"), restart.Number("pid_after")));
        Assert.True(restart.GetProperty("success").GetBoolean());
        Assert.Equal((3, 3), (restart.Number("clients_expected"), restart.Number("clients_reconnected")));
        Assert.Equal((1, 1, 1), (restart.Number("tasks_active"), restart.Number("tasks_suspended"), restart.Number("tasks_resumed")));
        Assert.Equal(
            ["requested", "successor_starting", "successor_ready", "draining", "suspended", "handed_over", "serving", "completed"],
            restart.List("phases").Select(p => p.Text("phase")));

        await Until.True(() => workspace.Backends() is [var only] && only == after, "the end of the old process");
        var counts = work.Select(w => w.Done.Count).ToList();
        await Until.True(() => work.Zip(counts).All(w => w.Item1.Done.Count > w.Item2), "more work");
        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d).ToList();
        await clients[0].Call("complete_task", new
        {
            task_id = task,
            claim,
            summary = "s",
            detailed_work = "w",
            next_action = "complete",
        });
        Assert.Equal("completed", (await clients[0].Task(task)).Text("status"));
        Assert.Equal(done.Select(d => d.Title).Append("claimed").Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        var longest = done.Max(d => d.Took.TotalMilliseconds);
        output.WriteLine($"{form}: downtime_ms {restart.GetProperty("downtime_ms")}, the longest call took {longest:0} ms, of {done.Count}");
        Assert.True(restart.GetProperty("downtime_ms").GetDouble() <= longest, "Somebody must have waited for as long as it says.");
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task Two_that_ask_at_once_get_one_restart_and_the_same_answer()
    {
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        await clients[0].Plan("x");
        var before = workspace.Backend()!.Value;
        var answers = await Task.WhenAll(clients.Select(c => c.Call("restart_server", new { })));
        Assert.All(answers, a => Assert.Equal(before, a.Done.Number("pid_before")));
        Assert.Single(answers.Select(a => a.Done.Number("pid_after")).Distinct());
        var status = (await clients[1].Call("restart_status", new { include_history = true })).Done;
        Assert.Single(status.List("history"));
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task Status_and_health_say_what_an_observer_sees()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect(name: "observed");
        var other = await workspace.Connect(name: "other");
        for (var i = 0; i < 3; i++)
        {
            await client.Plan($"t{i}");
        }

        await other.Call("get_status", new { });
        var pids = new List<long> { workspace.Backend()!.Value };
        for (var i = 0; i < 2; i++)
        {
            await client.Call("restart_server", new { reason = $"number {i}" });
            pids.Add(workspace.Backend()!.Value);
        }

        var history = (await client.Call("restart_status", new { include_history = true })).Done.List("history");
        Assert.Equal(["number 0", "number 1"], history.Select(h => h.Text("reason")));
        Assert.Equal(pids[..2], history.Select(h => h.Number("pid_before")));
        Assert.Equal(pids[1..], history.Select(h => h.Number("pid_after")));

        var health = (await client.Call("health_check", new { })).Done;
        Assert.Equal(("healthy", "open", pids[^1]), (health.Text("status"), health.Text("gate"), health.Number("pid")));
        var database = health.GetProperty("database");
        Assert.Equal((3, 0, 3), (database.Number("tasks"), database.Number("read_model_lag"), database.Number("epoch")));
        Assert.Equal(new FileInfo(workspace.Database).Length, database.Number("size_bytes"));
        Assert.True(database.GetProperty("journal_write_ms").GetDouble() > 0);
        Assert.True(database.GetProperty("schema_check_ms").GetDouble() > 0);
        Assert.Equal(["observed", "other"], health.List("connections").Select(c => c.Text("client")).Order());
        var fronts = Processes.With(workspace.Root).Except(workspace.Backends()).Select(p => (long)p).Order();
        Assert.Equal(fronts, health.List("connections").Select(c => c.Number("pid")).Order());
    }

    [SkippableFact]
    public async Task Whether_a_restart_could_begin_is_told_with_what_it_would_meet()
    {
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        var task = await clients[0].Plan("claimed");
        Assert.Null((await clients[0].Call("execute_task", new { task_id = task })).Refusal);
        JsonElement ready = default;   // the call before counts until its answer is written, which its client may have read by then
        await Until.Found(
            async () => (ready = (await clients[1].Call("shutdown_prepare", new { })).Done).Number("calls_in_flight") == 1 ? "" : null, "no other call in flight");
        Assert.True(ready.GetProperty("ready").GetBoolean());
        Assert.Empty(ready.List("blockers"));
        Assert.Equal((1, 2), (ready.Number("tasks_active"), ready.Number("clients")));
        Assert.True(ready.GetProperty("journal_write_ms").GetDouble() > 0);

        var less = (await clients[1].Call(
            "shutdown_prepare", new { check_active_tasks = false, check_database_state = false, check_client_connections = false })).Done;
        Assert.Equal(["blockers", "ready"], less.EnumerateObject().Select(m => m.Name).Order());
        Assert.Equal("VALIDATION_FAILED", (await clients[1].Call("shutdown_prepare", new { check_active_tasks = "perhaps" })).Refusal);
    }

    [SkippableFact]
    public async Task A_restart_that_keeps_no_state_releases_the_claims_and_keeps_every_task()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        string[] tasks = [await client.Plan("a"), await client.Plan("b")];
        var claim = (await client.Call("execute_task", new { task_id = tasks[0] })).Done.Text("claim");
        await client.Call("execute_task", new { task_id = tasks[1] });
        var restart = (await client.Call("restart_server", new { preserve_state = false, graceful = false })).Done;
        Assert.Equal((2, 0), (restart.Number("tasks_active"), restart.Number("tasks_suspended")));
        var task = await client.Task(tasks[0]);
        Assert.Equal("pending", task.Text("status"));
        Assert.Contains(task.List("notes"), n => n.Text("text").Contains("restart", StringComparison.Ordinal));
        var late = await client.Call("update_task", new { task_id = tasks[0], claim, progress = 10 });
        Assert.Equal("CLAIM_LOST", late.Refusal);
        Assert.Equal(2, (await client.AllTasks()).Count);
        await client.Call("execute_task", new { task_id = tasks[0] });
        Assert.Empty(client.Violations);
        JournalAudit.Run(workspace.Database);
    }

    [SkippableFact]
    public async Task A_lease_that_would_end_during_the_restart_does_not()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        var task = await client.Plan("a");
        var claim = (await client.Call("execute_task", new { task_id = task, lease_minutes = 1 })).Done;
        await client.Call("execute_task", new { task_id = await client.Plan("b"), lease_minutes = 1 });
        await client.Call("restart_server", new { });
        var after = await client.Call("update_task", new { task_id = task, claim = claim.Text("claim"), progress = 10 });
        Assert.True(after.Done.TryGetProperty("lease_until", out var until) && until.GetDateTimeOffset() >= claim.GetProperty("lease_until").GetDateTimeOffset());
        JournalAudit.Run(workspace.Database);
    }

    [SkippableFact]
    public async Task The_link_of_a_client_is_really_dropped_and_comes_back()
    {
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        await clients[1].Plan("x");
        var sessions = (await clients[0].Call("health_check", new { })).Done.List("connections");
        var other = sessions.Single(s => s.Text("client") == clients[1].Name);
        foreach (var arguments in new object[] { new { session_id = other.Text("session_id") }, new { } })
        {
            var test = (await clients[0].Call("reconnect_test", arguments)).Done;
            Assert.True(test.GetProperty("reconnected").GetBoolean());
            Assert.True(test.GetProperty("pause_ms").GetDouble() > 0);
            var fresh = (await clients[0].Call("health_check", new { })).Done.List("connections").Single(s => s.Text("session_id") == test.Text("session_id"));
            Assert.True(fresh.GetProperty("connected_s").GetDouble() < other.GetProperty("connected_s").GetDouble() + 60);
        }

        Assert.Equal("CLIENT_NOT_FOUND", (await clients[0].Call("reconnect_test", new { session_id = "nobody" })).Refusal);
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }
}
