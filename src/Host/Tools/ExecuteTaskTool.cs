using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Roles;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Claims a task and hands out all that its worker needs: the task, the role, and the results it builds on.</summary>
internal sealed class ExecuteTaskTool(Gate gate, ILogger log) : OrchestratorTool<ExecuteTaskTool.Input>(
    gate, log, "orchestrator_execute_task",
    "Claim a task (no task_id: the best ready one); returns claim, role, instructions, results it builds on.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"specialist_type":{"type":"string"},"lease_minutes":{"type":"integer"}}}
    """)
{
    // Others may take the best ones first; each attempt takes one more off the list.
    private const int Attempts = 50;

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Task("task_id"), TaskArguments.Specialist(arguments),
        TimeSpan.FromMinutes(arguments.Number("lease_minutes", (int)TaskLimits.Lease.Min.TotalMinutes, (int)TaskLimits.Lease.Max.TotalMinutes) ?? 30));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var accepted = input.TaskId is { } id ? await Claim(id, input, call, cancellation) : await ClaimBest(input, call, cancellation);
        var grant = accepted.Claim!;
        var details = (await call.Storage.Tasks.Details(accepted.TaskId, cancellation))!;
        var role = call.Storage.Roles.For(input.Specialist ?? details.Definition.Specialist);
        var dependencies = call.Storage.Index.DependenciesOf([accepted.TaskId]);
        return Answer(
            $"Claimed {accepted.TaskId} until {grant.Deadline:yyyy-MM-dd'T'HH:mm:ss'Z'} as {role.Name}: {details.Definition.Title}",
            new WorkOrderView(
                accepted.TaskId.Value, details.Definition.Title, details.Definition.Description, grant.Token.Value, grant.Deadline, accepted.Revision,
                role, Instructions(details), TaskViews.Parse(details.Definition.Context), details.Definition.DueAt, details.Parent?.Value,
                TaskViews.NullIfEmpty(dependencies.Select(d => Result(call, d.On, d.Title, Vocabulary.Phases[d.Phase], Vocabulary.DependencyKinds[d.Kind]))),
                TaskViews.NullIfEmpty(call.Storage.Index.Find(details.Subtasks).Select(s =>
                     Result(call, s.TaskId, s.Title, Vocabulary.Phases[s.Phase], "subtask"))),
                TaskViews.NullIfEmpty(details.Artifacts.Select(a => TaskViews.Of(a, null))),
                TaskViews.NullIfEmpty(details.Notes.Select(n => new NoteView(n.By, n.At, n.Text))),
                RoleProblemView.Of(call.Storage.Roles, 3)),
            ToolJson.Default.WorkOrderView);
    }

    private static Task<TaskReplies.Accepted> Claim(TaskId id, Input input, ToolCall call, CancellationToken cancellation) =>
        call.Send(new TaskCommands.Claim(id, call.Key, call.By, input.Lease), cancellation);

    private static async Task<TaskReplies.Accepted> ClaimBest(Input input, ToolCall call, CancellationToken cancellation)
    {
        // A repeated call must find the task that it got before, not a second one.
        if (call.Storage.Index.ClaimedBy(call.Key) is { } before)
        {
            return await Claim(before, input, call, cancellation);
        }

        foreach (var candidate in call.Storage.Index.Ready(Attempts, input.Specialist))
        {
            switch (await call.Try(new TaskCommands.Claim(candidate.TaskId, call.Key, call.By, input.Lease), cancellation))
            {
                case TaskReplies.Accepted accepted:
                    return accepted;
                case TaskReplies.Refused { Refusal.Code: RefusalCode.OutcomeUnknown or RefusalCode.StorageFailed } refused:
                    throw new RefusedException(refused.Refusal);   // perhaps it is ours by now: a second claim could be one too many
            }
        }

        var counts = call.Storage.Index.Count();
        throw new RefusedException(new Refusal(
            RefusalCode.NothingReady,
            $"No task is ready{(input.Specialist is { } s ? $" for {s}" : "")}: {counts.Ready} ready in all, {counts.Claimed} claimed, "
            + $"{counts.ByPhase.GetValueOrDefault(TaskPhase.Pending)} pending, {counts.ByPhase.GetValueOrDefault(TaskPhase.Blocked)} blocked.",
            "Ask again later, leave out specialist_type, or look at orchestrator_get_status."));
    }

    private static List<string> Instructions(TaskDetails task) =>
    [
        "Work on this task only; plan further work with orchestrator_plan_task instead of doing it on the side.",
        "Before the lease ends, renew it by orchestrator_update_task with the claim (a note or progress is enough).",
        "Hand in the whole result with orchestrator_complete_task: claim, a summary for others, and the work itself in detailed_work.",
        .. task.Subtasks.Count > 0
            ? ["Its subtasks are closed: check that their results fit together, and complete it with the combined result."]
            : Array.Empty<string>(),
        .. task.LostLeases > 0 ? [$"{task.LostLeases} earlier attempts ended without a result; look at its notes first."] : Array.Empty<string>(),
    ];

    private static BuildsOnView Result(ToolCall call, TaskId task, string title, string status, string relation)
    {
        var artifact = call.Storage.Index.Artifacts([task]) is [.., var last] ? last.Artifact : null;
        var excerpt = artifact is { Size: < 8_000_000 } ? TextLines.Of(call.Storage.Artifacts.ReadText(artifact.Sha256), 1, int.MaxValue, 2_000) : null;
        return new BuildsOnView(
            task.Value, title, status, relation, artifact?.ArtifactId.Value, artifact?.Summary, excerpt?.Text,
            artifact is not null && (excerpt is null || excerpt.IsCut || excerpt.Count < excerpt.Total) ? true : null);
    }

    internal sealed record Input(TaskId? TaskId, string? Specialist, TimeSpan Lease);
}

/// <summary>A result that the work builds on. More: the artifact holds more than the excerpt; read it with orchestrator_get_artifact.</summary>
internal sealed record BuildsOnView(
    string TaskId, string Title, string Status, string Relation, string? ArtifactId, string? Summary, string? Excerpt, bool? More);

internal sealed record WorkOrderView(
    string TaskId, string Title, string Description, string Claim, DateTimeOffset LeaseUntil, long Version, SpecialistRole Specialist,
    IReadOnlyList<string> Instructions, System.Text.Json.JsonElement? Context, DateTimeOffset? DueDate, string? ParentTaskId,
    IReadOnlyList<BuildsOnView>? BuildsOn, IReadOnlyList<BuildsOnView>? Subtasks, IReadOnlyList<ArtifactView>? EarlierWork, IReadOnlyList<NoteView>? Notes,
    IReadOnlyList<RoleProblemView>? RoleProblems);
