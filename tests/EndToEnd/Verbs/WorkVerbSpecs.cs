using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>Looking at the work, taking part in it, and carrying it from one store to another.</summary>
public class WorkVerbSpecs
{
    [SkippableFact]
    public async Task A_person_sees_what_an_assistant_planned_and_takes_a_part()
    {
        await using var workspace = new Workspace();
        var client = await workspace.Connect();
        var planned = (await client.Call("plan_task", new
        {
            title = "Release",
            description = "All of it",
            tasks = new[]
            {
                new { @ref = "a", title = "Build", depends_on = Array.Empty<string>() },
                    new { @ref = "b", title = "Ship", depends_on = new[] { "a" } },
            },
        })).Done;
        var (build, ship) = (planned.List("tasks")[0].Text("task_id"), planned.List("tasks")[1].Text("task_id"));

        var tree = await workspace.Run("tasks", "tree");
        var why = (await workspace.Run("tasks", "show", ship, "--json")).Json("task/1");
        var claim = (await workspace.Run("tasks", "claim", build, "--json")).Json("claim/1").GetProperty("result");
        var second = await workspace.Run("tasks", "claim", build, "--json");
        var release = await workspace.Run("tasks", "release", build, "--claim", claim.Text("claim"), "--note", "not today");
        var log = (await workspace.Run("tasks", "log", build, "--json")).Json("task-log/1").List("events");
        var found = (await workspace.Run("tasks", "search", "shi", "--json")).Json("tasks/1");

        Assert.Contains($"└─ Ship  [pending]  {ship}", tree.Out, StringComparison.Ordinal);
        Assert.Contains(build, why.Text("why_not_ready"), StringComparison.Ordinal);
        Assert.Equal((1, "ALREADY_CLAIMED"), (second.ExitCode, second.Json("error/1").Text("code")));
        Assert.Equal(0, release.ExitCode);
        Assert.Contains(log, e => e.Text("event") == "task-claim-released/1");
        Assert.Contains(log, e => e.Text("what") == "note: not today");
        Assert.Null((await client.Call("cancel_task", new { task_id = build, reason = "not at all" })).Refusal);
        var end = await workspace.Run("tasks", "log", build);
        Assert.Equal(0, end.ExitCode);
        Assert.Contains("pending -> cancelled: not at all", end.Out, StringComparison.Ordinal);
        Assert.Contains("1 other tasks have heard", end.Out, StringComparison.Ordinal);
        Assert.Equal(ship, found.List("tasks").Single().Text("task_id"));
        Assert.Equal(4, (await workspace.Run("tasks", "show", "task_0000000000000")).ExitCode);
    }

    [SkippableFact]
    public async Task A_round_trip_through_an_export_loses_nothing()
    {
        await using var first = new Workspace();
        await using var second = new Workspace();
        await Fill(await first.Connect());
        var file = Path.Join(first.Root, "all.jsonl");

        Assert.Equal(0, (await first.Run("export", file, "--artifacts")).ExitCode);
        var trial = (await second.Run("import", file, "--dry-run", "--json")).Json("import/1");
        Assert.False(Directory.Exists(second.Data));
        var import = await second.Run("import", file, "--json");
        var again = (await second.Run("import", file, "--json")).Json("import/1");
        var back = Path.Join(second.Root, "all.jsonl");
        Assert.Equal(0, (await second.Run("export", back, "--artifacts")).ExitCode);

        Assert.True(import.ExitCode == 0, import.Out);
        Assert.Equal((6, 6, 0), (trial.Number("added"), import.Json("import/1").Number("added"), again.Number("added")));
        var ids = import.Json("import/1").GetProperty("ids").EnumerateObject().ToDictionary(i => i.Name, i => i.Value.GetString()!);
        Assert.Equal(Comparable(file, ids), Comparable(back, []));
        var (before, _) = (File.ReadAllBytes(back), await second.Run("export", back, "--artifacts"));
        Assert.Equal(before, File.ReadAllBytes(back));   // an import that found everything there has written nothing
    }

