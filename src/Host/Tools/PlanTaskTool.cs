using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Tasks;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Plans one task, a task below another one, or a task with all its subtasks.</summary>
internal sealed class PlanTaskTool(Gate gate, ILogger log) : OrchestratorTool<PlanTaskTool.Input>(
    gate, log, "orchestrator_plan_task",
    "Plan a task, or with tasks[] a whole plan, all or nothing; depends_on: refs or task ids.",
    Writes,
    """
    {"type":"object","properties":{"title":{"type":"string"},"description":{"type":"string"},
    "task_type":{"type":"string"},"complexity":{"type":"string"},
    "specialist_type":{"type":"string"},"priority":{"type":"integer","description":"0 (urgent) to 4"},
    "parent_task_id":{"type":"string"},"dependencies":{"type":"array","items":{"type":"string"}},"context":{"type":"object"},
    "tasks":{"type":"array","items":{"type":"object","properties":{"ref":{"type":"string"},"title":{"type":"string"},"description":{"type":"string"},
    "specialist_type":{"type":"string"},"depends_on":{"type":"array","items":{"type":"string"}}},"required":["ref","title"]}},
    "session_id":{"type":"string"}},"required":["title","description"]}
    """)
{
    protected override Input Bind(ToolArguments arguments)
    {
        if (arguments.Has("subtasks_json"))
        {
            return FormerPlan.Bind(arguments);
        }

        var input = new Input(
            Definition(arguments),
            arguments.Task("parent_task_id"),
            arguments.NestedList("tasks", TaskLimits.Subtasks).Select(Subtask).ToList(),
            arguments.Text("session_id", 200, TextRule.OneLine) is { } session ? InitializeSessionTool.Known(session) : null);
        return input.Parent is null || input.Subtasks.Count == 0
            ? input
            : throw arguments.Invalid(
                "tasks", "cannot be combined with parent_task_id", "Plan the subtasks one by one below the parent, or plan this tree without a parent.");
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var plan = PlanGraph.Build(call.Key, input.Definition, input.Subtasks);
        if (plan.Refusal is { } refusal)
        {
            throw new RefusedException(refusal);
        }

        if (input.Session is { } session
            && await call.Storage.Sessions.Send(new SessionQueries.Get(session), cancellation) is SessionReplies.Refused unknown)
        {
            throw new RefusedException(unknown.Refusal);
        }

        var id = DerivedId.Task(call.Key);
        var definition = StoredContext.Keep(call, input.Definition);
        ITaskCommand command = input.Parent is { } parent
            ? new TaskCommands.AddSubtasks(parent, call.Key, call.By, input.Session, [new PlannedTask(id, definition)])
            : new TaskCommands.Plan(id, call.Key, call.By, input.Session, definition, plan.Subtasks);
        await call.Send(command, cancellation);

        var row = call.Row(id);
        var children = call.Storage.Index.Find([.. plan.Subtasks.Select(s => s.TaskId)]);
        var created = input.Subtasks.Zip(children, (s, c) => new PlannedView(s.Reference, c.TaskId.Value, c.Title, c.Ready ? true : null)).ToList();
        return Answer(
            created.Count == 0 ? $"Planned {id}: {row.Title}" : $"Planned {id} with {created.Count} subtasks: {row.Title}",
            new PlanView(id.Value, row.Title, Vocabulary.Phases[row.Phase], row.Revision, row.Ready, row.Parent?.Value, TaskViews.NullIfEmpty(created)),
            ToolJson.Default.PlanView);
    }

    /// <summary>What a task is about.</summary>
    internal static TaskDefinition Definition(ToolArguments arguments) => new(
        arguments.RequiredText("title", TaskLimits.Title, TextRule.OneLine),
        arguments.RequiredText("description", TaskLimits.Description, TextRule.Prose),
        arguments.Word("task_type", Vocabulary.Kinds) ?? TaskKind.Standard,
        arguments.Word("complexity", Vocabulary.Complexities) ?? TaskComplexity.Moderate,
        TaskArguments.Specialist(arguments) ?? "generic",
        arguments.Number("priority", 0, 4) ?? 2,
        TaskArguments.Effort(arguments),
        arguments.Time("due_date"),
        arguments.ObjectText("context", StoredContext.Most),
        [.. TaskArguments.Dependencies(arguments) ?? []]);

    private static PlanItem Subtask(ToolArguments arguments)
    {
        var title = arguments.RequiredText("title", TaskLimits.Title, TextRule.OneLine);
        var item = new PlanItem(
            arguments.RequiredText("ref", TaskLimits.Name, TextRule.OneLine), title,
            arguments.Text("description", TaskLimits.Description, TextRule.Prose) ?? title,
            TaskArguments.Specialist(arguments) ?? "generic",
            arguments.Texts("depends_on", TaskLimits.Dependencies, 200));
        arguments.RefuseUnread();
        return item;
    }

    internal sealed record Input(TaskDefinition Definition, TaskId? Parent, IReadOnlyList<PlanItem> Subtasks, SessionId? Session);
}

internal sealed record PlanView(
    string TaskId, string Title, string Status, long Version, bool Ready, string? ParentTaskId, IReadOnlyList<PlannedView>? Tasks);

internal sealed record PlannedView(string Ref, string TaskId, string Title, bool? Ready);
