using System.Text.Json.Nodes;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>The four actions of maintenance, with their scopes and levels.</summary>
public sealed class MaintenanceParitySpecs : ParitySpecs
{
    [Fact]
    [ParityRow(13, "scan_cleanup", "maintenance_coordinator")]
    public async Task Row_13_a_scan_only_tells_and_cleans_when_told_what_can_be_brought_back()
    {
        var reviewed = await PlanFor("reviewer");
        var coded = await PlanFor("coder");
        Served.Clock.Advance(TimeSpan.FromHours(25));
        Assert.NotEmpty((await Client.Call("execute_task", new { task_id = coded, lease_minutes = 1440 }))["claim"]);

        var scan = await Maintain(new { action = "scan_cleanup", scope = "full_project" });
        Assert.Equal([reviewed], Of(scan, "stale_task"));
        Assert.Equal(0, scan["items_cleaned"]!.GetValue<int>());
        Assert.Equal(scan["issues_by_kind"]!.AsObject().Sum(k => (long)k.Value!), scan["issues_found"]!.GetValue<long>());
        Assert.Equal("pending", await Status(reviewed));

        var cleaning = await Maintain(new { action = "scan_cleanup", scope = "full_project", validation_level = "comprehensive" });
        Assert.Equal([reviewed], Strings(new JsonArray([.. cleaning["cleaned"]!.AsArray().Select(c => c!["task_id"]!.DeepClone())])));
        Assert.Equal("archived", await Status(reviewed));
        Assert.Equal("2026-04-01T13:00:00Z", (string?)(await Full(reviewed))["keep_until"]);
        Assert.Equal("in_progress", await Status(coded));

        await Client.Call("restore_task", new { task_id = reviewed });
        Assert.Equal("pending", await Status(reviewed));
    }

    [Fact]
    [ParityRow(17, "stale detection by role, orphans, abandoned workflows", "maintenance_coordinator")]
    public async Task Row_17_what_is_stale_by_its_role_broken_or_abandoned_is_found_in_its_time()
    {
        var reviewed = await PlanFor("reviewer");
        var coded = await PlanFor("coder");
        var failed = await PlanFor("coder");
        var waiting = await Plan("waiting", dependencies: failed);
        await Client.Call("update_task", new { task_id = failed, status = "failed", note = "broke" });
        var root = await Plan("workflow");
        await Plan("part", parent: root);

        Served.Clock.Advance(TimeSpan.FromHours(7));
        var early = await Maintain(new { action = "scan_cleanup", scope = "full_project" });
        Assert.Equal([reviewed], Of(early, "stale_task"));   // a reviewer has six hours
        Assert.Equal("medium", (string?)early["issues"]!.AsArray().First(i => (string?)i!["kind"] == "stale_task")!["severity"]);
        Assert.Equal([waiting], Of(early, "broken_dependency"));
        Assert.Empty(Of(early, "abandoned_workflow"));
        Assert.Contains("looked for orphaned_task", Strings(early["operations_performed"]));

        Served.Clock.Advance(TimeSpan.FromHours(43));
        var later = await Maintain(new { action = "scan_cleanup", scope = "full_project" });
        Assert.Contains(coded, Of(later, "stale_task"));     // a coder forty-eight
        Assert.Equal("high", (string?)later["issues"]!.AsArray().First(i => (string?)i!["task_id"] == reviewed)!["severity"]);

        Served.Clock.Advance(TimeSpan.FromHours(135));
        Assert.Equal([root], Of(await Maintain(new { action = "scan_cleanup", scope = "full_project" }), "abandoned_workflow"));
    }

