using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>
/// Some subtasks of one parent, in one event of it and in their order. For the command line's import alone, which names the key of each, and by that
/// its id: no list has this tool, and a client's call of it is refused.
/// </summary>
internal sealed class ImportSubtasksTool(Gate gate, ILogger log) : OrchestratorTool<ImportSubtasksTool.Input>(
    gate, log, "orchestrator_import_subtasks", "For the command line's import.", Writes,
    """{"type":"object","properties":{"parent_task_id":{"type":"string"},"tasks":{"type":"array"}},"required":["parent_task_id","tasks"]}""")
{
    /// <summary>The most at once: they are created together, and together they are to be there in time.</summary>
    public const int Most = 32;

    private const int KeyLength = 32;

    protected override Input Bind(ToolArguments arguments) =>
        new(arguments.RequiredTask("parent_task_id"), arguments.NestedList("tasks", Most).Select(Subtask).ToList());

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        if (!call.NamesKeys)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, "orchestrator_import_subtasks is not for clients.", "Plan with orchestrator_plan_task."));
        }

        await call.Send(
            new TaskCommands.AddSubtasks(
                input.Parent, call.Key, call.By, null,
                [.. input.Tasks.Select(t => new PlannedTask(DerivedId.Task(new CommandId(t.Key, 1)), StoredContext.Keep(call, t.Definition)))]),
            cancellation);
        return Answer(
            $"Planned {input.Tasks.Count} subtasks below {input.Parent}.", new ImportedSubtasksView(input.Tasks.Count),
            ToolJson.Default.ImportedSubtasksView);
    }

    private static (string Key, TaskDefinition Definition) Subtask(ToolArguments arguments)
    {
        var item = (arguments.RequiredText("key", KeyLength, TextRule.OneLine), PlanTaskTool.Definition(arguments));
        arguments.RefuseUnread();
        return item;
    }

    internal sealed record Input(TaskId Parent, IReadOnlyList<(string Key, TaskDefinition Definition)> Tasks);
}

internal sealed record ImportedSubtasksView(int Planned);
