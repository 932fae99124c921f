using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>A client that repeats a call as a new request says so by a key; and a front that sends a request again needs none.</summary>
public sealed class IdempotencySpecs : IAsyncLifetime
{
    private const string Other = "ffffffffffffffffffffffffffffffff";
    private ServedStore _served = null!;
    private FrameClient _client = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _client = await _served.Connect();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _served.DisposeAsync();
    }

    /// <summary>Each tool that changes something, by a call that changes something each time it is made anew.</summary>
    public static TheoryData<string> Changing => ["plan_task", "plan_task below", "execute_task", "execute_task any", "update_task", "complete_task", "initialize_session"];

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task A_request_that_is_sent_again_gets_the_same_answer_and_changes_nothing_also_after_a_restart(string which)
    {
        var (tool, arguments) = await Prepare(which);
        var first = await _client.Call(tool, arguments);
        var facts = _served.Facts();
        var again = await _client.Call(tool, arguments, first.Sequence);
        Same(first, again);
        Assert.Equal(facts, _served.Facts());

        await Restart();

        Same(first, await _client.Call(tool, arguments, first.Sequence));
        Assert.Equal(facts, _served.Facts());
    }

    [Theory]
    [MemberData(nameof(Changing))]
    public async Task A_call_under_the_same_key_gets_the_recorded_answer_also_from_another_client_and_after_a_restart(string which)
    {
        var (tool, arguments) = await Prepare(which);
        var keyed = With(arguments, "k 1");
        var first = await _client.Call(tool, keyed);
        Assert.Null(first.Reply["result"]!["_meta"]);
        var facts = _served.Facts();
        Replayed(first, await _client.Call(tool, keyed));

        await Restart(Other);

        Replayed(first, await _client.Call(tool, keyed));
        Assert.Equal(facts, _served.Facts());
    }

    [Fact]
    public async Task What_was_recorded_is_answered_whatever_has_happened_since()
    {
        var planned = await _client.Call("plan_task", With(new { title = "t", description = "d" }, "k"));
        await _client.Call("update_task", new { task_id = planned["task_id"], status = "cancelled" });
        Replayed(planned, await _client.Call("plan_task", With(new { title = "t", description = "d" }, "k")));
    }

    [Fact]
    public async Task The_same_key_with_other_arguments_is_refused_and_changes_nothing()
    {
        await _client.Call("plan_task", With(new { title = "one", description = "d" }, "k"));
        var refused = await _client.Call("plan_task", With(new { title = "two", description = "d" }, "k"));
        Assert.Equal(RefusalCode.IdempotencyConflict, refused.Error!.Value.Code);
        Assert.Equal(1, (await _client.Call("query_tasks", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task The_same_arguments_are_the_same_however_they_are_written()
    {
        var first = await Raw("""{"title":"caf\u00e9","description":"d","context":{"a":1,"b":[true,null]},"idempotency_key":"k","priority":null}""");
        var again = await Raw("""{ "idempotency_key" : "k", "context":{"b":[true, null],"a":1}, "description":"\u0064","title":"café" }""");
        Assert.Equal(first["structuredContent"]!.ToJsonString(), again["structuredContent"]!.ToJsonString());
        Assert.True(again["_meta"]!["idempotency_replayed"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_key_belongs_to_one_tool()
    {
        var planned = await _client.Call("plan_task", With(new { title = "t", description = "d" }, "k"));
        var updated = await _client.Call("update_task", With(new { task_id = planned["task_id"], note = "n" }, "k"));
        Assert.Null(updated.Error);
        Assert.Null(updated.Reply["result"]!["_meta"]);
    }

    [Fact]
    public async Task A_call_that_was_refused_leaves_its_key_free()
    {
        var refused = await _client.Call("plan_task", With(new { title = "t", description = "d", parent_task_id = "task_0000000000000" }, "k"));
        Assert.Equal(RefusalCode.TaskNotFound, refused.Error!.Value.Code);
        Assert.Null((await _client.Call("plan_task", With(new { title = "t", description = "d" }, "k"))).Error);
    }

    [Fact]
    public async Task The_key_may_stand_in_the_meta_data_and_means_the_same_there()
    {
        const string arguments = """{"title":"t","description":"d"}""";
        var first = await Raw(arguments, """{"idempotency_key":"k"}""");
        Assert.True((await Raw(arguments, """{"idempotency_key":"k"}"""))["_meta"]!["idempotency_replayed"]!.GetValue<bool>());
        var asArgument = await Raw("""{"title":"t","description":"d","idempotency_key":"k"}""");
        Assert.Equal(first["structuredContent"]!.ToJsonString(), asArgument["structuredContent"]!.ToJsonString());
    }

    [Theory]
    [InlineData("""{"title":"t","description":"d","idempotency_key":""}""", null)]
    [InlineData("""{"title":"t","description":"d","idempotency_key":7}""", null)]
    [InlineData("""{"title":"t","description":"d","idempotency_key":"a\u0007"}""", null)]
    [InlineData("""{"title":"t","description":"d"}""", """{"idempotency_key":{}}""")]
    [InlineData("""{"title":"t","description":"d"}""", """{"idempotency_key":" "}""")]
    [InlineData("""{"title":"t","description":"d","idempotency_key":"a"}""", """{"idempotency_key":"b"}""")]
    public async Task What_is_no_key_is_refused(string arguments, string? meta)
    {
        var refused = await Raw(arguments, meta);
        Assert.Equal(RefusalCode.ValidationFailed, refused["structuredContent"]!["code"]!.GetValue<string>());
        Assert.Contains("idempotency_key", refused["structuredContent"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(0, (await _client.Call("query_tasks", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_tool_that_only_reads_has_no_use_for_a_key()
    {
        Assert.Equal(RefusalCode.ValidationFailed, (await _client.Call("get_status", new { idempotency_key = "k" })).Error!.Value.Code);
        Assert.Null((await Raw("{}", """{"idempotency_key":"k"}""", "get_status"))["isError"]);
    }

    [Fact]
    public async Task Of_many_calls_at_once_under_one_key_one_is_made()
    {
        await Task.WhenAll(Enumerable.Range(1, 3).Select(async i =>
        {
            await using var planner = await _served.Connect($"{i:x32}");
            await planner.Call("plan_task", new { title = $"{i}", description = "d" });
        }));
        var claims = await Task.WhenAll(Enumerable.Range(11, 20).Select(async i =>
        {
            await using var worker = await _served.Connect($"{i:x32}");
            return (await worker.Call("execute_task", With(new { }, "k")))["claim"];
        }));
        Assert.Single(claims.Distinct());
        Assert.Equal(1, (await _client.Call("get_status", new { })).Value["claimed"]!.GetValue<int>());
    }

    private static void Same(ToolResult first, ToolResult again) =>
        Assert.Equal(first.Reply["result"]!.ToJsonString(), again.Reply["result"]!.ToJsonString());

    private static void Replayed(ToolResult first, ToolResult again)
    {
        Assert.Equal(first.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Equal(first.Reply["result"]!["content"]!.ToJsonString(), again.Reply["result"]!["content"]!.ToJsonString());
        Assert.True(again.Reply["result"]!["_meta"]!["idempotency_replayed"]!.GetValue<bool>());
    }

    private static JsonObject With(object arguments, string key)
    {
        var keyed = JsonSerializer.SerializeToNode(arguments)!.AsObject();
        keyed["idempotency_key"] = key;
        return keyed;
    }

    private async Task<(string Tool, object Arguments)> Prepare(string which)
    {
        var task = (await _client.Call("plan_task", new { title = "prepared", description = "d" }))["task_id"];
        await _client.Call("plan_task", new { title = "another", description = "d" });
        return which switch
        {
            "plan_task" => ("plan_task", new { title = "t", description = "d", tasks = new object[] { new { @ref = "a", title = "a" } } }),
            "plan_task below" => ("plan_task", new { title = "t", description = "d", parent_task_id = task }),
            "execute_task" => ("execute_task", new { task_id = task }),
            "execute_task any" => ("execute_task", new { }),
            "update_task" => ("update_task", new { task_id = task, note = "n", progress = 5 }),
            "complete_task" => ("complete_task", new { task_id = task, summary = "s", detailed_work = "w", next_action = "complete" }),
            _ => ("initialize_session", new { working_directory = "/w" }),
        };
    }

    private async Task Restart(string front = "0123456789abcdef0123456789abcdef")
    {
        await _client.DisposeAsync();
        await _served.Restart();
        _client = await _served.Connect(front);
    }

    private async Task<JsonNode> Raw(string arguments, string? meta = null, string tool = "plan_task")
    {
        var sequence = Random.Shared.NextInt64(1_000, long.MaxValue);
        var line = $$$"""
            {"jsonrpc":"2.0","id":{{{sequence}}},"method":"tools/call","params":{"name":"orchestrator_{{{tool}}}","arguments":{{{arguments}}}{{{(meta is null ? "" : $",\"_meta\":{meta}")}}}}}
            """;
        return (await _client.Send(System.Text.Encoding.UTF8.GetBytes(line), sequence))["result"]!;
    }
}
