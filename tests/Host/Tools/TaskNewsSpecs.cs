using System.Text;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>What clients are told by themselves: those that have set a log level, and no others.</summary>
public sealed class TaskNewsSpecs : IAsyncLifetime
{
    private const string Front = "abcdefabcdefabcdefabcdefabcdefab";
    private ServedStore _served = null!;
    private FrameClient _worker = null!;
    private FrameClient _listener = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _worker = await _served.Connect();
        _listener = await _served.Connect(Front);
    }

    public async Task DisposeAsync()
    {
        await _listener.DisposeAsync();
        await _worker.DisposeAsync();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task Who_has_set_a_log_level_hears_of_a_completed_task_and_of_those_that_it_makes_ready()
    {
        var first = await Plan("first");
        var second = await Plan("second", first);
        await SetLevel("info");

        await Complete(first);

        var told = Told(await _listener.NextMessage(), "info");
        Assert.Equal(("task_completed", first, "first"), ((string)told["event"]!, (string)told["task_id"]!, (string)told["title"]!));
        Assert.Equal(second, (string)Assert.Single(told["dependency_ready"]!.AsArray())!["task_id"]!);
    }

    [Fact]
    public async Task A_lost_claim_is_a_warning_and_a_completed_task_is_not()
    {
        var done = await Plan("done");
        var lost = await Plan("lost");
        await SetLevel("warning");
        await _worker.Call("execute_task", new { task_id = lost, lease_minutes = 1 });
        await Complete(done);

        var next = _listener.NextMessage();
        for (var i = 0; i < 200 && !next.IsCompleted; i++)
        {
            _served.Clock.Advance(TimeSpan.FromSeconds(2));
            await _worker.Call("get_status", new { });
        }

        var told = Told(await next, "warning");
        Assert.Equal(("claim_lost", lost), ((string)told["event"]!, (string)told["task_id"]!));
    }

    [Fact]
    public async Task A_task_that_is_overdue_is_a_warning_and_news_for_who_watches_and_one_that_is_near_is_neither()
    {
        await SetLevel("debug");
        var since = (await _worker.Call("watch", new { }))["cursor"];
        await _worker.Call("plan_task", new { title = "near", description = "d", due_date = "2026-03-01T18:00:00Z" });
        var late = (await _worker.Call("plan_task", new { title = "late", description = "d", due_date = "2026-03-01T11:59:00Z" }))["task_id"];

        var next = _listener.NextMessage();
        for (var i = 0; i < 200 && !next.IsCompleted; i++)
        {
            _served.Clock.Advance(TimeSpan.FromMilliseconds(500));
            await _worker.Call("get_status", new { });
        }

        var told = Told(await next, "warning");
        Assert.Equal(
            ("overdue", late, "it was due at 2026-03-01T11:59:00Z"), ((string)told["event"]!, (string)told["task_id"]!, (string)told["because"]!));
        var watched = (await _worker.Call("watch", new { since, events = new[] { "overdue" } })).Value["news"]!.AsArray();
        Assert.Equal(late, (string)Assert.Single(watched)!["task_id"]!);
    }

    [Fact]
    public async Task Who_asked_for_nothing_or_no_longer_asks_gets_no_byte()
    {
        var silent = await _served.Connect(new string('b', 32));
        var task = await Plan("task");
        await SetLevel("info");
        await SetLevel("error");
        await Complete(task);

        // Both are served in order, so whatever had been sent before would come first.
        await using (silent)
        {
            Assert.Equal(7, (await silent.Send(Request(7, "tools/list"), 1))["id"]!.GetValue<int>());
            Assert.Equal(8, (await _listener.Send(Request(8, "tools/list"), 9))["id"]!.GetValue<int>());
        }
    }

    [Fact]
    public async Task What_happened_between_two_backends_is_told_by_the_second_and_nothing_is_told_twice()
    {
        var tasks = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            tasks.Add(await Plan($"t{i}"));
        }

        var from = await SetLevel("info");
        await Complete(tasks[0]);
        var first = await _listener.NextMessage();
        Assert.True(Position(first) > from);
        await _listener.DisposeAsync();
        await Complete(tasks[1]);
        await Complete(tasks[2]);

        await _served.Restart();
        await using var worker = await _served.Connect(new string('c', 32));
        _listener = await _served.Connect(Front);
        await SetLevel("info", Position(first));
        await worker.Call("update_task", new { task_id = tasks[3], status = "completed" });

        var told = new List<string>();
        for (var i = 0; i < 3; i++)
        {
            told.Add((string)Told(await _listener.NextMessage(), "info")["task_id"]!);
        }

        Assert.Equal(tasks[1..4], told);
    }

    [Fact]
    public async Task Many_pieces_of_news_come_one_after_the_other_each_with_its_place()
    {
        var tasks = new List<string>();
        for (var i = 0; i < 30; i++)
        {
            tasks.Add(await Plan($"t{i}"));
        }

        await SetLevel("debug");
        foreach (var task in tasks)
        {
            await Complete(task);
        }

        var messages = new List<JsonObject>();
        for (var i = 0; i < tasks.Count; i++)
        {
            messages.Add(await _listener.NextMessage());
        }

        Assert.Equal(tasks, messages.Select(m => (string)Told(m, "info")["task_id"]!));
        Assert.Equal(messages.Select(Position).Order().Distinct(), messages.Select(Position));
    }

    private static JsonNode Told(JsonObject message, string level)
    {
        Assert.Equal("notifications/message", (string?)message["method"]);
        Assert.Equal((level, "orchestrator.tasks"), ((string)message["params"]!["level"]!, (string)message["params"]!["logger"]!));
        return message["params"]!["data"]!;
    }

    private static long Position(JsonObject message) => (long)message["params"]!["_meta"]!["orchestrator/news"]!;

    private static byte[] Request(int id, string method, JsonObject? parameters = null) => Encoding.UTF8.GetBytes(new JsonObject
    {
        ["jsonrpc"] = "2.0",
        ["id"] = id,
        ["method"] = method,
        ["params"] = parameters ?? [],
    }.ToJsonString());

    private async Task<long?> SetLevel(string level, long? told = null)
    {
        var parameters = new JsonObject { ["level"] = level };
        if (told is not null)
        {
            parameters["_meta"] = new JsonObject { ["orchestrator/news"] = told };
        }

        var answer = await _listener.Send(Request(1, "logging/setLevel", parameters), 1);
        Assert.Equal(1, (int?)answer["id"]);
        return (long?)answer["result"]!["_meta"]?["orchestrator/news"];
    }

    private async Task<string> Plan(string title, params string[] dependencies) =>
        (await _worker.Call("plan_task", new { title, description = "d", dependencies }))["task_id"];

    private async Task Complete(string task) => Assert.Null((await _worker.Call("update_task", new { task_id = task, status = "completed" })).Error);
}
