using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>A whole session as an assistant would have it, in every revision of the protocol, with a backend that dies in the middle.</summary>
public class SessionSpecs
{
    private static readonly string[] Revisions = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25", "2026-07-28"];

    // Every revision in both forms, and both eras by both clients; all of it twice would take a minute more.
    public static TheoryData<Form, string> ByTheOfficialClient => Cases(Form.Relayed, Form.Published);

    public static TheoryData<Form, string> ByHand => Cases(Form.Published, Form.Relayed);

    [SkippableTheory, MemberData(nameof(ByTheOfficialClient))]
    public async Task A_whole_session_by_the_official_client(Form form, string protocol)
    {
        await using var workspace = new Workspace(form);
        await using var client = await SdkClient.Connect(workspace, protocol);
        await using var rival = await SdkClient.Connect(workspace, protocol);
        Assert.Equal(protocol, client.Protocol);
        Assert.Equal(9, (await client.Tools()).Count);

        var session = (await client.Do("initialize_session", [])).Text("session_id");
        var plan = await client.Do("plan_task", new()
        {
            ["title"] = "Write the manual",
            ["description"] = "All of it",
            ["session_id"] = session,
            ["tasks"] = new object[]
            {
                new { @ref = "outline", title = "Outline" }, new { @ref = "text", title = "Text", depends_on = new[] { "outline" } },
            },
        });
        var (root, outline, text) = (plan.Text("task_id"), plan.List("tasks")[0].Text("task_id"), plan.List("tasks")[1].Text("task_id"));

        var race = await Task.WhenAll(
            new[] { client, rival }.Select(c => c.Call("execute_task", new() { ["task_id"] = outline })));
        Assert.Single(race, r => r.IsError is not true);
        Assert.Equal("ALREADY_CLAIMED", race.Single(r => r.IsError is true).StructuredContent!.Value.Text("code"));
        var claim = race.Single(r => r.IsError is not true).StructuredContent!.Value.Text("claim");

        var killed = await workspace.KillBackend();
        await client.Do("update_task", new() { ["task_id"] = outline, ["claim"] = claim, ["note"] = "half of it", ["progress"] = 50 });
        Assert.NotEqual(killed, workspace.Backend());
        var completed = await client.Do("complete_task", Work(outline, claim, "one\ntwo\nthree"));
        Assert.Equal(text, completed.List("newly_ready").Single().Text("task_id"));
        var line = await rival.Do("get_artifact", new() { ["artifact_id"] = completed.Text("artifact_id"), ["start_line"] = 2, ["max_lines"] = 1 });
        Assert.Equal("two", line.Text("text").TrimEnd('\n'));

        foreach (var task in new[] { text, root })
        {
            var order = await rival.Do("execute_task", []);
            Assert.Equal(task, order.Text("task_id"));
            await rival.Do("complete_task", Work(task, order.Text("claim"), "done"));
        }

        var status = await client.Do("get_status", []);
        Assert.Equal((3, 3), (status.Number("total"), status.GetProperty("by_status").Number("completed")));
        var synthesis = await client.Do("synthesize_results", new() { ["parent_task_id"] = root });
        Assert.Equal((2, 2), (synthesis.GetProperty("metrics").Number("total"), synthesis.GetProperty("metrics").Number("completed")));
        Assert.Equal(["Outline", "Text"], synthesis.List("outcomes").Select(o => o.Text("title")));
    }

    [SkippableTheory, MemberData(nameof(ByHand))]
    public async Task A_session_by_hand_gets_one_answer_for_each_line(Form form, string protocol)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect(protocol);
        var tools = (await client.Request("tools/list", new { })).Result.List("tools");
        Assert.Equal(9, tools.Count);
        var id = await client.Plan("one");
        var killed = await workspace.KillBackend();
        var calls = await client.CallAtOnce(
        [
            ("plan_task", new { title = "two", description = "d" }), ("query_tasks", new { task_ids = new[] { id } }), ("get_status", new { }),
        ]);
        Assert.All(await Task.WhenAll(calls), r => Assert.Null(r.Refusal));
        Assert.NotEqual(killed, workspace.Backend());
        Assert.Equal(["one", "two"], (await client.AllTasks()).Select(t => t.Text("title")).Order());
        Assert.Equal(
            JsonSerializer.Serialize(tools), JsonSerializer.Serialize((await client.Request("tools/list", new { })).Result.List("tools")));
        Assert.Equal(0, (await client.Leave()).ExitCode);
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Without_a_wish_the_official_client_agrees_on_the_newest_revision(Form form)
    {
        await using var workspace = new Workspace(form);
        await using var client = await SdkClient.Connect(workspace, null);
        Assert.Equal(RawClient.Modern, client.Protocol);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_session_resumed_by_another_client_hears_what_changed(Form form)
    {
        await using var workspace = new Workspace(form);
        var (first, second) = (await workspace.Connect(), await workspace.Connect());
        await first.Plan("before");
        var session = (await first.Call("initialize_session", new { })).Done.Text("session_id");
        var planned = new[] { await first.Plan("after 1"), await first.Plan("after 2") };
        await workspace.KillBackend();

        var resumed = (await second.Call("initialize_session", new { session_id = session })).Done.GetProperty("changed_since");
        Assert.Equal(planned.Order(), resumed.List("tasks").Select(t => t.Text("task_id")).Order());

        var nothing = (await second.Call("initialize_session", new { session_id = session })).Done.GetProperty("changed_since");
        Assert.Equal(0, nothing.Number("total"));
        Assert.Equal("SESSION_NOT_FOUND", (await second.Call("initialize_session", new { session_id = "ses_0000000000000" })).Refusal);
    }

    private static TheoryData<Form, string> Cases(Form all, Form newest)
    {
        var cases = new TheoryData<Form, string>();
        foreach (var revision in Revisions)
        {
            cases.Add(all, revision);
        }

        foreach (var revision in Revisions.TakeLast(2))
        {
            cases.Add(newest, revision);
        }

        return cases;
    }

    private static Dictionary<string, object?> Work(string task, string claim, string work) => new()
    {
        ["task_id"] = task,
        ["claim"] = claim,
        ["summary"] = "ready",
        ["detailed_work"] = work,
        ["next_action"] = "complete",
    };
}