    [Fact]
    public async Task What_wants_a_quiet_moment_is_only_looked_at_unless_told_and_then_waits_for_a_restart()
    {
        await Plan("a");
        var look = await Maintain(new { action = "optimize_database" });
        Assert.Null(look["window"]);
        Assert.True(look["space"]!["bytes"]!.GetValue<long>() > 0);
        Assert.Equal(0, look["space"]!["superseded_snapshots"]!.GetValue<long>());

        var asked = await Maintain(new { action = "optimize_database", validation_level = "comprehensive", budget_seconds = 7 });
        Assert.Equal("pending", (string?)asked["window"]!["state"]);
        Assert.Equal(["compact", "retention"], asked["window"]!["work"]!.AsArray().Select(w => (string?)w));
        var more = await Maintain(new { action = "optimize_database", validation_level = "full_audit" });
        Assert.Equal(["compact", "retention", "vacuum"], more["window"]!["work"]!.AsArray().Select(w => (string?)w));
        Assert.Equal(10, more["window"]!["budget_seconds"]!.GetValue<int>());

        var refused = (await Client.Call("maintenance_coordinator", new { action = "optimize_database", budget_seconds = 31 })).Reply;
        Assert.Contains("from 1 to 30", refused.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task A_repeated_cleaning_cleans_nothing_more_and_says_the_same()
    {
        for (var i = 0; i < 60; i++)
        {
            await PlanFor("reviewer");
        }

        Served.Clock.Advance(TimeSpan.FromHours(30));
        var arguments = new { action = "scan_cleanup", scope = "full_project", validation_level = "comprehensive" };
        var first = await Client.Call("maintenance_coordinator", arguments);
        var again = await Client.Call("maintenance_coordinator", arguments, first.Sequence);

        Assert.Equal(50, first.Value["items_cleaned"]!.GetValue<int>());
        Assert.Equal(10, first.Value["issues_found"]!.GetValue<int>());
        Assert.Equal(first.Value.ToJsonString(), again.Value.ToJsonString());
    }

    [Fact]
    public async Task A_full_audit_deletes_archives_whose_time_is_over_and_no_others()
    {
        var old = await Plan("old");
        await Client.Call("cancel_task", new { task_id = old });
        await Client.Call("delete_task", new { task_id = old });
        Served.Clock.Advance(TimeSpan.FromDays(15));
        var young = await Plan("young");
        await Client.Call("cancel_task", new { task_id = young });
        await Client.Call("delete_task", new { task_id = young });
        Assert.Equal([old], Of(await Maintain(new { action = "scan_cleanup", scope = "full_project", validation_level = "comprehensive" }), "expired_archive"));

        var audit = await Maintain(new { action = "scan_cleanup", scope = "full_project", validation_level = "full_audit" });

        Assert.Equal("deleted", (string?)Assert.Single(audit["cleaned"]!.AsArray())!["action"]);
        Assert.Equal(RefusalCode.TaskNotFound, (await Client.Call("query_tasks", new { task_ids = new[] { old } })).Error!.Value.Code);
        Assert.Equal("archived", await Status(young));
    }

    [Fact]
    [ParityRow(14, "validate_structure", "maintenance_coordinator")]
    public async Task Row_14_a_damaged_work_product_and_a_wrong_count_are_found()
    {
        var task = await Plan();
        await Complete(task);
        var sound = await Maintain(new { action = "validate_structure", validation_level = "full_audit" });
        Assert.Equal(0, sound["issues_found"]!.GetValue<int>());
        Assert.True(sound["checks"]!.AsArray().Count >= 9);
        Assert.Equal(1, sound["checks"]!.AsArray().First(c => ((string)c!["check"]!).Contains("work product", StringComparison.Ordinal))!["checked"]!.GetValue<int>());

        var hash = (string)(await Client.Call("get_artifact", new { artifact_id = (string)(await Full(task))["artifacts"]![0]!["artifact_id"]! })).Value["file"]!;
        await File.WriteAllTextAsync(hash, "the wirk");
        Assert.Equal(0, (await Maintain(new { action = "validate_structure", validation_level = "comprehensive" }))["issues_found"]!.GetValue<int>());
        var damaged = await Maintain(new { action = "validate_structure", validation_level = "full_audit" });
        Assert.Equal(1, damaged["issues_found"]!.GetValue<int>());
        File.Delete(hash);
        Assert.Equal(1, (await Maintain(new { action = "validate_structure", validation_level = "comprehensive" }))["issues_found"]!.GetValue<int>());
    }

    [Fact]
    [ParityRow(15, "update_documentation", "maintenance_coordinator")]
    public async Task Row_15_the_status_document_holds_true_numbers_of_its_scope()
    {
        var done = await Plan("done");
        await Plan("open");
        var elsewhere = await Plan("elsewhere");
        await Plan("below", parent: elsewhere);
        await Complete(done);

        var whole = await Maintain(new { action = "update_documentation", scope = "full_project" });

        Assert.Equal(4, whole["tasks"]!.GetValue<int>());
        Assert.Equal(25, whole["completed_percent"]!.GetValue<double>());
        var written = await File.ReadAllTextAsync((string)whole["document"]!["path"]!);
        Assert.Contains("| pending | 3 |", written, StringComparison.Ordinal);
        Assert.Contains("| completed | 1 |", written, StringComparison.Ordinal);
        Assert.Equal(2, (await Maintain(new { action = "update_documentation", scope = "specific_subtask", target_task_id = elsewhere }))["tasks"]!.GetValue<int>());
    }

    [Fact]
    [ParityRow(16, "prepare_handover", "maintenance_coordinator")]
    public async Task Row_16_a_handover_tells_of_its_session_and_of_nothing_else()
    {
        var session = (await Client.Call("initialize_session", new { }))["session_id"];
        var done = await Plan("done", session: session);
        var open = await Plan("open", session: session);
        var elsewhere = await Plan("elsewhere");
        await Complete(done);
        await Client.Call("record_decision", new { task_id = done, title = "Storage", decision = "SQLite" });

        var mine = await Maintain(new { action = "prepare_handover" });

        Assert.Equal($"session {session}", (string?)mine["scope"]);
        Assert.Equal(2, mine["tasks"]!.GetValue<int>());
        Assert.Equal(50, mine["completed_percent"]!.GetValue<double>());
        Assert.Contains("- Storage: SQLite", (string?)mine["text"], StringComparison.Ordinal);
        Assert.Contains(open, (string)mine["text"]!, StringComparison.Ordinal);
        Assert.DoesNotContain(elsewhere, (string)mine["text"]!, StringComparison.Ordinal);
        Assert.Equal((string?)mine["text"], await File.ReadAllTextAsync((string)mine["document"]!["path"]!));
    }

    [Theory]
    [InlineData("{}", "action")]
    [InlineData("""{"action":"scan_cleanup","scope":"specific_subtask"}""", "target_task_id")]
    [InlineData("""{"action":"scan_cleanup","scope":"specific_subtask","target_task_id":"task_0000000000000"}""", "task_0000000000000")]
    [InlineData("""{"action":"scan_cleanup","session_id":"ses_0000000000000"}""", "ses_0000000000000")]
    [InlineData("""{"action":"vacuum"}""", "vacuum")]
    [InlineData("""{"action":"scan_cleanup","validation_level":"deep"}""", "deep")]
    public async Task What_cannot_be_maintained_is_refused(string arguments, string named) => Assert.Contains(
        named, (await Client.Call("maintenance_coordinator", JsonNode.Parse(arguments)!)).Error!.Value.Message, StringComparison.Ordinal);

    private async Task<JsonObject> Maintain(object arguments) => (await Client.Call("maintenance_coordinator", arguments)).Value;

    private async Task<string> PlanFor(string role) =>
        (await Client.Call("plan_task", new { title = role, description = "d", specialist_type = role }))["task_id"];

    private static List<string> Of(JsonObject scan, string kind) => [.. scan["issues"]!.AsArray().Where(i => (string?)i!["kind"] == kind)
        .Select(i => (string)i!["task_id"]!)];
}
