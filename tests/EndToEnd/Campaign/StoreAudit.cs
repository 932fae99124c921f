using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>Compares what clients were told with what the store holds, and the index with the tasks themselves.</summary>
internal sealed class StoreAudit(RawClient client)
{
    private const int AtOnce = 10;

    /// <param name="log">What clients were told.</param>
    /// <param name="others">Tasks that were there before and are so still; only that is asked of them.</param>
    public async Task Compare(AcknowledgedLog log, IReadOnlyCollection<string>? others = null)
    {
        var rows = (await client.AllTasks()).ToDictionary(t => t.Text("task_id"));
        Assert.All(others ?? [], other => Assert.True(rows.Remove(other), other));
        var tasks = (await Full(rows.Keys)).ToDictionary(t => t.Text("task_id"));

        // Every request was answered before the end, so what is there was acknowledged, and the other way round.
        Assert.Equal(log.Of(Change.Planned).Select(p => (p.Task, p.Text)).Order(), rows.Select(r => (r.Key, r.Value.Text("title"))).Order());
        Assert.Equal(
            log.Of(Change.Noted).Select(n => (n.Task, n.Text)).Order(),
            tasks.SelectMany(t => t.Value.List("notes").Select(n => (t.Key, n.Text("text")))).Order());
        Assert.Equal(
            log.Of(Change.Completed).Select(c => (c.Task, c.Text)).Order(),
            tasks.SelectMany(t => t.Value.List("artifacts").Select(a => (t.Key, a.Text("summary")))).Order());
        Assert.All(log.Of(Change.Claimed).GroupBy(c => c.Task), c => Assert.Single(c));   // nothing gives a task back here
        var completed = log.Of(Change.Completed).Select(c => c.Task).ToHashSet();
        Assert.Equal(completed.Order(), rows.Values.Where(r => r.Text("status") == "completed").Select(r => r.Text("task_id")).Order());

        foreach (var (id, row) in rows)
        {
            AssertSame(row, tasks[id]);
        }

        foreach (var told in log.All.GroupBy(a => a.Task))
        {
            Assert.Equal(told.Max(a => a.Version), rows[told.Key].Number("version"));
            Assert.Equal(told.Count(), told.Select(a => a.Version).Distinct().Count());
        }
    }

    private async Task<IReadOnlyList<JsonElement>> Full(IEnumerable<string> ids)
    {
        var all = new List<JsonElement>();
        foreach (var some in ids.Chunk(AtOnce))
        {
            all.AddRange((await client.Call("query_tasks", new { task_ids = some, detail = "full" })).Done.List("tasks"));
        }

        return all;
    }

    // A brief row comes from the index alone; the full view of the same task asks its actor.
    private static void AssertSame(JsonElement row, JsonElement task) =>
        Assert.All(row.EnumerateObject(), m => Assert.Equal($"{m.Name}={m.Value}", $"{m.Name}={task.GetProperty(m.Name)}"));
}
