using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Tests.Import;

/// <summary>What an import asks of a backend beside the tools of a client: keys of its own on one connection, and subtasks by the handful.</summary>
public sealed class KeyedCallsSpecs : IAsyncLifetime
{
    private static readonly string[] Keys = [.. Enumerable.Range(1, 3).Select(i => new string((char)('0' + i), 32))];
    private ServedStore _served = null!;
    private FrameClient _import = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _import = await _served.Connect();
    }

    public async Task DisposeAsync()
    {
        await _import.DisposeAsync();
        await _served.DisposeAsync();
    }

    [Fact]
    public async Task Calls_of_one_connection_have_the_ids_that_follow_from_their_own_keys_and_are_met_again_by_them()
    {
        Assert.True(Hello.Parse(_import.First.Payload.Span).TakesKeys);
        var a = await _import.Call("plan_task", new { title = "a", description = "d" }, new CommandId(Keys[0], 1));
        var b = await _import.Call("plan_task", new { title = "b", description = "d" }, new CommandId(Keys[1], 1));
        Assert.Equal((Id(Keys[0]), Id(Keys[1])), (a["task_id"], b["task_id"]));
        var facts = _served.Facts();

        await using var older = await _served.Connect(Keys[0]);   // a connection of which this key is the only one, as imports once had
        var again = await older.Call("plan_task", new { title = "a", description = "d" }, 1);

        Assert.Equal((a["task_id"], facts), (again["task_id"], _served.Facts()));
    }

    [Fact]
    public async Task A_frame_without_a_key_ends_the_connection_and_no_other_one()
    {
        await using var other = await _served.Connect(Keys[2]);
        await _import.Frame(FrameKind.Keyed, 1, """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""u8.ToArray());
        await Assert.ThrowsAsync<EndOfStreamException>(_import.Next);
        Assert.Null((await other.Call("plan_task", new { title = "t", description = "d" })).Error);
    }

    [Fact]
    public async Task Subtasks_come_in_their_order_in_two_events_of_their_parent_and_never_twice()
    {
        var parent = (await _import.Call("plan_task", new { title = "parent", description = "d" }))["task_id"];
        var facts = _served.Facts();

        var first = await _import.Call("import_subtasks", Batch(parent, Keys[0], Keys[1]), new CommandId(new string('a', 32), 1));
        Assert.Equal((2, 4), (first.Value["planned"]!.GetValue<int>(), (int)(_served.Facts() - facts)));
        Assert.Null((await _import.Call("import_subtasks", Batch(parent, Keys[0], Keys[1]), new CommandId(new string('a', 32), 1))).Error);
        Assert.Equal(4, _served.Facts() - facts);
        Assert.Null((await _import.Call("import_subtasks", Batch(parent, Keys), new CommandId(new string('b', 32), 1))).Error);   // the source has grown
        Assert.Equal(7, _served.Facts() - facts);

        var all = (await _import.Call("query_tasks", new { parent_task_id = parent, detail = "full" })).Value["tasks"]!.AsArray();
        Assert.Equal(Keys.Select(Id).Order(), all.Select(t => t!["task_id"]!.GetValue<string>()).Order());
        foreach (var key in Keys)
        {
            Assert.Null((await _import.Call("update_task", new { task_id = Id(key), status = "completed" })).Error);
        }

        Assert.Null((await _import.Call("update_task", new { task_id = parent, status = "completed" })).Error);   // nothing waits to be created
    }

    [Theory, InlineData(false), InlineData(true)]
    public async Task A_subtask_that_was_there_before_elsewhere_stays_as_it_is_and_holds_up_nobody(bool isDeleted)
    {
        var parent = (await _import.Call("plan_task", new { title = "parent", description = "d" }))["task_id"];
        await _import.Call("plan_task", new { title = "before", description = "d" }, new CommandId(Keys[0], 1));
        Assert.Null((await _import.Call("update_task", new { task_id = Id(Keys[0]), status = "cancelled" })).Error);
        if (isDeleted)
        {
            Assert.Null((await _import.Call("delete_task", new { task_id = Id(Keys[0]), force = true, archive_instead = false })).Error);
        }

        Assert.Null((await _import.Call("import_subtasks", Batch(parent, Keys[0], Keys[1]), new CommandId(new string('a', 32), 1))).Error);

        var tasks = (await _import.Call("query_tasks", new { })).Value["tasks"]!.AsArray().Select(t => t!["title"]!.GetValue<string>()).Order();
        Assert.Equal(isDeleted ? ["parent", "t2"] : ["before", "parent", "t2"], tasks);
        Assert.Null((await _import.Call("update_task", new { task_id = Id(Keys[1]), status = "completed" })).Error);
        Assert.Null((await _import.Call("update_task", new { task_id = parent, status = "completed" })).Error);
    }

    [Fact]
    public async Task A_client_is_not_let_at_it()
    {
        var parent = (await _import.Call("plan_task", new { title = "parent", description = "d" }))["task_id"];
        var facts = _served.Facts();
        Assert.Equal(RefusalCode.ValidationFailed, (await _import.Call("import_subtasks", Batch(parent, Keys[0]))).Error!.Value.Code);
        Assert.Equal(facts, _served.Facts());
    }

    private static object Batch(string parent, params string[] keys) =>
        new { parent_task_id = parent, tasks = keys.Select(k => new { key = k, title = $"t{k[0]}", description = "d" }).ToArray() };

    private static string Id(string key) => DerivedId.Task(new CommandId(key, 1)).Value;
}
