using System.Text;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>Much at once, and much in one piece.</summary>
public class LoadSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Of_a_thousand_racing_claims_of_eight_clients_one_wins(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(8);
        var task = await clients[0].Plan("wanted by all");
        var calls = await Task.WhenAll(clients.Select(c => c.CallAtOnce(Enumerable.Repeat(("execute_task", (object)new { task_id = task }), 125))));
        var replies = await Task.WhenAll(calls.SelectMany(c => c));
        var winner = Assert.Single(replies, r => r.Refusal is null);
        Assert.Equal(999, replies.Count(r => r.Refusal == "ALREADY_CLAIMED"));
        Assert.True(replies.Where(r => r != winner).All(r => r.Facts.Text("next_step").Length > 0));
        var held = await clients[0].Task(task);
        Assert.Equal(("in_progress", 2 + 1), (held.Text("status"), held.Number("version")));
        Assert.Null((await clients[1].Call("update_task", new { task_id = task, claim = winner.Done.Text("claim"), progress = 1 })).Refusal);
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_work_product_of_50_megabytes_goes_in_and_its_lines_come_out(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        var task = await client.Plan("large");
        var claim = (await client.Call("execute_task", new { task_id = task })).Done.Text("claim");
        var work = new StringBuilder(51_000_000);
        const int lines = 1_000_000;
        for (var i = 1; i <= lines; i++)
        {
            work.Append("Line ").Append(i.ToString("D7", null)).Append(" of a log that nobody will read.....\n");
        }

        Assert.InRange(work.Length, 45_000_000, 55_000_000);
        var done = (await client.Call(
            "complete_task", new { task_id = task, claim, summary = "s", detailed_work = work.ToString(), next_action = "complete" })).Done;
        Assert.Equal(work.Length, done.Number("size"));
        await workspace.KillBackend();
        var range = (await client.Call("get_artifact", new { artifact_id = done.Text("artifact_id"), start_line = 700_000, max_lines = 3 })).Done;
        Assert.Equal(["0700000", "0700001", "0700002"], range.Text("text").TrimEnd('\n').Split('\n').Select(l => l.Substring(5, 7)));
        Assert.Equal((lines, 700_003), (range.Number("total_lines"), range.Number("next_line")));
        Assert.Empty(client.Violations);
    }
}
