using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Tests.Parity;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>News for those who ask, and for those who wait.</summary>
public sealed class WatchSpecs : IAsyncLifetime
{
    private ServedStore _served = null!;
    private FrameClient _client = null!;
    private FrameClient _worker = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _client = await _served.Connect();
        _worker = await _served.Connect(new string('e', 32));
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _worker.DisposeAsync();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task Row_57_a_completed_task_and_the_one_that_is_ready_now_are_told_once()
    {
        var plan = await Plan("a", "b");
        var cursor = (await _client.Call("watch", new { }))["cursor"];
        await Complete(plan["a"]);

        var watched = await _client.Call("watch", new { since = cursor });

        Assert.Equal([("task_completed", plan["a"]), ("dependency_ready", plan["b"])], News(watched.Value));
        Assert.Empty(News((await _client.Call("watch", new { since = watched["cursor"] })).Value));
        Assert.Equal([("dependency_ready", plan["b"])], News((await _client.Call("watch", new { since = cursor, events = new[] { "dependency_ready" } })).Value));
    }

    [Fact]
    public async Task Row_57_a_lost_claim_is_told()
    {
        var plan = await Plan("a");
        await _worker.Call("execute_task", new { task_id = plan["a"], lease_minutes = 1 });
        var told = new List<(string Event, string Task)>();
        for (var i = 0; i < 200 && told.Count == 0; i++)
        {
            _served.Clock.Advance(TimeSpan.FromSeconds(2));
            told = News((await _client.Call("watch", new { since = "0" })).Value);
        }

        Assert.Equal([("claim_lost", plan["a"])], told);
    }

    [Fact]
    [ParityRow(57, "notifications", "watch")]
    public async Task Row_57_who_waits_with_a_token_hears_of_it_as_progress_and_then_gets_it()
    {
        var plan = await Plan("a");
        var cursor = (await _client.Call("watch", new { }))["cursor"];
        var first = _client.Send(
            JsonSerializer.SerializeToUtf8Bytes(new
            {
                jsonrpc = "2.0",
                id = 77,
                method = "tools/call",
                @params = new { name = "orchestrator_watch", arguments = new { since = cursor, wait_seconds = 50 }, _meta = new { progressToken = "tok" } },
            }),
            77);
        await Complete(plan["a"]);

        var progress = await first;
        Assert.Equal(("notifications/progress", "tok"), (progress["method"]!.GetValue<string>(), progress["params"]!["progressToken"]!.GetValue<string>()));
        Assert.Contains(plan["a"], progress["params"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        JsonObject result;
        do
        {
            result = await _client.NextMessage();
        }
        while (result["method"] is not null);

        Assert.Equal(77, result["id"]!.GetValue<int>());
        Assert.Equal(("task_completed", plan["a"]), News(result["result"]!["structuredContent"]!)[0]);
    }

    [Fact]
    public async Task Row_57_many_pieces_of_news_come_in_pages_and_only_those_below_a_task_when_asked()
    {
        var plan = await Plan([.. Enumerable.Range(0, 120).Select(i => $"t{i:000}")]);
        foreach (var task in plan.Values)
        {
            await Complete(task);
        }

        await Complete((await _worker.Call("plan_task", new { title = "elsewhere", description = "d" }))["task_id"]);
        var root = (await _client.Call("query_tasks", new { search_text = "root" })).Value["tasks"]![0]!["task_id"]!.GetValue<string>();

        var (told, cursor, pages) = (new List<string>(), "0", 0);
        JsonObject page;
        do
        {
            page = (await _client.Call("watch", new { since = cursor, parent_task_id = root, events = new[] { "task_completed" } })).Value;
            Assert.True(News(page).Count <= 100);
            told.AddRange(News(page).Select(n => n.Task));
            cursor = page["cursor"]!.GetValue<string>();
            pages++;
        }
        while (page["more"] is not null);

        Assert.Equal(plan.Values, told);
        Assert.True(pages > 1);
    }

    [Theory]
    [InlineData("""{"since":"x"}""")]
    [InlineData("""{"events":["birthday"]}""")]
    [InlineData("""{"wait_seconds":600}""")]
    public async Task Row_57_what_cannot_be_watched_is_refused(string arguments) =>
        Assert.Equal(RefusalCode.ValidationFailed, (await _client.Call("watch", JsonNode.Parse(arguments)!)).Error!.Value.Code);

    private async Task<Dictionary<string, string>> Plan(params string[] titles)
    {
        var tasks = titles.Select((t, i) => new { @ref = t, title = t, depends_on = i == 0 || titles.Length > 2 ? Array.Empty<string>() : [titles[i - 1]] });
        var plan = await _worker.Call("plan_task", new { title = "root", description = "d", tasks });
        return plan.Value["tasks"]!.AsArray().ToDictionary(t => t!["ref"]!.GetValue<string>(), t => t!["task_id"]!.GetValue<string>());
    }

    private async Task Complete(string task) => Assert.Null((await _worker.Call("update_task", new { task_id = task, status = "completed" })).Error);

    private static List<(string Event, string Task)> News(JsonNode watched) =>
        [.. watched["news"]!.AsArray().Select(n => (n!["event"]!.GetValue<string>(), n["task_id"]!.GetValue<string>()))];
}