    [SkippableFact]
    public async Task An_import_whose_backend_is_killed_is_whole_and_nothing_is_there_twice()
    {
        await using var workspace = new Workspace();
        var list = Path.Join(workspace.Root, "todo.md");
        File.WriteAllLines(list, Enumerable.Range(1, 150).Select(i => $"- [{(i % 2 == 0 ? 'x' : ' ')}] Item {i}"));

        var import = workspace.Run("import", list, "--json");
        var killed = await workspace.KillBackend();
        await Until.True(() => workspace.Backend() is { } next && next != killed, "another backend");
        await workspace.KillBackend();
        var report = (await import).Json("import/1");
        var again = (await workspace.Run("import", list, "--json")).Json("import/1");

        Assert.Equal(150, report.Number("added") + report.Number("already_there"));
        Assert.Equal((0, 150), (again.Number("added"), again.Number("already_there")));
        var tasks = (await workspace.Run("tasks", "list", "--limit", "1000", "--json")).Json("tasks/1");
        Assert.Equal(150, tasks.Number("total"));
        Assert.Equal(75, tasks.List("tasks").Count(t => t.Text("status") == "completed"));
    }

    private static async Task Fill(RawClient client)
    {
        async Task<string> Plan(object arguments) => (await client.Call("plan_task", arguments)).Done.Text("task_id");
        var root = await Plan(new
        {
            title = "Root",
            description = "Line 1\nLine 2 \"quoted\" ünï 😀",
            task_type = "breakdown",
            complexity = "complex",
            priority = 0,
            context = new { a = new[] { 1, 2 } }
        });
        var done = await Plan(new { title = "Done", description = "d", specialist_type = "coder", parent_task_id = root });
        var open = await Plan(new { title = "Open", description = "d", parent_task_id = root, dependencies = new[] { done } });
        var stuck = await Plan(new { title = "Stuck", description = "d", due_date = "2027-01-01T00:00:00Z", effort = "2 h" });
        var lost = await Plan(new { title = "Failed", description = "d", dependencies = new object[] { new { task_id = stuck, type = "related" } } });
        var away = await Plan(new { title = "Away", description = "d" });
        await client.Call("complete_task", new
        {
            task_id = done,
            summary = "first",
            detailed_work = "v1\n\u001b[1m",
            next_action = "needs_revision",
            artifact_type = "code",
            file_paths = new[] { "src/a.cs" }
        });
        await client.Call("complete_task", new { task_id = done, summary = "second", detailed_work = "v2", next_action = "complete" });
        await client.Call("update_task", new { task_id = open, note = "a note\nof two lines", progress = 40 });
        await client.Call("update_task", new { task_id = stuck, status = "blocked", note = "waiting for the vendor" });
        await client.Call("update_task", new { task_id = lost, status = "failed", note = "it broke" });
        await client.Call("update_task", new { task_id = away, status = "archived" });
    }

    // All that a task says, with the ids of the other store, and without what time and place it happened to be written at.
    private static List<string> Comparable(string file, Dictionary<string, string> ids) => [.. File.ReadLines(file).Select(line =>
    {
        using var json = JsonDocument.Parse(ids.Aggregate(line, (text, id) => text.Replace(id.Key, id.Value, StringComparison.Ordinal)));
        var task = json.RootElement.GetProperty("task");
        var members = task.EnumerateObject().Where(m =>
            m.Name is not ("version" or "created_at" or "created_by" or "updated_at" or "keep_until" or "context" or "notes" or "artifacts" or "dependencies"))
            .Select(m => $"{m.Name}={m.Value.GetRawText()}").Order();
        var context = task.TryGetProperty("context", out var given)
            ? string.Join(',', given.EnumerateObject().Where(m => m.Name != "imported").Select(m => m.ToString())) : "";
        var notes = task.List("notes").Select(n => n.Text("text"));
        var artifacts = task.List("artifacts")
            .Select(a => $"{a.Text("type")} {a.Text("summary")} {a.Number("size")} {string.Join(',', a.List("files"))} "
            + json.RootElement.GetProperty("contents").Text(a.Text("artifact_id")));
        var needs = task.List("dependencies").Select(d => $"{d.Text("task_id")} {d.Text("type")} {d.Text("status")}").Order();
        return string.Join('|', members.Concat([context]).Concat(notes).Concat(artifacts).Concat(needs));
    }).Order()];
}
