using System.CommandLine;
using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator tasks</c></summary>
internal static class TasksCommand
{
    private static readonly Argument<string> Id = new("task") { Description = "The task's id." };
    private static readonly Argument<string> Text = new("text") { Description = "What title or description holds." };
    private static readonly Option<string[]> Status =
        new("--status") { Description = $"Only these: {Vocabulary.Phases.All}.", AllowMultipleArgumentsPerToken = true };
    private static readonly Option<bool> Ready = new("--ready") { Description = "Only what can be claimed now, best first." };
    private static readonly Option<string?> Parent = new("--parent") { Description = "Only the direct subtasks of this task." };
    private static readonly Option<int> Limit = new("--limit") { Description = "How many at most.", DefaultValueFactory = _ => 50 };

    public static Command Create() => Verb.Group(
        "tasks", "Look at the tasks, claim one, give one back.",
        Verb.Create("board", "What is in work, ready, blocked and waiting, at a glance.",
            (p, o) => Boards.Show(StoredWork.Open(RootCommands.Location(p)), o)),
        Verb.Create("list", "Tasks, newest first.", List, Status, Ready, Parent, Limit),
        Verb.Create("search", "Tasks whose title or description holds a text.", Search, Text, Limit),
        Verb.Create("show", "One task with all that is known of it.", Show, Id),
        Verb.Create("tree", "Plans with their subtasks and their progress.", Trees.Run, Trees.Root),
        Verb.Create("log", "What happened to a task.", Log, Id),
        ClaimCommands.Claim(), ClaimCommands.Release());

    private static int List(ParseResult parsed, Output output)
    {
        var phases = (parsed.GetValue(Status) ?? [])
            .Select(s => Vocabulary.Phases.TryParse(s, out var phase) ? phase : throw new CommandFailedException(
            RefusalCode.ValidationFailed, $"There is no status '{s}'.", $"Use one of {Vocabulary.Phases.All}.", ExitCode.Usage)).ToList();
        return Page(parsed, output, new TaskFilter
        {
            Phases = phases,
            ReadyOnly = parsed.GetValue(Ready),
            Parent = parsed.GetValue(Parent) is { } parent ? new TaskId(parent) : null,
        });
    }

    private static int Search(ParseResult parsed, Output output) => Page(parsed, output, new TaskFilter { Text = parsed.GetValue(Text) });

    private static int Page(ParseResult parsed, Output output, TaskFilter filter)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var page = work.Index.Query(filter, Math.Clamp(parsed.GetValue(Limit), 1, 10_000), null);
        output.Table(["task", "status", "prio", "role", "title", "why not ready"], page.Tasks.Select(t => new[]
        {
            t.TaskId.Value, t.Ready ? "ready" : t.Phase.Name(), $"{t.Priority}", t.Specialist, t.Title, WhyNotReady.Of(t),
        }));
        if (output.IsJson)
        {
            Output.Json("tasks/1", new JsonObject
            {
                ["total"] = page.Total,
                ["tasks"] = new JsonArray([.. page.Tasks.Select(t => Node(TaskViews.Of(t)))])
            });
        }
        else if (page.Total > page.Tasks.Count)
        {
            output.Line($"{page.Tasks.Count} of {page.Total}; --limit shows more.");
        }

