using System.Text.Json.Nodes;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>
/// The plan as prompts of the first version write it: a description without a title, and the subtasks as JSON in a string. Its subtasks name each
/// other by title or id.
/// </summary>
internal static class FormerPlan
{
    public static PlanTaskTool.Input Bind(ToolArguments arguments)
    {
        var description = arguments.RequiredText("description", TaskLimits.Description, TextRule.Prose);
        var definition = new TaskDefinition(
            arguments.Text("title", TaskLimits.Title, TextRule.OneLine) ?? FirstLine(description),
            description,
            arguments.Word("task_type", Vocabulary.Kinds) ?? TaskKind.Breakdown,
            arguments.Word("complexity_level", Vocabulary.Complexities) ?? arguments.Word("complexity", Vocabulary.Complexities)
                ?? TaskComplexity.Moderate,
            TaskArguments.Specialist(arguments) ?? "coordinator",
            arguments.Number("priority", 0, 4) ?? 2,
            TaskArguments.Effort(arguments),
            arguments.Time("due_date"),
            Context(arguments),
            []);
        return new PlanTaskTool.Input(
            definition, null, Subtasks(arguments),
            arguments.Text("session_id", 200, TextRule.OneLine) is { } session ? InitializeSessionTool.Known(session) : null);
    }

    private static List<PlanItem> Subtasks(ToolArguments arguments)
    {
        var subtasks = arguments.ListInText("subtasks_json", TaskLimits.Subtasks).Select((s, i) => Subtask(s, i)).ToList();
        var references = new Dictionary<string, string>();
        foreach (var (item, id) in subtasks)
        {
            references.TryAdd(item.Title, item.Reference);
            if (id is not null)
            {
                references[id] = item.Reference;
            }
        }

        return [.. subtasks.Select(s => s.Item with { DependsOn = [.. s.Item.DependsOn.Select(d => references.GetValueOrDefault(d, d))] })];
    }

    private static (PlanItem Item, string? Id) Subtask(ToolArguments subtask, int place)
    {
        var title = subtask.RequiredText("title", TaskLimits.Title, TextRule.OneLine);
        var id = subtask.Text("task_id", 200, TextRule.OneLine) ?? subtask.Text("id", 200, TextRule.OneLine);
        var item = new PlanItem(
            $"subtask {place + 1}", title,
            subtask.Text("description", TaskLimits.Description, TextRule.Prose) ?? title,
            TaskArguments.Specialist(subtask) ?? "generic",
            subtask.Texts("dependencies", TaskLimits.Dependencies, TaskLimits.Title),
            TaskArguments.Effort(subtask));
        subtask.RefuseUnread();
        return (item, id);
    }

    // There it was a text.
    private static string? Context(ToolArguments arguments) => arguments.IsText("context")
        ? arguments.Text("context", TaskLimits.Note, TextRule.Prose) is { Length: > 0 } text
            ? new JsonObject { ["text"] = text }.ToJsonString()
            : null
        : arguments.ObjectText("context", TaskLimits.Context);

    private static string FirstLine(string description)
    {
        var line = description.Trim().Split('\n', '\r', '\t')[0].Trim();
        return line.Length <= 100 ? line : $"{line[..97]}...";
    }
}
