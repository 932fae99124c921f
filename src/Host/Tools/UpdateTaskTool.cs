using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Changes a task; with its claim, also renews the lease.</summary>
internal sealed class UpdateTaskTool(Gate gate, ILogger log) : OrchestratorTool<UpdateTaskTool.Input>(
    gate, log, "orchestrator_update_task",
    "Change a task. claim renews the lease, status pending returns it; version: refuse if changed. set: priority, task_type, complexity, "
    + "specialist_type, effort, due_date, context, dependencies, attributes, quality_gates, waive.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"status":{"type":"string"},
    "title":{"type":"string"},"description":{"type":"string"},"note":{"type":"string"},"progress":{"type":"integer"},
    "set":{"type":"object"},"claim":{"type":"string"},"version":{"type":"integer"}},"required":["task_id"]}
    """)
{
    protected override Input Bind(ToolArguments arguments)
    {
        var task = arguments.RequiredTask("task_id");
        var claim = arguments.Claim("claim");
        var changes = new TaskChanges
        {
            Phase = arguments.Word("status", Vocabulary.Phases),
            Title = NotBlank(arguments, "title", arguments.Text("title", TaskLimits.Title, TextRule.OneLine)),
            Description = NotBlank(arguments, "description", arguments.Text("description", TaskLimits.Description, TextRule.Prose)),
            Note = NotBlank(arguments, "note", arguments.Text("note", TaskLimits.Note, TextRule.Prose)),
            Progress = arguments.Number("progress", 0, 100),
        };
        if (arguments.Nested("set") is { } set)
        {
            changes = Set(changes, set);
            set.RefuseUnread();
        }

        if (changes == new TaskChanges() && claim is null)
        {
            throw arguments.Invalid("task_id", "is named, but nothing is to be changed", "Name at least one change, or the claim to renew it.");
        }

        if (changes.Dependencies?.Any(d => d.On == task) == true)
        {
            throw new RefusedException(new Refusal(RefusalCode.DependencyConflict, $"set.dependencies: {task} cannot wait for itself.", "Leave it out."));
        }

        return new Input(task, claim, arguments.Number("version", 1, int.MaxValue), changes);
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        foreach (var reference in input.Changes.Attributes?.Where(a => a.Attribute?.Kind == AttributeKind.Reference) ?? [])
        {
            _ = call.Row(new TaskId(reference.Attribute!.Value));
        }

        var changes = input.Changes with { Context = StoredContext.Keep(call, input.Changes.Context) };
        var accepted = await call.Send(
            new TaskCommands.Update(input.TaskId, call.Key, call.By, input.Claim, input.Version, changes), cancellation);
        var status = Vocabulary.Phases[accepted.Phase];
        var ready = accepted.Phase == TaskPhase.Completed ? call.Storage.Index.ReadyBecauseOf(input.TaskId) : [];
        var end = input.Changes.Phase is TaskPhase.Cancelled or TaskPhase.Archived ? EndReport.Read(call, accepted) : new EndReport();
        return Answer(
            $"Updated {input.TaskId}: {status}, version {accepted.Revision}{end.Summary()}.",
            new UpdateView(
                input.TaskId.Value, status, accepted.Revision, accepted.Claim?.Token.Value, accepted.Claim?.Deadline,
                TaskViews.NullIfEmpty(ready.Select(TaskViews.Of)), end.Of(ConsequenceKind.Cancel) ?? end.Of(ConsequenceKind.Archive),
                end.Of(ConsequenceKind.Tell)),
            ToolJson.Default.UpdateView);
    }

    private static TaskChanges Set(TaskChanges changes, ToolArguments set) => changes with
    {
        Priority = set.Number("priority", 0, 4),
        Kind = set.Word("task_type", Vocabulary.Kinds),
        Complexity = set.Word("complexity", Vocabulary.Complexities),
        Specialist = TaskArguments.Specialist(set),
        Effort = TaskArguments.Effort(set),
        DueAt = set.Text("due_date", 100, TextRule.OneLine) is "" ? DateTimeOffset.MinValue : set.Time("due_date"),
        Context = set.ObjectText("context", StoredContext.Most),
        Dependencies = TaskArguments.Dependencies(set),
        Attributes = TaskArguments.Attributes(set),
        Gates = TaskArguments.Gates(set),
        Waivers = TaskArguments.Waivers(set),
    };

    private static string? NotBlank(ToolArguments arguments, string name, string? text) =>
        text is null || !string.IsNullOrWhiteSpace(text) ? text : throw arguments.Invalid(name, "is empty", "Leave it out to keep it as it is.");

    internal sealed record Input(TaskId TaskId, ClaimToken? Claim, long? Version, TaskChanges Changes);
}

/// <summary>Lists hold the first 50; the counts are of all. The last two are there when the task was cancelled or archived.</summary>
internal sealed record UpdateView(
    string TaskId, string Status, long Version, string? Claim, DateTimeOffset? LeaseUntil, IReadOnlyList<TaskView>? NewlyReady,
    ConcernedView? Subtasks, ConcernedView? DependentsTold);