        return ExitCode.Done;
    }

    private static int Show(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var row = work.Row(parsed.GetValue(Id)!);
        var view = work.View(row);
        var dependencies = work.Index.DependenciesOf([row.TaskId]);
        if (output.IsJson)
        {
            Output.Json("task/1", new JsonObject
            {
                ["task"] = Node(view),
                ["why_not_ready"] = WhyNotReady.Of(row, dependencies) is { Length: > 0 } why ? why : null
            });
            return ExitCode.Done;
        }

        output.Line($"{view.TaskId}  {view.Title}");
        output.Line($"status     {(row.Ready ? "ready" : view.Status)}{(view.Reason is { } reason ? $": {reason}" : "")}");
        if (WhyNotReady.Of(row, dependencies) is { Length: > 0 } obstacle)
        {
            output.Line($"not ready  {obstacle}");
        }

        output.Line($"role       {view.SpecialistType}, priority {view.Priority}, {view.TaskType}, {view.Complexity}, {view.Progress ?? 0} %");
        output.Line($"planned    {Time(row.CreatedAt)} by {view.CreatedBy}; changed {Time(row.UpdatedAt)}, version {view.Version}");
        foreach (var dependency in view.Dependencies ?? [])
        {
            output.Line($"needs      {dependency.TaskId} {dependency.Status}  {dependency.Title}");
        }

        output.Line();
        output.Line(view.Description ?? "");
        foreach (var note in view.Notes ?? [])
        {
            output.Line();
            output.Line($"note of {note.By}, {Time(note.At)}");
            output.Line(note.Text);
        }

        foreach (var artifact in view.Artifacts ?? [])
        {
            output.Line();
            output.Line($"work {artifact.ArtifactId} ({artifact.Type}, {artifact.Size} bytes) of {artifact.By}, {Time(artifact.At)}");
            output.Line(artifact.Summary);
        }

        return ExitCode.Done;
    }

    private static int Log(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var events = work.History(work.Row(parsed.GetValue(Id)!).TaskId);
        output.Table(["when", "who", "what"], events.Select(e => new[] { Time(e.At), e.By, Describe(e) }));
        if (output.IsJson)
        {
            Output.Json("task-log/1", new JsonObject
            {
                ["events"] = new JsonArray([.. events.Select(e => (JsonNode)new JsonObject
                {
                    ["at"] = Time(e.At), ["by"] = e.By, ["event"] = EventManifest.Names[e.GetType()], ["what"] = Describe(e),
                })]),
            });
        }

        return ExitCode.Done;
    }

    /// <summary>An event in words.</summary>
    private static string Describe(ITaskEvent e) => e switch
    {
        TaskEvents.Planned x => x.Subtasks.Count == 0 ? $"planned: {x.Definition.Title}"
            : $"planned with {x.Subtasks.Count} subtasks: {x.Definition.Title}",
        TaskEvents.SubtasksAdded x => $"subtasks planned: {string.Join(", ", x.Subtasks.Select(s => s.TaskId))}",
        TaskEvents.SubtasksCreated x => $"subtasks created: {x.Created.Count}",
        TaskEvents.Claimed x => $"claimed until {Time(x.Deadline)}",
        TaskEvents.ClaimRenewed x => $"claim renewed until {Time(x.Deadline)}",
        TaskEvents.ClaimReleased => "claim ended",
        TaskEvents.ClaimLost x => $"claim of {x.Worker} lost ({x.Lost} of {TaskLimits.LostLeases})",
        TaskEvents.DeadlineApproached x => $"due soon: {Time(x.DueAt)}",
        TaskEvents.DeadlinePassed x => $"overdue: was due {Time(x.DueAt)}",
        TaskEvents.StatusChanged x => $"{x.From.Name()} -> {x.To.Name()}{(x.Reason is { } reason ? $": {reason}" : "")}",
        TaskEvents.Edited => "edited",
        TaskEvents.Noted x => $"note: {x.Text}",
        TaskEvents.Progressed x => $"progress {x.Percent} %",
        TaskEvents.WorkStored x => $"work {x.Artifact.ArtifactId} handed in: {x.Artifact.Summary}",
        TaskEvents.ConsequencesDue x => $"{x.Consequences.Count} other tasks are to hear: {x.Text}",
        TaskEvents.ConsequencesDone x => $"{x.Tasks.Count} other tasks have heard",
        TaskEvents.DependencyWaived x => $"need not wait for {x.On}: {x.Why}",
        TaskEvents.AttributesChanged x => $"attributes: {string.Join(", ", x.Changes.Select(c => c.Attribute is { } a ? $"{c.Name} = {a.Value}" : $"{c.Name} removed"))}",
        TaskEvents.GatesSet x => $"quality gates: {x.Gates.Count}",
        TaskEvents.DecisionRecorded x => $"decision {x.Decision.DecisionId}: {x.Decision.Title}",
        TaskEvents.FilesRecorded x => $"files: {string.Join(", ", x.Files.Select(f => f.Path))}",
        TaskEvents.Archived x => $"archived ({Vocabulary.ArchiveCauses[x.Cause]}), kept until {Time(x.KeepUntil)}",
        TaskEvents.WorkDiscarded x => $"work no longer listed: {string.Join(", ", x.Artifacts)}",
        TaskEvents.Deleted x => x.Reason is { } why ? $"deleted: {why}" : "deleted",
        _ => throw new NotSupportedException($"No words for {e.GetType().Name}."),
    };

    internal static JsonNode Node(TaskView view) => JsonSerializer.SerializeToNode(view, ToolJson.Default.TaskView)!;

    internal static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);
}
