using System.Text.Json;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>What the store holds, as a client can see it.</summary>
internal static class Store
{
    /// <summary>Every task, page by page.</summary>
    public static async Task<IReadOnlyList<JsonElement>> AllTasks(this RawClient client, string detail = "brief", string? search = null)
    {
        var all = new List<JsonElement>();
        string? cursor = null;
        do
        {
            var page = (await client.Call("query_tasks", new { limit = 200, detail, cursor, search_text = search })).Done;
            all.AddRange(page.List("tasks"));
            cursor = page.TryGetProperty("cursor", out var next) ? next.GetString() : null;
        }
        while (cursor is not null);
        return all;
    }

    /// <summary>One task with all that is known of it.</summary>
    public static async Task<JsonElement> Task(this RawClient client, string id) =>
        (await client.Call("query_tasks", new { task_ids = new[] { id }, detail = "full" })).Done.List("tasks").Single();

    /// <summary>Plans a task and returns its id.</summary>
    public static async Task<string> Plan(this RawClient client, string title) =>
        (await client.Call("plan_task", new { title, description = title })).Done.Text("task_id");
}
