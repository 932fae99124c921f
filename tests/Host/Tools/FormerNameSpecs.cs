using Orchestrator.Host.Tests.Parity;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>Calls as users' prompts of the first version contain them.</summary>
public sealed class FormerNameSpecs : IAsyncLifetime
{
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

    [Fact]
    [ParityRow(3, "plan_task with subtasks_json (v1 form), former names", "plan_task", "execute_task", "complete_task")]
    public async Task Row_3_a_plan_with_its_subtasks_in_a_string_is_carried_through_under_the_former_names()
    {
        const string subtasks =
            """
            [{"title":"Design","description":"d","specialist_type":"architect","estimated_effort":"1 h"},
             {"title":"Build","description":"b","specialist_type":"implementer","dependencies":["Design"]},
             {"title":"Test","description":"t","specialist_type":"tester","task_id":"t1","dependencies":["Build"]}]
            """;
        var plan = await _client.Call(
            "plan_task", new { description = "Make a parser\nwith tests", subtasks_json = subtasks, complexity_level = "complex", context = "C# only" });
        Assert.Equal("Make a parser", plan["title"]);
        Assert.Equal(3, plan.Value["tasks"]!.AsArray().Count);

        foreach (var title in new[] { "Design", "Build", "Test" })
        {
            var task = plan.Value["tasks"]!.AsArray().First(t => (string?)t!["title"] == title)!["task_id"];
            var order = await _client.Call("execute_subtask", new { task_id = task });
            Assert.Equal(title, order["title"]);
            var done = await _client.Call("complete_subtask", new
            {
                task_id = order["task_id"],
                summary = "s",
                detailed_work = "w",
                next_action = "complete",
                legacy_artifacts = new[] { "src/a.cs" },
                claim = order["claim"],
            });
            Assert.Equal("completed", done["status"]);
        }

        var root = (await _client.Call("query_tasks", new { task_ids = new[] { plan["task_id"] }, detail = "full" })).Value["tasks"]![0]!;
        Assert.Equal("complex", (string?)root["complexity"]);
        Assert.Equal("C# only", (string?)root["context"]!["text"]);
        Assert.True(root["ready"]!.GetValue<bool>());
    }

    [Fact]
    public async Task A_generic_task_is_a_task()
    {
        var made = await _client.Call("create_generic_task", new { title = "t", description = "d", task_type = "research" });

        Assert.Equal("pending", made["status"]);
    }

    [Theory]
    [InlineData("[{]", "line 1")]
    [InlineData("{}", "must be a list")]
    [InlineData("""[{"description":"no title"}]""", "subtasks_json[0].title")]
    [InlineData("""[{"title":"a","dependencies":["b"]}]""", "'b'")]
    public async Task Subtasks_that_cannot_be_read_are_refused_with_their_place(string subtasks, string named)
    {
        var error = (await _client.Call("plan_task", new { description = "d", subtasks_json = subtasks })).Error!.Value;

        Assert.True(error.Code is RefusalCode.ValidationFailed or RefusalCode.DependencyConflict, error.Code);
        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }
}
