using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Brings the results below a task together.</summary>
internal sealed class SynthesizeResultsTool(Gate gate, ILogger log) : OrchestratorTool<SynthesizeResultsTool.Input>(
    gate, log, "orchestrator_synthesize_results",
    "Results of all subtasks.",
    Reads,
    """
    {"type":"object","properties":{"parent_task_id":{"type":"string"}},"required":["parent_task_id"]}
    """)
{
    private const int MostTasks = 1000;

    protected override Input Bind(ToolArguments arguments) => new(arguments.RequiredTask("parent_task_id"));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var parent = call.Row(input.Parent);
        var below = call.Storage.Index.Query(new TaskFilter { Parent = input.Parent, AllLevels = true }, MostTasks, null);
        var tasks = below.Tasks.OrderBy(t => t.CreatedAt).ThenBy(t => t.Ordinal).ToList();
        var artifacts = call.Storage.Index.Artifacts([.. tasks.Select(t => t.TaskId), input.Parent]);
        var byTask = artifacts.ToLookup(a => a.TaskId);
        var closed = tasks.Where(t => t.ClosedAt is not null).ToList();
        var completed = tasks.Count(t => t.Phase == TaskPhase.Completed);
        var metrics = new MetricsView(
            tasks.Count, completed, tasks.Count(t => t.Phase == TaskPhase.Failed), tasks.Count(t => t.Phase == TaskPhase.Cancelled),
            tasks.Count(t => t.Phase is TaskPhase.Pending or TaskPhase.InProgress or TaskPhase.Blocked),
            tasks.Count == 0 ? null : Math.Round(100.0 * completed / tasks.Count, 1), artifacts.Count);
        var started = tasks.Min(t => t.StartedAt);
        var ended = metrics.Open == 0 && closed.Count > 0 ? closed.Max(t => t.ClosedAt) : null;
        var outcomes = Fit(tasks, byTask, below.Total, out var left);
        return Task.FromResult(Answer(
            $"{parent.TaskId}: {completed} of {tasks.Count} subtasks completed, {artifacts.Count} artifacts.",
            new SynthesisView(
                parent.TaskId.Value, parent.Title, Vocabulary.Phases[parent.Phase], metrics,
                new TimelineView(started, ended, started is { } s && ended is { } e ? Math.Round((e - s).TotalMinutes, 1) : null),
                outcomes, left == 0 ? null : left, TaskViews.NullIfEmpty(byTask[input.Parent].Select(TaskViews.Of)), Next(parent, tasks, metrics)),
            ToolJson.Default.SynthesisView));
    }

    private static List<OutcomeView> Fit(List<TaskRow> tasks, ILookup<TaskId, ArtifactRow> artifacts, long total, out long left)
    {
        var (outcomes, size) = (new List<OutcomeView>(), 0);
        foreach (var t in tasks)
        {
            var work = artifacts[t.TaskId].ToList();
            var outcome = new OutcomeView(
                t.TaskId.Value, t.Title, Vocabulary.Phases[t.Phase], t.Specialist, t.Reason, work.Count == 0 ? null : work[^1].Artifact.Summary,
                TaskViews.NullIfEmpty(work.Select(a => a.Artifact.ArtifactId.Value)), TaskViews.NullIfEmpty(work.SelectMany(a => a.Artifact.Files).Distinct()));
            size += 200 + outcome.Title.Length + (outcome.Summary?.Length ?? 0) + (outcome.Files?.Sum(f => f.Length) ?? 0);
            if (size > TaskPages.MostCharacters)
            {
                break;
            }

            outcomes.Add(outcome);
        }

        left = total - outcomes.Count;
        return outcomes;
    }

    private static List<string> Next(TaskRow parent, List<TaskRow> tasks, MetricsView metrics)
    {
        var next = new List<string>();
        if (tasks.Count == 0)
        {
            next.Add("It has no subtasks; read its own artifacts.");
        }

        if (metrics.Open > 0)
        {
            next.Add($"{metrics.Open} subtasks are open: finish or cancel them first.");
        }

        next.AddRange(tasks.Where(t => t.Phase is TaskPhase.Failed or TaskPhase.Blocked).Take(5)
            .Select(t => $"Look at {t.TaskId} ({Vocabulary.Phases[t.Phase]}): {t.Reason ?? "no reason was given"}"));
        if (metrics.Open == 0 && parent.Phase is TaskPhase.Pending or TaskPhase.InProgress)
        {
            next.Add($"Read the artifacts that matter, then complete {parent.TaskId} with the combined result.");
        }

        return next;
    }

    internal sealed record Input(TaskId Parent);
}

internal sealed record MetricsView(int Total, int Completed, int Failed, int Cancelled, int Open, double? CompletedPercent, int Artifacts);

internal sealed record TimelineView(DateTimeOffset? Started, DateTimeOffset? Ended, double? Minutes);

internal sealed record OutcomeView(
    string TaskId, string Title, string Status, string SpecialistType, string? Reason, string? Summary,
    IReadOnlyList<string>? ArtifactIds, IReadOnlyList<string>? Files);

/// <param name="ParentTaskId">The task.</param>
/// <param name="Title">Its title.</param>
/// <param name="Status">Its status.</param>
/// <param name="Metrics">Counts of everything below it.</param>
/// <param name="Timeline">From the first start to the last end.</param>
/// <param name="Outcomes">Each subtask with the summary of its last work product.</param>
/// <param name="OutcomesLeftOut">How many did not fit; list them with orchestrator_query_tasks.</param>
/// <param name="OwnArtifacts">Work products of the task itself.</param>
/// <param name="NextSteps">What remains to be done.</param>
internal sealed record SynthesisView(
    string ParentTaskId, string Title, string Status, MetricsView Metrics, TimelineView Timeline, IReadOnlyList<OutcomeView> Outcomes, long? OutcomesLeftOut,
    IReadOnlyList<ArtifactView>? OwnArtifacts, IReadOnlyList<string> NextSteps);
