using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>Rules that wait for due dates, in real processes that are killed, or not there when the date passes.</summary>
public sealed class DeadlineSpecs
{
    private static readonly string[] Triggers = ["deadline_approaching", "overdue"];

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Each_due_date_is_answered_once_however_often_the_backend_is_killed(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        Assert.Equal("{}", (await client.Request("logging/setLevel", new { level = "warning" })).Result.GetRawText());
        await MakeRules(client);
        var over = await Plan(client, "over", -TimeSpan.FromDays(1));
        var soon = await Plan(client, "soon", TimeSpan.FromSeconds(8));
        var far = await Plan(client, "far", TimeSpan.FromDays(9));
        var closed = await Plan(client, "closed", TimeSpan.FromDays(9));
        Assert.Null((await client.Call("update_task", new { task_id = closed, status = "completed" })).Refusal);
        Assert.Null((await client.Call("update_task", new { task_id = closed, set = new { due_date = DateTimeOffset.UtcNow } })).Refusal);

        await Made(client, "overdue over");
        await Made(client, "deadline_approaching soon");
        await workspace.KillBackend();
        await client.Call("get_status", new { });
        await workspace.KillBackend();   // the date may pass in either
        await Made(client, "overdue soon");
        await workspace.KillBackend();
        await Made(client, "overdue last", by: () => Plan(client, "last", -TimeSpan.FromSeconds(1)));   // whatever would come twice comes before

        Assert.Equal(
            ["closed", "deadline_approaching soon", "far", "last", "over", "overdue last", "overdue over", "overdue soon", "soon"],
            (await client.AllTasks()).Select(t => t.Text("title")).Order(StringComparer.Ordinal));
        Assert.Equal(["task-deadline-passed"], await Noted(client, over));
        Assert.Equal(["task-deadline-approached", "task-deadline-passed"], await Noted(client, soon));
        Assert.Empty(await Noted(client, far));
        Assert.Empty(await Noted(client, closed));
        await Until.True(() => Told(client).Count >= 3, "what is overdue was told");
        Assert.Equal(["over", "soon", "last"], Told(client));
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Published)]
    public async Task A_due_date_that_passes_while_no_process_lives_is_overdue_at_the_next_start_and_was_never_near(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await MakeRules(client);
        var due = DateTimeOffset.FromUnixTimeSeconds(DateTimeOffset.UtcNow.AddDays(2).ToUnixTimeSeconds());
        var task = await Plan(client, "task", due);
        Assert.Equal(0, (await client.Leave()).ExitCode);
        await workspace.KillBackend();
        await Until.True(() => workspace.Backends().Count == 0, "no process");
        // No test waits two days: instead the date was three days earlier, as far as the journal knows, from which the tables are filled anew.
        Assert.Equal(1, Execute(workspace.Database, $"""
            UPDATE journal SET message = CAST(replace(CAST(message AS TEXT), '{Stored(due)}', '{Stored(due.AddDays(-3))}') AS BLOB)
            WHERE CAST(message AS TEXT) LIKE '%{Stored(due)}%' AND persistence_id = 'task-{task}'
            """));
        Assert.Equal(1, Execute(workspace.Database, "DELETE FROM projection WHERE name = 'task-index'"));

        client = await workspace.Connect();
        await Made(client, "overdue task");
        await Made(client, "overdue last", by: () => Plan(client, "last", -TimeSpan.FromSeconds(1)));

        Assert.Equal(["last", "overdue last", "overdue task", "task"], (await client.AllTasks()).Select(t => t.Text("title")).Order(StringComparer.Ordinal));
        Assert.Equal(["task-deadline-passed"], await Noted(client, task));
    }

    private static async Task MakeRules(RawClient client)
    {
        foreach (var trigger in Triggers)
        {
            var rule = new
            {
                name = trigger,
                description = "d",
                trigger_events = new[] { trigger },
                condition = new { },
                task_definition = new { title = "{{event_type}} {{source_title}}" },
            };
            Assert.Null((await client.Request("tools/call", new { name = "auto_append_create_rule", arguments = rule })).Refusal);
        }
    }

    private static Task<string> Plan(RawClient client, string title, TimeSpan due) => Plan(client, title, DateTimeOffset.UtcNow + due);

    private static async Task<string> Plan(RawClient client, string title, DateTimeOffset due) =>
        (await client.Call("plan_task", new { title, description = "d", due_date = due })).Done.Text("task_id");

    private static string Stored(DateTimeOffset time) => JsonSerializer.Serialize(time);

    private static int Execute(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        return command.ExecuteNonQuery();
    }

    private static async Task Made(RawClient client, string title, Func<Task>? by = null)
    {
        await (by?.Invoke() ?? Task.CompletedTask);
        await Until.Found(async () => (await client.AllTasks()).Any(t => t.Text("title") == title) ? "" : null, $"the task '{title}'");
    }

    private static async Task<List<string>> Noted(RawClient client, string task) =>
    [
        .. (await client.Call("task_history", new { task_id = task })).Done.List("events").Select(e => e.Text("event"))
            .Where(e => e.Contains("deadline", StringComparison.Ordinal)),
    ];

    private static List<string> Told(RawClient client) =>
    [
        .. client.Notifications.Select(n => n.GetProperty("params")).Where(p => p.TryGetProperty("logger", out var l) && l.GetString() == "orchestrator.tasks")
            .Select(p => p.GetProperty("data")).Where(d => d.Text("event") == "overdue").Select(d => d.Text("title")),
    ];
}
