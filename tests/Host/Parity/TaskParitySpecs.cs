using System.Text.Json.Nodes;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>How tasks end, and what is attached to them.</summary>
public sealed class TaskParitySpecs : ParitySpecs
{
    [Fact]
    [ParityRow(5, "delete and archive with dependents", "delete_task", "restore_task")]
    public async Task Row_5_a_task_that_others_need_is_deleted_only_by_force_and_then_they_need_it_no_more()
    {
        var needed = await Plan("needed");
        var child = await Plan("child", parent: needed);
        var waiting = await Plan("waiting", dependencies: needed);

        foreach (var archive in new[] { true, false })
        {
            await Client.Call("cancel_task", new { task_id = child });
            var error = (await Client.Call("delete_task", new { task_id = needed, archive_instead = archive })).Error!.Value;
            Assert.Equal(RefusalCode.DependencyConflict, error.Code);
            Assert.Contains(waiting, error.Message, StringComparison.Ordinal);
        }

        var deleted = await Client.Call("delete_task", new { task_id = needed, force = true, archive_instead = false, reason = "a mistake" });
        Assert.Equal("deleted", deleted["action"]);
        Assert.Equal([child], Strings(deleted.Value["subtasks"]!["task_ids"]));
        Assert.Equal([waiting], Strings(deleted.Value["dependents_released"]!["task_ids"]));

        Assert.Equal(RefusalCode.TaskNotFound, (await Client.Call("query_tasks", new { task_ids = new[] { needed } })).Error!.Value.Code);
        Assert.Equal(RefusalCode.TaskNotFound, (await Client.Call("update_task", new { task_id = child, note = "n" })).Error!.Value.Code);
        var free = await Full(waiting);
        Assert.True((bool)free["ready"]!);
        Assert.Contains("a mistake", (string?)free["notes"]![0]!["text"], StringComparison.Ordinal);
        Assert.Equal(1, (await Client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
        Assert.Equal("task-deleted", (string?)(await Client.Call("task_history", new { task_id = needed })).Value["events"]!.AsArray()[^1]!["event"]);
    }

    [Fact]
    public async Task A_repeated_deletion_is_one_deletion_with_the_same_answer()
    {
        var needed = await Plan("needed");
        await Plan("child", parent: needed);
        await Plan("waiting", dependencies: needed);
        var arguments = new { task_id = needed, force = true, archive_instead = false };

        var first = await Client.Call("delete_task", arguments);
        var again = await Client.Call("delete_task", arguments, first.Sequence);

        Assert.Equal(first.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Equal(RefusalCode.TaskNotFound, (await Client.Call("delete_task", arguments)).Error!.Value.Code);
    }

    [Fact]
    [ParityRow(18, "archival with retention and restore", "delete_task", "restore_task", "maintenance_coordinator")]
    public async Task Row_18_an_archived_tree_is_kept_for_its_time_and_comes_back_as_it_was()
    {
        var root = await Plan("root");
        var open = await Plan("open", parent: root);
        var done = await Plan("done", parent: root);
        await Complete(done);
        Assert.Equal(RefusalCode.InvalidTaskState, (await Client.Call("delete_task", new { task_id = open })).Error!.Value.Code);

        var archived = await Client.Call("delete_task", new { task_id = root, force = true });
        Assert.Equal("archived", archived["action"]);
        Assert.Equal("pending", archived["previous_status"]);
        Assert.Equal(2, archived.Value["subtasks"]!["count"]!.GetValue<int>());
        Assert.Equal(["archived", "archived", "archived"], [await Status(root), await Status(open), await Status(done)]);
        Assert.Equal("2026-05-30T12:00:00Z", (string?)(await Full(done))["keep_until"]);
        Assert.Equal(RefusalCode.InvalidTaskState, (await Client.Call("update_task", new { task_id = open, note = "n" })).Error!.Value.Code);

        var restored = await Client.Call("restore_task", new { task_id = root });
        Assert.Equal(2, restored.Value["subtasks"]!["count"]!.GetValue<int>());
        Assert.Equal(["pending", "pending", "completed"], [await Status(root), await Status(open), await Status(done)]);
        Assert.Null((await Full(done))["keep_until"]);
        Assert.Equal(RefusalCode.InvalidTaskState, (await Client.Call("restore_task", new { task_id = root })).Error!.Value.Code);
    }

    [Fact]
    [ParityRow(6, "cancel with preserved work and notified dependents", "cancel_task")]
    public async Task Row_6_a_cancelled_task_keeps_its_work_and_those_who_wait_for_it_are_told()
    {
        var task = await Plan("task");
        var part = await Plan("part", parent: task);
        var waiting = await Plan("waiting", dependencies: task);
        var claim = (await Client.Call("execute_task", new { task_id = part }))["claim"];
        await Complete(part, claim, "continue");

        var cancelled = await Client.Call("cancel_task", new { task_id = task, reason = "no longer wanted" });
        Assert.Equal("pending", cancelled["previous_status"]);
        Assert.Equal([part], Strings(cancelled.Value["cancelled_subtasks"]!["task_ids"]));
        Assert.Equal([waiting], Strings(cancelled.Value["dependents_told"]!["task_ids"]));
        Assert.True(cancelled.Value["work_preserved"]!.GetValue<bool>());

        var told = (await Full(waiting))["notes"]![0]!;
        Assert.Contains($"{task} (task) was cancelled", (string?)told["text"], StringComparison.Ordinal);
        Assert.Contains("no longer wanted", (string?)told["text"], StringComparison.Ordinal);
        Assert.Equal("cancelled", await Status(part));
        Assert.Single((await Full(part))["artifacts"]!.AsArray());
        Assert.Equal(RefusalCode.ClaimLost, (await Complete(part, claim)).Error!.Value.Code);
        Assert.Equal(RefusalCode.InvalidTaskState, (await Client.Call("cancel_task", new { task_id = task })).Error!.Value.Code);
    }

    [Fact]
    public async Task A_task_that_is_cancelled_by_its_status_has_the_consequences_of_a_cancellation()
    {
        var task = await Plan("task");
        var part = await Plan("part", parent: task);
        var waiting = await Plan("waiting", dependencies: task);
        await Complete(task, next: "continue");
        var arguments = new { task_id = task, status = "cancelled", note = "no longer wanted" };

        var updated = await Client.Call("update_task", arguments);
        var again = await Client.Call("update_task", arguments, updated.Sequence);

        Assert.Equal(updated.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Equal([part], Strings(updated.Value["subtasks"]!["task_ids"]));
        Assert.Equal([waiting], Strings(updated.Value["dependents_told"]!["task_ids"]));
        Assert.Equal(["cancelled", "cancelled", "pending"], [await Status(task), await Status(part), await Status(waiting)]);
        var told = Assert.Single((await Full(waiting))["notes"]!.AsArray());
        Assert.Contains($"{task} (task) was cancelled", (string?)told!["text"], StringComparison.Ordinal);
        Assert.Contains("no longer wanted", (string?)told["text"], StringComparison.Ordinal);
        Assert.Single((await Full(task))["artifacts"]!.AsArray());
    }

    [Fact]
    public async Task A_task_that_is_archived_by_its_status_is_kept_like_any_other_and_refused_while_others_need_it()
    {
        var needed = await Plan("needed");
        await Plan("waiting", dependencies: needed);
        var done = await Plan("done");
        var part = await Plan("part", parent: done);
        await Complete(part);
        await Complete(done);

        var refused = (await Client.Call("update_task", new { task_id = needed, status = "archived" })).Error!.Value;
        var archived = await Client.Call("update_task", new { task_id = done, status = "archived" });

        Assert.Equal(RefusalCode.DependencyConflict, refused.Code);
        Assert.Contains("orchestrator_delete_task with force", refused.NextStep, StringComparison.Ordinal);
        Assert.Equal([part], Strings(archived.Value["subtasks"]!["task_ids"]));
        Assert.Equal(["archived", "archived"], [await Status(done), await Status(part)]);
        Assert.Equal("2026-05-30T12:00:00Z", (string?)(await Full(done))["keep_until"]);
        Assert.Equal(1, (await Client.Call("restore_task", new { task_id = done })).Value["subtasks"]!["count"]!.GetValue<int>());
    }

    [Fact]
    public async Task Work_that_is_not_to_be_preserved_is_no_longer_listed_and_a_repetition_says_the_same()
    {
        var task = await Plan();
        var claim = (await Client.Call("execute_task", new { task_id = task }))["claim"];
        await Complete(task, claim, "continue");
        var arguments = new { task_id = task, preserve_work = false };

        var cancelled = await Client.Call("cancel_task", arguments);
        var again = await Client.Call("cancel_task", arguments, cancelled.Sequence);

        Assert.Equal(1, cancelled.Value["discarded_artifacts"]!.GetValue<int>());
        Assert.Equal("in_progress", cancelled["previous_status"]);
        Assert.Equal(cancelled.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Null((await Full(task))["artifacts"]);
    }

    [Fact]
    [ParityRow(45, "task attributes with types", "update_task", "query_tasks")]
    public async Task Row_45_attributes_have_types_and_find_their_tasks()
    {
        var task = await Plan();
        var other = await Plan("other");
        var attributes = new Dictionary<string, object?>
        {
            ["sprint"] = 7,
            ["team"] = "blue",
            ["urgent"] = true,
            ["links"] = new[] { "a", "b" },
            ["due"] = new { type = "date", value = "2026-04-01" },
            ["after"] = new { type = "reference", value = other },
        };
        await Client.Call("update_task", new { task_id = task, set = new { attributes } });

        var shown = (await Full(task))["attributes"]!.AsArray().ToDictionary(a => (string)a!["name"]!, a => $"{a!["type"]} {a["value"]}");
        Assert.Equal("number 7", shown["sprint"]);
        Assert.Equal("text blue", shown["team"]);
        Assert.Equal("boolean true", shown["urgent"]);
        Assert.Equal("json [\"a\",\"b\"]", shown["links"]);
        Assert.Equal("date 2026-04-01T00:00:00Z", shown["due"]);
        Assert.Equal($"reference {other}", shown["after"]);

        var found = await Client.Call("query_tasks", new { attributes = new { sprint = 7, team = "blue" } });
        Assert.Equal(task, (string?)found.Value["tasks"]![0]!["task_id"]);
        Assert.Equal(0, (await Client.Call("query_tasks", new { attributes = new { sprint = 8 } })).Value["total"]!.GetValue<int>());

        await Client.Call("update_task", new { task_id = task, set = new { attributes = new Dictionary<string, object?> { ["sprint"] = null } } });
        Assert.Equal(5, (await Full(task))["attributes"]!.AsArray().Count);
    }

    [Theory]
    [InlineData("""{"due":{"type":"date","value":"soon"}}""", "due.value")]
    [InlineData("""{"n":{"type":"number","value":"7"}}""", "n.value")]
    [InlineData("""{"b":{"type":"boolean","value":"yes"}}""", "b.value")]
    [InlineData("""{"r":{"type":"reference","value":"task_0000000000000"}}""", "task_0000000000000")]
    [InlineData("""{"c":{"type":"colour","value":"red"}}""", "colour")]
    [InlineData("""{"no spaces":1}""", "no spaces")]
    public async Task An_attribute_that_is_not_of_its_type_is_refused(string attributes, string named)
    {
        var task = await Plan();

        var error = (await Client.Call("update_task", new { task_id = task, set = new { attributes = JsonNode.Parse(attributes) } })).Error!.Value;

        Assert.Contains(named, error.Message, StringComparison.Ordinal);
        Assert.Null((await Full(task))["attributes"]);
    }

    [Theory]
    [InlineData("completion", false, false, true)]
    [InlineData("prerequisite", false, false, true)]
    [InlineData("data", false, true, true)]
    [InlineData("approval", true, true, true)]
    [InlineData("blocks", false, false, true)]
    [InlineData("related", true, true, true)]
    [ParityRow(46, "typed dependencies, waivers, cycle check", "plan_task", "update_task")]
    public async Task Row_46_each_kind_of_dependency_holds_up_what_it_says(string kind, bool first, bool withWork, bool completed)
    {
        var other = await Plan("other");
        var task = await Plan("task", dependencies: new { task_id = other, type = kind });
        async Task<bool> Ready() => (bool?)(await Full(task))["ready"] == true;

        Assert.Equal(first, await Ready());
        var claim = (await Client.Call("execute_task", new { task_id = other }))["claim"];
        await Complete(other, claim, "continue");
        Assert.Equal(withWork, await Ready());
        if (kind == "approval")
        {
            var mine = (await Client.Call("execute_task", new { task_id = task }))["claim"];
            Assert.Equal(RefusalCode.DependencyConflict, (await Complete(task, mine)).Error!.Value.Code);
            await Client.Call("update_task", new { task_id = task, status = "pending", claim = mine });
        }

        await Complete(other, claim);
        Assert.Equal(completed, await Ready());
        Assert.Null((await Complete(task)).Error);
    }

    [Fact]
    public async Task A_dependency_is_waived_with_who_and_why_and_circles_are_refused_whatever_their_kind()
    {
        var other = await Plan("other");
        var task = await Plan("task", dependencies: other);
        Assert.Equal(RefusalCode.DependencyConflict, (await Client.Call("execute_task", new { task_id = task })).Error!.Value.Code);
        foreach (var kind in new[] { "completion", "prerequisite", "data", "approval", "blocks" })
        {
            var circle = await Client.Call("update_task", new { task_id = other, set = new { dependencies = new[] { new { task_id = task, type = kind } } } });
            Assert.Contains("cycle", circle.Error!.Value.Message, StringComparison.Ordinal);
        }

        Assert.Equal(RefusalCode.DependencyConflict, (await Waive(other, task)).Error!.Value.Code);
        Assert.Null((await Waive(task, other)).Error);

        var waived = (await Full(task))["dependencies"]![0]!;
        Assert.Equal("not needed for the demo", (string?)waived["waived_because"]);
        Assert.NotEmpty((string)waived["waived_by"]!);
        Assert.Null((await Client.Call("execute_task", new { task_id = task })).Error);
    }

    [Fact]
    public async Task A_quality_gate_holds_until_what_it_asks_for_exists()
    {
        var task = await Plan();
        object[] gates =
        [
            new { before = "in_progress", requires = "attribute", name = "owner" }, new { requires = "artifact", name = "test" },
            new { requires = "decision" }, new { requires = "files" }, new { requires = "note" },
        ];
        await Client.Call("update_task", new { task_id = task, set = new { quality_gates = gates } });
        Assert.Equal(5, (await Full(task))["quality_gates"]!.AsArray().Count);

        Assert.Contains("'owner'", (await Client.Call("execute_task", new { task_id = task })).Error!.Value.Message, StringComparison.Ordinal);
        await Client.Call("update_task", new { task_id = task, set = new { attributes = new { owner = "me" } } });
        var claim = (await Client.Call("execute_task", new { task_id = task }))["claim"];

        var error = (await Complete(task, claim)).Error!.Value;
        Assert.Equal(RefusalCode.QualityGateUnmet, error.Code);
        Assert.Contains("an artifact of type test, a recorded decision, recorded files, a note", error.Message, StringComparison.Ordinal);

        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "a.txt"), "a");
        await Client.Call("record_decision", new { task_id = task, title = "d", decision = "o" });
        await Client.Call("track_files", new { task_id = task, paths = new[] { "a.txt" } });
        await Client.Call("update_task", new { task_id = task, note = "checked", claim });
        Assert.Equal("completed", (await Complete(task, claim, kind: "test"))["status"]);
    }

    [Fact]
    [ParityRow(47, "event history", "task_history")]
    public async Task Row_47_the_history_tells_every_event_in_pages()
    {
        var task = await Plan();
        await Client.Call("update_task", new { task_id = task, description = new string('x', 5_000) });
        for (var i = 0; i < 6; i++)
        {
            await Client.Call("update_task", new { task_id = task, note = $"note {i}" });
        }

        var events = new List<JsonNode>();
        string? cursor = null;
        do
        {
            var page = (await Client.Call("task_history", cursor is null
                ? new { task_id = task, limit = 3 }
                : new { task_id = task, limit = 3, cursor })).Value;
            events.AddRange(page["events"]!.AsArray().Select(e => e!));
            cursor = (string?)page["cursor"];
        }
        while (cursor is not null);

        Assert.Equal(Enumerable.Range(1, 8), events.Select(e => (int)e["version"]!));
        Assert.Equal("task-planned", (string?)events[0]["event"]);
        Assert.Equal("note 5", (string?)events[^1]["data"]!["text"]);
        Assert.True(events[1]["data"]!.ToJsonString().Length < 700);
        Assert.All(events, e => Assert.NotEmpty((string)e["by"]!));
    }

    [Fact]
    [ParityRow(48, "decisions log", "record_decision", "list_decisions")]
    public async Task Row_48_decisions_are_logged_found_and_superseded()
    {
        var task = await Plan();
        var first = await Client.Call("record_decision", new
        {
            task_id = task,
            title = "Storage",
            decision = "SQLite",
            rationale = "one file",
            alternatives = new[] { "PostgreSQL" },
            category = "Architecture",
        });
        await Client.Call("record_decision", new { task_id = task, title = "Colour", decision = "blue" });
        var second = await Client.Call(
            "record_decision", new { task_id = task, title = "Storage", decision = "PostgreSQL", supersedes = first["decision_id"] });

        var now = (await Client.Call("list_decisions", new { task_id = task })).Value["decisions"]!.AsArray();
        Assert.Equal(["PostgreSQL", "blue"], now.Select(d => (string?)d!["decision"]));
        var all = (await Client.Call("list_decisions", new { search_text = "one FILE", include_superseded = true })).Value["decisions"]!.AsArray();
        Assert.Equal(second["decision_id"], (string?)Assert.Single(all)!["superseded_by"]);
        Assert.Equal(1, (await Client.Call("list_decisions", new { category = "architecture", include_superseded = true })).Value["total"]!.GetValue<int>());
        var page = (await Client.Call("list_decisions", new { limit = 1 })).Value;
        var next = (await Client.Call("list_decisions", new { limit = 1, cursor = (string)page["cursor"]! })).Value;
        Assert.Equal("blue", (string?)next["decisions"]![0]!["decision"]);
        Assert.Contains("dec_none", (await Client.Call(
            "record_decision", new { task_id = task, title = "t", decision = "d", supersedes = "dec_none" })).Error!.Value.Message, StringComparison.Ordinal);
    }

    [Fact]
    [ParityRow(49, "file operations with verification", "track_files", "verify_files")]
    public async Task Row_49_files_are_hashed_before_and_after_and_verified()
    {
        var task = await Plan();
        string[] paths = ["a.txt", "src/b.txt", "c.txt"];
        Directory.CreateDirectory(Path.Combine(Served.Workspace, "src"));
        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "a.txt"), "before");
        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "c.txt"), "c");
        var before = await Client.Call("track_files", new { task_id = task, paths });
        Assert.Equal(0, before.Value["changed"]!.GetValue<int>());

        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "a.txt"), "after");
        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "src/b.txt"), "new");
        File.Delete(Path.Combine(Served.Workspace, "c.txt"));
        var after = await Client.Call("track_files", new { task_id = task, paths });
        Assert.Equal(["modified", "created", "deleted"], after.Value["files"]!.AsArray().Select(f => (string?)f!["change"]));
        Assert.Equal((string?)before.Value["files"]![0]!["after"], (string?)after.Value["files"]![0]!["before"]);

        Assert.True((await Client.Call("verify_files", new { task_id = task })).Value["verified"]!.GetValue<bool>());
        await File.WriteAllTextAsync(Path.Combine(Served.Workspace, "a.txt"), "tampered");
        File.Delete(Path.Combine(Served.Workspace, "src/b.txt"));
        var verified = (await Client.Call("verify_files", new { task_id = task })).Value;
        Assert.False(verified["verified"]!.GetValue<bool>());
        Assert.Equal(["changed", "as_recorded", "missing"], verified["files"]!.AsArray().Select(f => (string?)f!["verdict"]));

        Assert.Contains("leads out", (await Client.Call(
            "track_files", new { task_id = task, paths = new[] { "../x" } })).Error!.Value.Message, StringComparison.Ordinal);
    }

    private Task<ToolResult> Waive(string task, string on) => Client.Call(
        "update_task", new { task_id = task, set = new { waive = new[] { new { task_id = on, reason = "not needed for the demo" } } } });
}
