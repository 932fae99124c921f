using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>How the work stands.</summary>
internal sealed class GetStatusTool(Gate gate, ILogger log) : OrchestratorTool<GetStatusTool.Input>(
    gate, log, "orchestrator_get_status",
    "Counts and lists of open work; since (cursor): what changed.",
    Reads,
    """
    {"type":"object","properties":{"parent_task_id":{"type":"string"},"since":{"type":"string"},"include_completed":{"type":"boolean"}}}
    """)
{
    private const int Shown = 20;

    protected override Input Bind(ToolArguments arguments)
    {
        var since = arguments.Text("since", 50, TextRule.OneLine);
        var position = 0L;
        if (since is not null && !long.TryParse(since, NumberStyles.None, CultureInfo.InvariantCulture, out position))
        {
            throw arguments.Invalid("since", $"is not a cursor: '{since}'", "Pass the cursor of an earlier orchestrator_get_status, or leave it out.");
        }

        return new Input(arguments.Task("parent_task_id"), since is null ? null : position, arguments.Flag("include_completed") ?? false);
    }

    protected override CallToolResult? WhileClosed(GateState gate) =>
        Answer(DatabaseView.Line(gate), new ClosedStatusView(DatabaseView.Of(gate)), ToolJson.Default.ClosedStatusView);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var index = call.Storage.Index;
        var parent = input.Parent is { } id ? call.Row(id) : null;
        var position = index.Position();   // before everything else: a change meanwhile is then told twice, never left out
        var counts = index.Count(input.Parent);
        var byStatus = counts.ByPhase.ToDictionary(c => Vocabulary.Phases[c.Key], c => c.Value);
        var changed = input.Since is { } since
            ? await TaskPages.Read(call, new TaskFilter { Parent = input.Parent, ChangedAfter = since }, 50, null, Detail.Brief, cancellation)
            : null;
        // A page that is not the last leaves the cursor where it ends, so that nothing is skipped.
        var cursor = changed is { Cursor: not null } ? index.Find([new TaskId(changed.Tasks[^1].TaskId)])[0].Position : position;
        return Answer(
            $"{counts.Total} tasks: {counts.Ready} ready, {counts.Claimed} claimed"
            + string.Concat(byStatus.Select(c => $", {c.Value} {c.Key}")) + ".",
            new StatusView(
                cursor.ToString(CultureInfo.InvariantCulture), counts.Total, counts.Ready, counts.Claimed, byStatus,
                parent is null ? null : TaskViews.ProgressOf(parent),
                changed,
                List(TaskPhase.InProgress), List(TaskPhase.Blocked), List(TaskPhase.Failed),
                counts.Ready > 0 ? Page(new TaskFilter { Parent = input.Parent, ReadyOnly = true }) : null,
                input.IncludeCompleted ? List(TaskPhase.Completed) : null,
                await LastRestart(call, cancellation), RoleProblemView.Of(call.Storage.Roles, 10)),
            ToolJson.Default.StatusView);

        // Of what there is none nothing need be asked.
        IReadOnlyList<TaskView>? List(TaskPhase phase) =>
            counts.ByPhase.ContainsKey(phase) ? Page(new TaskFilter { Parent = input.Parent, Phases = [phase] }) : null;

        IReadOnlyList<TaskView>? Page(TaskFilter filter) => TaskViews.NullIfEmpty(index.Query(filter, Shown, null).Tasks.Select(TaskViews.Of));
    }

    // For an hour it may explain a pause; after that it would only cost tokens.
    private static async Task<LastRestartView?> LastRestart(ToolCall call, CancellationToken cancellation) =>
        await call.Storage.Restarts.History(cancellation) is [.., var last] && last.Phases[^1].At > call.Storage.Clock.GetUtcNow() - TimeSpan.FromHours(1)
            ? new LastRestartView(Vocabulary.RestartPhases[last.Phases[^1].Phase], last.Wish.Reason, last.Phases[^1].At, last.DowntimeMs, last.Cause)
            : null;

    internal sealed record Input(TaskId? Parent, long? Since, bool IncludeCompleted);
}

/// <summary>The newest 20 of each list; the counts are of all.</summary>
internal sealed record StatusView(
    string Cursor, long Total, long Ready, long Claimed, IReadOnlyDictionary<string, long> ByStatus, ProgressView? Parent, TaskPageView? ChangedSince,
    IReadOnlyList<TaskView>? InProgress, IReadOnlyList<TaskView>? Blocked, IReadOnlyList<TaskView>? Failed, IReadOnlyList<TaskView>? ReadyTasks,
    IReadOnlyList<TaskView>? Completed, LastRestartView? LastRestart, IReadOnlyList<RoleProblemView>? RoleProblems);

/// <summary>The last restart of the server: why it was, how it ended, and how long nobody served.</summary>
internal sealed record LastRestartView(string Phase, string Reason, DateTimeOffset At, double? DowntimeMs, string? Error);
