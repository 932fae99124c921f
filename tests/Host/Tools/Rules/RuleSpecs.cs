using System.Text.Json.Nodes;
using Orchestrator.Host.Tests.Parity;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools.Rules;

/// <summary>The tools for rules, through a client's session.</summary>
public sealed class RuleSpecs : IAsyncLifetime
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
    public async Task Row_44_a_rule_plans_a_task_when_an_event_fits_its_condition()
    {
        var rule = (await Create(condition: new { field = "specialist_type", @operator = "equals", value = "coder" }))["rule_id"];
        await Complete("mine", "coder");
        await Complete("not mine", "tester");

        await Eventually(async () => (await Titles()).Contains("review mine"));

        Assert.DoesNotContain("review not mine", await Titles());
        var shown = (await _client.Call("auto_append_get_rule", new { rule_id = rule })).Value;
        Assert.Equal(1, shown["rule"]!["execution_count"]!.GetValue<int>());
        Assert.Equal("review {{source_title}}", shown["task_definition"]!["title"]!.GetValue<string>());
    }

    [Fact]
    public async Task Row_44_a_rule_can_fill_in_a_template()
    {
        await _client.Call("template_install_examples", new { });
        await _client.Call("auto_append_create_rule", new
        {
            name = "investigate",
            description = "d",
            trigger_events = new[] { "task_failed" },
            condition = new { },
            creation_mode = "template",
            template_id = "bug_investigation",
            template_parameters = new { symptom = "{{source_title}} failed", severity = 2 },
        });
        var task = (await _client.Call("plan_task", new { title = "the build", description = "d" }))["task_id"];
        await _client.Call("update_task", new { task_id = task, status = "failed", note = "no" });

        await Eventually(async () => (await Titles()).Count == 5);
        Assert.Contains("Bug: the build failed", await Titles());
    }

    [Fact]
    [ParityRow(44, "auto-append rules and events", "auto_append_create_rule", "auto_append_list_rules", "auto_append_get_rule", "auto_append_delete_rule", "auto_append_get_statistics")]
    public async Task Row_44_rules_are_listed_counted_and_deleted()
    {
        var rule = (await Create())["rule_id"];
        await Create("second", priority: 1);
        await Complete("t", "coder");
        await Eventually(async () => (await Statistics())["executions"]!.GetValue<int>() == 2 && (await Statistics())["pending"]!.GetValue<int>() == 0);

        var list = (await _client.Call("auto_append_list_rules", new { status = "active" })).Value;
        Assert.Equal(["second", "first"], list["rules"]!.AsArray().Select(r => r!["name"]!.GetValue<string>()));
        Assert.Equal(2, (await Statistics())["succeeded"]!.GetValue<int>());

        Assert.True((await _client.Call("auto_append_delete_rule", new { rule_id = rule })).Value["deleted"]!.GetValue<bool>());
        Assert.Equal(RuleCode(rule), (await _client.Call("auto_append_get_rule", new { rule_id = rule })).Error!.Value.Code);
        Assert.Equal(RuleCode(rule), (await _client.Call("auto_append_delete_rule", new { rule_id = rule })).Error!.Value.Code);
        Assert.Equal(1, (await _client.Call("auto_append_list_rules", new { })).Value["total_rules"]!.GetValue<int>());
    }

    [Fact]
    public async Task Row_44_a_condition_is_tried_without_planning_anything()
    {
        var result = (await _client.Call("auto_append_test_condition", new
        {
            condition = new
            {
                @operator = "and",
                conditions = new object[] {
                new { field = "status", @operator = "equals", value = "failed" }, new { field = "event_type", @operator = "in", value = new[] { "task_failed" } } }
            },
            sample_task = new { status = "failed" },
            sample_event = new { event_type = "task_completed" },
        })).Value;

        Assert.False(result["evaluation_result"]!.GetValue<bool>());
        Assert.Equal([true, false], result["comparisons"]!.AsArray().Select(c => c!["holds"]!.GetValue<bool>()));
        Assert.Empty(await Titles());
    }

    [Fact]
    public async Task Row_44_a_rule_waits_for_a_due_date_to_come_near_and_to_pass()
    {
        foreach (var trigger in new[] { "deadline_approaching", "task_overdue" })
        {
            Assert.Null((await _client.Call("auto_append_create_rule", new
            {
                name = trigger,
                description = "d",
                trigger_events = new[] { trigger },
                condition = new { field = "due_date", @operator = "greater_than", value = "2026-01-01" },
                task_definition = new { title = "{{event_type}}: {{source_title}}, due {{due_date}}" },
            })).Error);
        }

        var triggers = (await _client.Call("auto_append_list_rules", new { })).Value["rules"]!.AsArray().Select(r => (string)r!["trigger_events"]![0]!);
        Assert.Equal(["deadline_approaching", "overdue"], triggers.Order());
        var task = (await _client.Call("plan_task", new { title = "t", description = "d", due_date = "2026-03-02T18:00:00+02:00" }))["task_id"];
        Assert.Single(await Titles());

        _served.Clock.Advance(TimeSpan.FromHours(4));
        await Eventually(async () => (await Titles()).Count == 2);
        _served.Clock.Advance(TimeSpan.FromDays(1));
        await Eventually(async () => (await Titles()).Count == 3);

        Assert.Equal(
            ["deadline_approaching: t, due 2026-03-02T16:00:00Z", "overdue: t, due 2026-03-02T16:00:00Z", "t"], (await Titles()).Order());
        var history = (await _client.Call("task_history", new { task_id = task })).Value["events"]!.AsArray();
        Assert.Equal(
            ["task-planned", "task-deadline-approached", "task-deadline-passed"], history.Select(e => (string)e!["event"]!));
        var statistics = await Statistics();
        Assert.Equal((2, 2), ((int)statistics["executions"]!, (int)statistics["succeeded"]!));
    }

    [Theory]
    [InlineData("""{"trigger_events":["full_moon"]}""", "trigger_events")]
    [InlineData("""{"trigger_events":["overdue","deadline"]}""", "trigger_events")]
    [InlineData("""{"trigger_events":[]}""", "trigger_events")]
    [InlineData("""{"condition":{"field":"mood","operator":"equals","value":1}}""", "condition")]
    [InlineData("""{"creation_mode":"clone"}""", "clone_task_id")]
    [InlineData("""{"task_definition":{"title":"{{nothing}}"}}""", "task_definition.title")]
    [InlineData("""{"task_definition":{"title":"t","color":"red"}}""", "task_definition.color")]
    [InlineData("""{"rule_id":"../x"}""", "rule_id")]
    public async Task Row_44_a_rule_that_could_never_work_is_refused_and_not_made(string change, string argument)
    {
        var arguments = JsonNode.Parse(
            """{"name":"n","description":"d","trigger_events":["task_completed"],"condition":{},"task_definition":{"title":"t"}}""")!.AsObject();
        foreach (var (name, value) in JsonNode.Parse(change)!.AsObject())
        {
            arguments[name] = value!.DeepClone();
        }

        var error = (await _client.Call("auto_append_create_rule", arguments)).Error!.Value;

        Assert.Equal(RefusalCode.ValidationFailed, error.Code);
        Assert.StartsWith(argument, error.Message, StringComparison.Ordinal);
        Assert.Equal(0, (await _client.Call("auto_append_list_rules", new { })).Value["total_rules"]!.GetValue<int>());
    }

    private static string RuleCode(string _) => RefusalCode.RuleNotFound;

    private Task<ToolResult> Create(string name = "first", object? condition = null, int priority = 100) => _client.Call("auto_append_create_rule", new
    {
        name,
        description = "d",
        trigger_events = new[] { "task_completed" },
        condition = condition ?? new { },
        priority,
        task_definition = new { title = "review {{source_title}}", specialist_type = "reviewer", dependencies = new[] { "{{source_task_id}}" } },
    });

    private async Task Complete(string title, string specialist)
    {
        var task = (await _client.Call("plan_task", new { title, description = "d", specialist_type = specialist }))["task_id"];
        await _client.Call("update_task", new { task_id = task, status = "completed" });
    }

    private async Task<JsonObject> Statistics() => (await _client.Call("auto_append_get_statistics", new { })).Value;

    private async Task<List<string>> Titles() =>
        [.. (await _client.Call("query_tasks", new { })).Value["tasks"]!.AsArray().Select(t => t!["title"]!.GetValue<string>())];

    private async Task Eventually(Func<Task<bool>> condition)
    {
        var deadline = DateTime.UtcNow.AddSeconds(30);
        while (!await condition())
        {
            _served.Clock.Advance(TimeSpan.FromMilliseconds(100));
            Assert.True(DateTime.UtcNow < deadline, "It did not happen within 30 s.");
        }
    }
}
