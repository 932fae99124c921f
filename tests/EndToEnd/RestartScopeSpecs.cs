using System.Text;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>Restarts of a part of the server, and what limits those of the whole.</summary>
public class RestartScopeSpecs(ITestOutputHelper output)
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_read_model_is_rebuilt_while_it_is_read_and_what_was_wrong_is_right(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(3);
        string[] tasks = [await clients[0].Plan("a"), await clients[0].Plan("b"), await clients[0].Plan("c")];
        var backend = workspace.Backend();
        var before = await clients[0].AllTasks("full");
        Assert.Equal(2, Sql(workspace, $"UPDATE task_index SET title = 'damaged' WHERE task_id IN ('{tasks[0]}', '{tasks[1]}')"));
        Assert.Equal(1, Sql(workspace, $"DELETE FROM task_index WHERE task_id = '{tasks[2]}'"));
        Assert.NotEqual(before.Select(t => t.ToString()), (await clients[0].AllTasks("full")).Select(t => t.ToString()));

        var rebuilt = (await clients[0].Call("restart_server", new { scope = "projections" })).Done;

        Assert.Equal((3, backend), (rebuilt.Number("rows_corrected"), (int?)rebuilt.Number("pid")));
        Assert.Equal(before.Select(t => t.ToString()), (await clients[0].AllTasks("full")).Select(t => t.ToString()));
        Assert.Equal(rebuilt.Number("position"), Number(workspace, "SELECT position FROM projection"));
        Assert.Equal(Number(workspace, "SELECT count(*) FROM journal WHERE manifest LIKE 'task-%' OR manifest LIKE 'session-%'"), rebuilt.Number("events_replayed"));

        var work = clients[1..].Select(c => new SteadyWork(c)).ToList();
        await Until.True(() => work.All(w => w.Done.Count > 2), "work");
        for (var i = 0; i < 3; i++)
        {
            var again = (await clients[0].Call("restart_server", new { scope = "projections" })).Done;
            Assert.Equal(0, again.Number("rows_corrected"));
            output.WriteLine($"{form}: {again.Number("events_replayed")} events in {again.GetProperty("ms").GetDouble():0} ms under work");
        }

        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d).ToList();
        output.WriteLine($"{form}: the longest of {done.Count} calls took {done.Max(d => d.Took.TotalMilliseconds):0} ms");
        Assert.Equal(done.Select(d => d.Title).Concat(["a", "b", "c"]).Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        var shown = (await clients[0].Call("restart_status", new { })).Done.GetProperty("projections");
        Assert.True(shown.GetProperty("success").GetBoolean());
        Assert.False(shown.GetProperty("in_progress").GetBoolean());
        Assert.Equal(backend, workspace.Backend());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Published)]
    public async Task A_long_rebuild_tells_how_far_it_is_and_a_backend_that_is_killed_in_it_does_it_again(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        var other = await workspace.Connect(name: "other");
        var task = await client.Plan("a");
        _ = (await client.Call("update_task", new { task_id = task, note = "n" })).Done;
        const int Notes = 4_000;
        var written = Sql(workspace,
            "WITH RECURSIVE n(i) AS (SELECT 1000 UNION ALL SELECT i + 1 FROM n WHERE i < " + (999 + Notes) + ") "
            + "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message, manifest, identifier) "
            + "SELECT 0, 0, j.persistence_id, i, j.message, j.manifest, 8100 FROM n, journal j WHERE j.manifest = 'task-noted/1'");
        Assert.Equal(Notes, written);
        var first = workspace.Backend();

        var rebuilding = client.Request("tools/call", new
        {
            name = "orchestrator_restart_server",
            arguments = new { scope = "projections" },
            _meta = new { progressToken = "p" },
        });
        var seen = await Until.Found(async () =>
            (await other.Call("restart_status", new { })).Done is var status && status.TryGetProperty("projections", out var p)
                && p.GetProperty("in_progress").GetBoolean() && p.Number("events_replayed") > 0 ? p.ToString() : null, "a rebuild under way");
        output.WriteLine(seen);
        Assert.NotEmpty((await other.AllTasks()));
        await Until.True(() => client.Notifications.Any(n => n.Text("method") == "notifications/progress"), "news of its progress");
        Assert.False(rebuilding.IsCompleted, "It was over before it could be interrupted.");
        await workspace.KillBackend();

        var rebuilt = (await rebuilding).Done;

        Assert.NotEqual(first, (int)rebuilt.Number("pid"));
        Assert.True(rebuilt.Number("events_replayed") > Notes);
        output.WriteLine(rebuilt.ToString());
        output.WriteLine(string.Join('\n', client.Notifications.Select(n => n.ToString())));
        Assert.Empty(Directory.GetFiles(workspace.Data, "*.rebuild*"));
        Assert.All([client, other], c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_links_of_all_clients_are_dropped_and_come_back_to_the_same_process_under_work(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(4);
        await clients[0].Plan("x");
        var work = clients[1..].Select(c => new SteadyWork(c)).ToList();
        await Until.True(() => work.All(w => w.Done.Count > 2), "work");
        var (backend, before) = (workspace.Backend(), await Connected(clients[0]));

        var dropped = (await clients[0].Call("restart_server", new { scope = "connections" })).Done;

        Assert.Equal((4, 4), (dropped.Number("clients_expected"), dropped.Number("clients_reconnected")));
        Assert.Equal((backend, (long?)backend), (workspace.Backend(), dropped.Number("pid")));
        Assert.Equal(before.Keys.Order(), dropped.List("links").Select(l => l.Text("session_id")).Order());
        Assert.All(dropped.List("links"), l => Assert.True(l.GetProperty("reconnected").GetBoolean() && l.GetProperty("pause_ms").GetDouble() > 0));
        Assert.Contains(dropped.List("links"), l => l.Number("calls_sent_again") > 0);   // the caller's own, at least
        output.WriteLine($"{form}: {dropped}");
        var counts = work.Select(w => w.Done.Count).ToList();
        await Until.True(() => work.Zip(counts).All(w => w.Item1.Done.Count > w.Item2), "more work");
        var done = (await Task.WhenAll(work.Select(w => w.End()))).SelectMany(d => d).ToList();
        Assert.Equal(done.Select(d => d.Title).Append("x").Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        var status = (await clients[1].Call("restart_status", new { })).Done;
        Assert.Equal(4, status.GetProperty("connections").Number("clients_reconnected"));
        Assert.False(status.TryGetProperty("last", out _));   // no process was replaced
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    /// <summary>From a terminal, while a client is connected.</summary>
    [SkippableFact]
    public async Task The_command_line_restarts_the_part_that_it_names_and_no_other()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        var task = await client.Plan("as planned");
        var first = workspace.Backend();
        Assert.Equal(1, Sql(workspace, $"UPDATE task_index SET title = 'damaged' WHERE task_id = '{task}'"));

        var wrong = await Restart("process");
        Assert.Equal(2, wrong.ExitCode);
        Assert.Contains("process", wrong.Error, StringComparison.Ordinal);
        Assert.Equal((first, "damaged"), (workspace.Backend(), (await client.AllTasks()).Single().Text("title")));

        var connections = await Restart("connections");
        Assert.True(connections.ExitCode == 0, connections.Error);
        Assert.Equal(1, (await client.Call("restart_status", new { })).Done.GetProperty("connections").Number("clients_reconnected") - 1);   // and the command's own
        Assert.Equal((first, "damaged"), (workspace.Backend(), (await client.AllTasks()).Single().Text("title")));

        var projections = await Restart("projections");
        Assert.True(projections.ExitCode == 0, projections.Error);
        Assert.Equal((first, "as planned"), (workspace.Backend(), (await client.AllTasks()).Single().Text("title")));

        var server = await Restart("server");
        Assert.True(server.ExitCode == 0, server.Error);
        Assert.Equal("as planned", (await client.AllTasks()).Single().Text("title"));
        Assert.NotEqual(first, workspace.Backend());
        Assert.Empty(client.Violations);

        Task<CommandLine> Restart(string scope) => CommandLine.Run(workspace, "restart", "--scope", scope);
    }

    [SkippableFact]
    public async Task A_client_that_does_not_come_back_is_counted_as_gone()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        await client.Plan("x");
        var sleeper = await workspace.Connect(name: "sleeper");
        await sleeper.Call("get_status", new { });
        var front = (int)(await client.Call("health_check", new { })).Done.List("connections").Single(c => c.Text("client") == "sleeper").Number("pid");
        await Processes.Stop(front);
        try
        {
            var dropped = (await client.Call("restart_server", new { scope = "connections" })).Done;
            Assert.False(dropped.GetProperty("success").GetBoolean());
            Assert.Equal((2, 1), (dropped.Number("clients_expected"), dropped.Number("clients_reconnected")));
            Assert.False(dropped.List("links").Single(l => l.Text("client") == "sleeper").GetProperty("reconnected").GetBoolean());
        }
        finally
        {
            Processes.Signal("CONT", front);
        }

        Assert.Single((await sleeper.AllTasks()));
    }

    [SkippableFact]
    public async Task What_a_scope_does_not_know_is_refused()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        Assert.Equal("VALIDATION_FAILED", (await client.Call("restart_server", new { scope = "projections", preserve_state = false })).Refusal);
        Assert.Equal("VALIDATION_FAILED", (await client.Call("restart_server", new { scope = "connections", timeout = 20 })).Refusal);
        Assert.Equal("VALIDATION_FAILED", (await client.Call("restart_server", new { scope = "everything" })).Refusal);
    }

    [SkippableFact]
    public async Task Whoever_asks_for_restarts_again_and_again_is_told_when_the_next_one_is_possible()
    {
        await using var workspace = new Workspace { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_RESTART_LIMIT"] = "2" } };
        var client = await workspace.Connect();
        await client.Plan("x");
        await client.Call("restart_server", new { });
        await client.Call("restart_server", new { });
        var backend = workspace.Backend();

        var refused = await client.Call("restart_server", new { });

        Assert.Equal("RESTART_TOO_OFTEN", refused.Refusal);
        Assert.Matches(@"possible at \d{4}-\d\d-\d\dT", refused.Facts.Text("next_step"));
        Assert.Equal(backend, workspace.Backend());
        Assert.Equal(2, (await client.Call("restart_status", new { include_history = true })).Done.List("history").Count);
        await client.Plan("y");
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task Two_that_ask_at_once_to_keep_no_state_get_one_restart_and_every_claim_is_released_once()
    {
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        var task = await clients[0].Plan("x");
        await clients[0].Call("execute_task", new { task_id = task });

        var answers = await Task.WhenAll(clients.Select(c => c.Call("restart_server", new { preserve_state = false })));

        Assert.Single(answers.Select(a => a.Done.Number("pid_after")).Distinct());
        Assert.All(answers, a => Assert.Equal((1, 0), (a.Done.Number("tasks_active"), a.Done.Number("tasks_suspended"))));
        Assert.Single((await clients[1].Call("restart_status", new { include_history = true })).Done.List("history"));
        var after = await clients[1].Task(task);
        Assert.Equal("pending", after.Text("status"));
        Assert.Single(after.List("notes"));
        await clients[1].Call("execute_task", new { task_id = task });
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task A_call_that_waits_for_a_restart_says_so_where_it_was_given_a_progress_token()
    {
        await using var workspace = new Workspace { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_TEST_TOOLS"] = "1" } };
        var clients = await workspace.Connect(3);
        await clients[0].Plan("x");
        // Longer than any start of a successor; its client takes it back when it has done its work here.
        const string slow = """{"name":"orchestrator_test_rehearse","arguments":{"milliseconds":25000}}""";
        await clients[0].Write(Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":"slow","method":"tools/call","params":{{slow}}}"""));
        await Until.Found(async () => (await clients[1].Call("restart_status", new { })).Done.Number("calls_in_flight") > 1 ? "" : null, "a call in flight");
        var restarting = clients[1].Call("restart_server", new { });
        await Until.Found(async () => (await clients[2].Call("restart_status", new { })).Done is var s
            && s.TryGetProperty("phase", out var phase) && phase.GetString() == "draining" ? "" : null, "the drain");

        var told = clients[2].Request("tools/call", new
        {
            name = "orchestrator_plan_task",
            arguments = new { title = "told", description = "d" },
            _meta = new { progressToken = "held" },
        });
        var silent = clients[2].Call("plan_task", new { title = "silent", description = "d" });

        await Until.True(() => clients[2].Notifications.Count > 0, "news of the wait");
        Assert.False(told.IsCompleted);
        await clients[0].Write("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"slow"}}"""u8.ToArray());
        await Task.WhenAll(restarting, told, silent);
        Assert.Equal(workspace.Backend(), (int)restarting.Result.Done.Number("pid_after"));
        var notification = Assert.Single(clients[2].Notifications);
        Assert.Equal(("notifications/progress", "held"), (notification.Text("method"), notification.GetProperty("params").Text("progressToken")));
        Assert.Contains("restart", notification.GetProperty("params").Text("message"), StringComparison.Ordinal);
        Assert.Equal(["silent", "told", "x"], (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    private static async Task<IReadOnlyDictionary<string, double>> Connected(RawClient client) =>
        (await client.Call("health_check", new { })).Done.List("connections").ToDictionary(c => c.Text("session_id"), c => c.GetProperty("connected_s").GetDouble());

    private static int Sql(Workspace workspace, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={workspace.Database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static long Number(Workspace workspace, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={workspace.Database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return (long)command.ExecuteScalar()!;
    }
}
