using System.Text.Json.Nodes;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>One test per promise, named after it, through a real client session.</summary>
public abstract class ParitySpecs : IAsyncLifetime
{
    private protected ServedStore Served { get; private set; } = null!;

    private protected FrameClient Client { get; private set; } = null!;

    public async Task InitializeAsync()
    {
        Served = new ServedStore();
        Client = await Served.Connect();
    }

    public async Task DisposeAsync()
    {
        await Client.DisposeAsync();
        await Served.DisposeAsync();
    }

    /// <summary>Plans a task; returns its id.</summary>
    private protected async Task<string> Plan(string title = "t", string? parent = null, string? session = null, params object[] dependencies)
    {
        var arguments = new Dictionary<string, object> { ["title"] = title, ["description"] = $"{title}, in full" };
        if (parent is not null)
        {
            arguments["parent_task_id"] = parent;
        }

        if (session is not null)
        {
            arguments["session_id"] = session;
        }

        if (dependencies.Length > 0)
        {
            arguments["dependencies"] = dependencies;
        }

        return (await Client.Call("plan_task", arguments))["task_id"];
    }

    private protected Task<ToolResult> Complete(string task, string? claim = null, string next = "complete", string kind = "general") => Client.Call(
        "complete_task", claim is null
            ? new { task_id = task, summary = $"summary of {task}", detailed_work = "the work", next_action = next, artifact_type = kind }
            : new { task_id = task, summary = $"summary of {task}", detailed_work = "the work", next_action = next, artifact_type = kind, claim });

    /// <summary>The task with everything that is known of it.</summary>
    private protected async Task<JsonObject> Full(string task) =>
        (await Client.Call("query_tasks", new { task_ids = new[] { task }, detail = "full" })).Value["tasks"]![0]!.AsObject();

    private protected async Task<string> Status(string task) => (string)(await Full(task))["status"]!;

    private protected static List<string> Strings(JsonNode? list) => list is null ? [] : [.. list.AsArray().Select(n => (string)n!)];
}
