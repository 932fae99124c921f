using System.Text.Json;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>
/// <c>tasks.json</c> of task-master: one list, or one list for each tag. A subtask is known by its parent's id and its own: <c>3.1</c>.
/// </summary>
internal static class TaskMasterReader
{
    public static ImportSource Read(string path)
    {
        var tasks = new List<ImportedTask>();
        var problems = new List<string>();
        using var json = JsonDocument.Parse(SourceText.Read(path, problems),
            new JsonDocumentOptions { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true });
        var root = json.RootElement;
        if (root.ValueKind == JsonValueKind.Array || root.TryGetProperty("tasks", out _))
        {
            Add(root.ValueKind == JsonValueKind.Array ? [.. root.EnumerateArray()] : root.List("tasks", "the file", problems), "", null, tasks, problems);
        }
        else
        {
            foreach (var tag in root.EnumerateObject().Where(t => t.Value.ValueKind == JsonValueKind.Object))
            {
                Add(tag.Value.List("tasks", tag.Name, problems), tag.Name == "master" ? "" : $"{tag.Name}:", tag.Name, tasks, problems);
            }
        }

        return new ImportSource("taskmaster", Path.GetFullPath(path), tasks, problems);
    }

    private static void Add(IReadOnlyList<JsonElement> items, string prefix, string? tag, List<ImportedTask> tasks, List<string> problems)
    {
        foreach (var item in items)
        {
            if (item.Text("id") is not { } id)
            {
                problems.Add($"a task without an id: {item.Text("title") ?? item.ValueKind.ToString()}");
                continue;
            }

            tasks.Add(Task(item, prefix + id, null, prefix, tag, problems));
            AddSubtasks(item, id, prefix, tag, tasks, problems);
        }
    }

    private static void AddSubtasks(JsonElement parent, string parentId, string prefix, string? tag, List<ImportedTask> tasks, List<string> problems)
    {
        foreach (var item in parent.List("subtasks", prefix + parentId, problems))
        {
            if (item.Text("id") is not { } own)
            {
                problems.Add($"a subtask of {parentId} without an id");
                continue;
            }

            var id = own.StartsWith($"{parentId}.", StringComparison.Ordinal) ? own : $"{parentId}.{own}";
            tasks.Add(Task(item, prefix + id, parentId, prefix, tag, problems));
            AddSubtasks(item, id, prefix, tag, tasks, problems);
        }
    }

    private static ImportedTask Task(JsonElement item, string id, string? parent, string prefix, string? tag, List<string> problems)
    {
        var origin = item.Except(
            ["id", "title", "description", "details", "testStrategy", "status", "priority"], "dependencies", "subtasks");
        origin["status"] ??= item.Text("status");
        if (tag is not null)
        {
            origin["tag"] = tag;
        }

        return new ImportedTask(id, item.Text("title") ?? id)
        {
            Description = JsonFields.Sections(item.Text("description"), ("Details", item.Text("details")),
                ("Test strategy", item.Text("testStrategy"))),
            Parent = parent is null ? null : prefix + parent,
            // Among subtasks a bare number is a sibling.
            Dependencies =
            [
                .. item.List("dependencies", id, problems).Select(d => d.ValueKind == JsonValueKind.String ? d.GetString()! : d.GetRawText())
                    .Select(d => (prefix + (parent is not null && !d.Contains('.', StringComparison.Ordinal) ? $"{parent}.{d}" : d),
                        DependencyKind.Completion)),
            ],
            Phase = item.Text("status")?.ToLowerInvariant() switch
            {
                "done" or "completed" => TaskPhase.Completed,
                "in-progress" or "in_progress" or "review" => TaskPhase.InProgress,
                "blocked" or "deferred" => TaskPhase.Blocked,
                "cancelled" or "canceled" => TaskPhase.Cancelled,
                _ => TaskPhase.Pending,
            },
            Reason = item.Text("status") is "deferred" ? "deferred" : null,
            Priority = Priorities.Of(item.Text("priority")),
            Origin = origin,
        };
    }
}

/// <summary>Priorities in words.</summary>
internal static class Priorities
{
    public static int Of(string? word) => word?.ToLowerInvariant() switch
    {
        "critical" or "urgent" or "highest" => 0,
        "high" => 1,
        "low" => 3,
        "lowest" or "none" => 4,
        _ => 2,
    };
}
