using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>The tools together, as an assistant uses them.</summary>
public sealed class WholeSessionSpecs : IAsyncLifetime
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
    public async Task Completing_a_task_says_what_became_ready_and_how_its_parent_stands()
    {
        var plan = await Plan("root", ("a", []), ("b", ["a"]));
        var order = await _client.Call("execute_task", new { });
        Assert.Equal(plan["a"], order["task_id"]);

        var done = await Complete(order);

        Assert.Equal(plan["b"], done.Value["newly_ready"]![0]!["task_id"]!.GetValue<string>());
        Assert.Equal(50, done.Value["parent"]!["percent"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_work_order_holds_the_role_and_the_results_it_builds_on()
    {
        await Plan("root", ("a", []), ("b", ["a"]));
        await Complete(await _client.Call("execute_task", new { }), "the result of a\nsecond line");

        var order = await _client.Call("execute_task", new { specialist_type = "generic" });

        Assert.Equal("the result of a\nsecond line", order.Value["builds_on"]![0]!["excerpt"]!.GetValue<string>());
        Assert.Equal("generic", order.Value["specialist"]!["name"]!.GetValue<string>());
        Assert.NotEmpty(order.Value["instructions"]!.AsArray());
    }

    [Fact]
    public async Task A_repeated_request_gets_the_same_answer_and_takes_effect_once()
    {
        var arguments = new { title = "once", description = "d" };
        var first = await _client.Call("plan_task", arguments);
        await _client.Call("plan_task", new { title = "another", description = "d" });

        var again = await _client.Call("plan_task", arguments, first.Sequence);

        Assert.Equal(first["task_id"], again["task_id"]);
        Assert.Equal(2, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_repeated_claim_of_the_best_task_is_the_same_claim()
    {
        await Plan("root", ("a", []), ("b", []));
        var first = await _client.Call("execute_task", new { });

        var again = await _client.Call("execute_task", new { }, first.Sequence);

        Assert.Equal((first["task_id"], first["claim"]), (again["task_id"], again["claim"]));
        Assert.Equal(1, (await _client.Call("get_status", new { })).Value["claimed"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_claimed_task_is_changed_only_with_its_claim()
    {
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        var claim = (await _client.Call("execute_task", new { task_id = task }))["claim"];

        Assert.Equal(RefusalCode.ClaimRequired, (await _client.Call("update_task", new { task_id = task, title = "x" })).Error!.Value.Code);
        Assert.Equal(RefusalCode.ClaimLost, (await _client.Call("update_task", new { task_id = task, title = "x", claim = "clm_x" })).Error!.Value.Code);
        Assert.Equal(RefusalCode.AlreadyClaimed, (await _client.Call("execute_task", new { task_id = task })).Error!.Value.Code);
        Assert.Null((await _client.Call("update_task", new { task_id = task, title = "x", claim })).Error);
    }

    [Fact]
    public async Task A_stale_claim_changes_nothing()
    {
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        var claim = (await _client.Call("execute_task", new { task_id = task, lease_minutes = 1 }))["claim"];
        _served.Clock.Advance(TimeSpan.FromMinutes(2));

        var late = await _client.Call("complete_task", new { task_id = task, summary = "s", detailed_work = "w", next_action = "complete", claim });

        Assert.Equal(RefusalCode.ClaimLost, late.Error!.Value.Code);
        var full = (await _client.Call("query_tasks", new { task_ids = new[] { task }, detail = "full" })).Value["tasks"]![0]!;
        Assert.NotEqual("completed", full["status"]!.GetValue<string>());
        Assert.Null(full["artifacts"]);
    }

    [Fact]
    public async Task A_stale_version_is_refused()
    {
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        await _client.Call("update_task", new { task_id = task, note = "n" });

        Assert.Equal(RefusalCode.VersionConflict, (await _client.Call("update_task", new { task_id = task, title = "x", version = 1 })).Error!.Value.Code);
        Assert.Null((await _client.Call("update_task", new { task_id = task, title = "x", version = 2 })).Error);
    }

    [Fact]
    public async Task A_task_is_completed_once()
    {
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        var work = new { task_id = task, summary = "s", detailed_work = "w", next_action = "complete" };
        await _client.Call("complete_task", work);

        Assert.Equal(RefusalCode.InvalidTaskState, (await _client.Call("complete_task", work)).Error!.Value.Code);
    }

    [Theory]
    [InlineData("continue", "in_progress", true)]
    [InlineData("needs_revision", "pending", false)]
    [InlineData("blocked", "blocked", false)]
    [InlineData("complete", "completed", false)]
    public async Task The_next_action_decides_the_status(string next, string status, bool keepsClaim)
    {
        await _client.Call("plan_task", new { title = "t", description = "d" });
        var order = await _client.Call("execute_task", new { });

        var done = await _client.Call(
            "complete_task", new { task_id = order["task_id"], summary = "s", detailed_work = "w", next_action = next, claim = order["claim"] });

        Assert.Equal(status, done["status"]);
        Assert.Equal(keepsClaim, done.Value["claim"] is not null);
    }

    [Fact]
    public async Task A_resumed_session_hears_what_changed_and_gets_its_claims_back()
    {
        var session = (await _client.Call("initialize_session", new { working_directory = _served.Workspace }))["session_id"];
        var task = (await _client.Call("plan_task", new { title = "t", description = "d", session_id = session }))["task_id"];
        var claim = (await _client.Call("execute_task", new { task_id = task }))["claim"];

        await using var later = await _served.Connect(front: new string('f', 32));
        var resumed = await later.Call("initialize_session", new { session_id = session });

        Assert.Equal(task, resumed.Value["changed_since"]!["tasks"]![0]!["task_id"]!.GetValue<string>());
        Assert.Equal(claim, resumed.Value["open_claims"]![0]!["claim"]!.GetValue<string>());
        Assert.Null((await later.Call("initialize_session", new { })).Value["open_claims"]![0]!["claim"]);
    }

    [Fact]
    public async Task A_query_below_a_task_goes_down_one_level_or_all()
    {
        var plan = await Plan("root", ("a", []));
        await _client.Call("plan_task", new { title = "deep", description = "d", parent_task_id = plan["a"] });
        var root = (await _client.Call("query_tasks", new { search_text = "root" })).Value["tasks"]![0]!["task_id"]!.GetValue<string>();

        Assert.Equal(1, (await _client.Call("query_tasks", new { parent_task_id = root })).Value["total"]!.GetValue<int>());
        Assert.Equal(2, (await _client.Call("query_tasks", new { parent_task_id = root, include_children = true })).Value["total"]!.GetValue<int>());
        Assert.Equal(2, (await _client.Call("synthesize_results", new { parent_task_id = root })).Value["metrics"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_long_artifact_comes_in_parts_that_make_up_the_whole()
    {
        var work = string.Concat(Enumerable.Range(1, 20_000).Select(i => $"line {i}\n"));
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        var id = (await _client.Call("complete_task", new { task_id = task, summary = "s", detailed_work = work, next_action = "complete" }))["artifact_id"];

        var (read, line) = ("", (int?)1);
        while (line is not null)
        {
            var part = (await _client.Call("get_artifact", new { artifact_id = id, start_line = line })).Value;
            read += part["text"]!.GetValue<string>();
            line = part["next_line"]?.GetValue<int>();
        }

        Assert.Equal(work, read);
    }

    [Fact]
    public async Task Status_since_a_cursor_tells_every_change_once()
    {
        var seen = new List<string>();
        var cursor = (await _client.Call("get_status", new { }))["cursor"];
        for (var i = 0; i < 120; i++)
        {
            await _client.Call("plan_task", new { title = $"t{i}", description = "d" });
        }

        for (var page = 0; page < 4; page++)
        {
            var status = await _client.Call("get_status", new { since = cursor });
            seen.AddRange(status.Value["changed_since"]!["tasks"]!.AsArray().Select(t => t!["title"]!.GetValue<string>()));
            cursor = status["cursor"];
        }

        Assert.Equal(Enumerable.Range(0, 120).Select(i => $"t{i}"), seen);
    }

    [Fact]
    public async Task A_list_is_capped_by_its_size_and_its_cursor_leads_on()
    {
        for (var i = 0; i < 8; i++)
        {
            await _client.Call("plan_task", new { title = $"t{i}", description = new string('d', 20_000) });
        }

        var (titles, cursor) = (new List<string>(), (string?)null);
        do
        {
            var page = (await _client.Call("query_tasks", cursor is null ? new { detail = "full" } : new { detail = "full", cursor })).Value;
            Assert.True(page.ToJsonString().Length < 60_000);
            titles.AddRange(page["tasks"]!.AsArray().Select(t => t!["title"]!.GetValue<string>()));
            cursor = page["cursor"]?.GetValue<string>();
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(0, 8).Select(i => $"t{7 - i}"), titles);
    }

    [Fact]
    public async Task A_database_that_cannot_be_opened_is_named_and_heals_without_a_restart()
    {
        var database = Path.Combine(_served.Location.Path, "orchestrator.db");
        await File.WriteAllTextAsync(database, "this is no database");

        var error = (await _client.Call("get_status", new { })).Error!.Value;
        Assert.Equal(RefusalCode.DatabaseUnavailable, error.Code);
        Assert.Contains(database, error.Message, StringComparison.Ordinal);
        Assert.Equal("this is no database", await File.ReadAllTextAsync(database));

        File.Delete(database);
        _served.Clock.Advance(TimeSpan.FromSeconds(3));
        Assert.Null((await _client.Call("get_status", new { })).Error);
    }

    private async Task<Dictionary<string, string>> Plan(string title, params (string Ref, string[] DependsOn)[] tasks)
    {
        var plan = await _client.Call("plan_task", new
        {
            title,
            description = "d",
            tasks = tasks.Select(t => new { @ref = t.Ref, title = t.Ref, depends_on = t.DependsOn }),
        });
        return plan.Value["tasks"]!.AsArray().ToDictionary(t => t!["ref"]!.GetValue<string>(), t => t!["task_id"]!.GetValue<string>());
    }

    private Task<ToolResult> Complete(ToolResult order, string work = "w") => _client.Call("complete_task", new
    {
        task_id = order["task_id"],
        summary = "s",
        detailed_work = work,
        next_action = "complete",
        claim = order["claim"],
    });
}
