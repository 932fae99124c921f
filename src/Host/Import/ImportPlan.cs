using System.Globalization;
using System.Security.Cryptography;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Actors.Tasks;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>One call of a tool that an import makes.</summary>
/// <param name="Sequence">Its number under the task's key; rising, so that a repeated import repeats exactly these.</param>
/// <param name="Tool">The tool.</param>
/// <param name="Arguments">Its arguments.</param>
/// <param name="TextLength">About how long its longest text is.</param>
internal sealed record ImportStep(long Sequence, string Tool, JsonObject Arguments, int TextLength = 0);

/// <summary>A task with the id it has, or will have, and the calls that bring it about.</summary>
internal sealed record PlannedImport(ImportedTask Source, string Front, TaskId TaskId, string? Parent, int Depth)
{
    /// <summary>Brings it into being.</summary>
    public required ImportStep Plan { get; init; }
    /// <summary>Notes, work products and status, in order.</summary>
    public required IReadOnlyList<ImportStep> Content { get; init; }
    /// <summary>What it waits for; set when all tasks are there and have their status. Null for nothing.</summary>
    public required ImportStep? Dependencies { get; init; }
    /// <summary>Puts it away, last.</summary>
    public required ImportStep? Archive { get; init; }
}

/// <summary>
/// From a source to calls of tools. Pure: ids follow from the source's identity and the ids in it, so that a second import meets the tasks of the
/// first.
/// </summary>
internal sealed class ImportPlan
{
    private const int Cut = 9_000;   // of a note, below its limit
    private const int LongestContext = 16 * 1024 * 1024;   // well below what one message can carry
    private readonly ImportSource _source;
    private readonly Dictionary<string, ImportedTask> _byId;
    private readonly Dictionary<string, string> _parents;
    private readonly List<string> _problems;

    private ImportPlan(ImportSource source)
    {
        (_source, _problems) = (source, [.. source.Problems]);
        _byId = new Dictionary<string, ImportedTask>(StringComparer.OrdinalIgnoreCase);
        foreach (var task in source.Tasks)
        {
            if (!_byId.TryAdd(task.Id, task))
            {
                _problems.Add($"{task.Id}: this id is there twice; the first one is taken");
            }
        }

        _parents = Parents();
    }

    /// <summary>What is planned, parents before their subtasks.</summary>
    public IReadOnlyList<PlannedImport> Tasks { get; private set; } = [];

    /// <summary>What is left out or changed, each with its place.</summary>
    public IReadOnlyList<string> Problems => _problems;

    /// <summary>Plans an import.</summary>
    public static ImportPlan Of(ImportSource source)
    {
        var plan = new ImportPlan(source);
        plan.Tasks = [.. plan._byId.Values.Select(plan.Planned).OrderBy(t => t.Depth)];
        return plan;
    }

    private PlannedImport Planned(ImportedTask task)
    {
        var front = FrontOf(task.Id);
        var due = Due(task);
        var parent = _parents.GetValueOrDefault(task.Id);
        var definition = Definition(task, parent, task.Phase.IsOpen() ? due : null, out var length);
        return new PlannedImport(task, front, DerivedId.Task(new CommandId(front, 1)), parent, Depth(task.Id))
        {
            Plan = new ImportStep(1, "plan_task", definition, length),
            Content = [.. Content(task), .. DueAtLast(task, due)],
            Dependencies = Needs(task) is { Count: > 0 } needs
                ? Step(task, 3_000_000, new JsonObject { ["set"] = new JsonObject { ["dependencies"] = needs } }) : null,
            Archive = task.Phase == TaskPhase.Archived ? Step(task, 4_000_000, With(due, new JsonObject { ["status"] = "archived" })) : null,
        };
    }

    /// <summary>A task that is over gets its due date when it is: until then it would be overdue, and rules would answer that.</summary>
    private IEnumerable<ImportStep> DueAtLast(ImportedTask task, string? due) =>
        due is null || task.Phase.IsOpen() || task.Phase == TaskPhase.Archived ? [] : [Step(task, 2_000_002, With(due, []))];

    private static JsonObject With(string? due, JsonObject arguments)
    {
        if (due is not null)
        {
            arguments["set"] = new JsonObject { ["due_date"] = due };
        }

        return arguments;
    }

    private string? Due(ImportedTask task)
    {
        if (task.Due is not { } due || DateTimeOffset.TryParse(due, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal, out _))
        {
            return task.Due;
        }

        _problems.Add($"{task.Id}: '{due}' is no date");
        return null;
    }

    private JsonObject Definition(ImportedTask task, string? parent, string? due, out int length)
    {
        var title = Clean(task.Title, TextRule.OneLine).Trim();
        var context = task.Context?.DeepClone().AsObject() ?? [];
        task.Origin["kind"] = _source.Kind;
        task.Origin["id"] = task.Id;
        if (title.Length > TaskLimits.Title)
        {
            task.Origin["title"] = task.Title;
            title = $"{Start(title, TaskLimits.Title - 1)}…";
        }

        context["imported"] = task.Origin.DeepClone();
        length = context.ToJsonString().Length;
        if (length > LongestContext)
        {
            _problems.Add($"{task.Id}: what the source says beside the task is too long and left out");
            context = new JsonObject { ["imported"] = new JsonObject { ["kind"] = _source.Kind, ["id"] = task.Id } };
        }

        var description = Clean(task.Description, TextRule.Prose);
        var arguments = new JsonObject
        {
            ["title"] = title.Length == 0 ? task.Id : title,
            ["description"] = string.IsNullOrWhiteSpace(description) ? title : Start(description, TaskLimits.Description),
            ["task_type"] = Vocabulary.Kinds[task.Kind],
            ["complexity"] = Vocabulary.Complexities[task.Complexity],
            ["priority"] = task.Priority,
            ["specialist_type"] = Role(task.Specialist),
            ["context"] = context,
        };
        if (task.Effort is { } effort)
        {
            arguments["effort"] = Start(Clean(effort, TextRule.OneLine), TaskLimits.Name);
        }

        if (due is not null)
        {
            arguments["due_date"] = due;
        }

        if (parent is not null)
        {
            arguments["parent_task_id"] = TaskOf(parent).Value;
        }

        return arguments;
    }

    private IEnumerable<ImportStep> Content(ImportedTask task)
    {
        var sequence = 10L;
        var description = Clean(task.Description, TextRule.Prose);
        var rest = description[Start(description, TaskLimits.Description).Length..];
        foreach (var note in Chunks(rest).Concat(task.Notes.SelectMany(n => Chunks(Clean(n, TextRule.Prose)))))
        {
            yield return Step(task, sequence++, new JsonObject { ["note"] = note });
        }

        sequence = 1_000_000;
        for (var i = 0; i < task.Artifacts.Count; i++)
        {
            var (artifact, isLast) = (task.Artifacts[i], i == task.Artifacts.Count - 1);
            var next = isLast && task.Phase == TaskPhase.Completed ? "complete" : task.Phase switch
            {
                TaskPhase.InProgress => "continue",
                TaskPhase.Blocked when isLast => "blocked",
                _ => "needs_revision",
            };
            var arguments = new JsonObject
            {
                ["task_id"] = TaskOf(task.Id).Value,
                ["summary"] = Clean(artifact.Summary, TextRule.Prose) is var summary && string.IsNullOrWhiteSpace(summary) ? "imported"
                    : Start(summary, TaskLimits.Summary),
                ["detailed_work"] = string.IsNullOrWhiteSpace(artifact.Text) ? "(empty)" : artifact.Text.Replace("\0", "", StringComparison.Ordinal),
                ["next_action"] = next,
                ["artifact_type"] = Vocabulary.ArtifactKinds[artifact.Kind],
            };
            if (artifact.Files.Count > 0)
            {
                arguments["file_paths"] = new JsonArray([.. artifact.Files.Take(TaskLimits.Files).Select(f => (JsonNode)f)]);
            }

            yield return new ImportStep(sequence++, "complete_task", arguments, artifact.Text.Length);
        }

        if (task is { Progress: > 0 and < 100, Phase: not TaskPhase.Completed })
        {
            yield return Step(task, 2_000_000, new JsonObject { ["progress"] = task.Progress });
        }

        var phase = task.Phase == TaskPhase.Archived ? TaskPhase.Pending : task.Phase;
        var reached = task.Artifacts.Count == 0 ? TaskPhase.Pending : phase is TaskPhase.Completed or TaskPhase.InProgress or TaskPhase.Blocked
            ? phase : TaskPhase.Pending;
        if (phase != reached || (task.Reason is not null && phase != TaskPhase.Pending))
        {
            var arguments = new JsonObject { ["status"] = Vocabulary.Phases[phase] };
            if (task.Reason is { } reason && Clean(reason, TextRule.Prose) is { Length: > 0 } clean)
            {
                arguments["note"] = Start(clean, Cut);
            }

            yield return Step(task, 2_000_001, arguments);
        }
        else if (task.Reason is { } said && Chunks(Clean(said, TextRule.Prose)).FirstOrDefault() is { } remark)
        {
            yield return Step(task, 2_000_001, new JsonObject { ["note"] = remark });
        }
    }

    private JsonArray Needs(ImportedTask task)
    {
        var needs = new JsonArray();
        foreach (var (on, kind) in task.Dependencies.DistinctBy(d => d.On, StringComparer.OrdinalIgnoreCase))
        {
            if (!_byId.TryGetValue(on, out var other))
            {
                _problems.Add($"{task.Id}: it depends on {on}, which is not in the source");
            }
            else if (on.Equals(task.Id, StringComparison.OrdinalIgnoreCase) || needs.Count >= TaskLimits.Dependencies)
            {
                _problems.Add($"{task.Id}: its dependency on {on} is left out");
            }
            else
            {
                needs.Add((JsonNode)new JsonObject { ["task_id"] = TaskOf(other.Id).Value, ["type"] = Vocabulary.DependencyKinds[kind] });
            }
        }

        return needs;
    }

    // Taken one by one, a parent that would close a loop is not taken.
    private Dictionary<string, string> Parents()
    {
        var parents = new Dictionary<string, string>(StringComparer.OrdinalIgnoreCase);
        foreach (var task in _byId.Values.Where(t => t.Parent is not null))
        {
            var at = _byId.TryGetValue(task.Parent!, out var named) ? named.Id : null;
            if (at is null)
            {
                _problems.Add($"{task.Id}: its parent {task.Parent} is not in the source; it becomes a task of its own");
                continue;
            }

            while (at is not null && !at.Equals(task.Id, StringComparison.OrdinalIgnoreCase))
            {
                at = parents.GetValueOrDefault(at);
            }

            if (at is not null)
            {
                _problems.Add($"{task.Id}: its parent {task.Parent} is below itself; it becomes a task of its own");
                continue;
            }

            parents.Add(task.Id, named!.Id);
        }

        return parents;
    }

    private int Depth(string id)
    {
        var depth = 0;
        for (var at = _parents.GetValueOrDefault(id); at is not null; at = _parents.GetValueOrDefault(at))
        {
            depth++;
        }

        return depth;
    }

    private ImportStep Step(ImportedTask task, long sequence, JsonObject arguments)
    {
        arguments["task_id"] = TaskOf(task.Id).Value;
        return new ImportStep(sequence, "update_task", arguments);
    }

    private string FrontOf(string id) =>
        Convert.ToHexStringLower(SHA256.HashData(Encoding.UTF8.GetBytes($"import\n{_source.Kind}\n{_source.Identity}\n{id}")))[..32];

    private TaskId TaskOf(string id) => DerivedId.Task(new CommandId(FrontOf(id), 1));

    private static IEnumerable<string> Chunks(string text)
    {
        for (var at = 0; at < text.Length;)
        {
            var part = Start(text[at..], Cut);
            at += part.Length;
            if (!string.IsNullOrWhiteSpace(part))
            {
                yield return part;
            }
        }
    }

    // No character of two halves is cut in two.
    private static string Start(string text, int length) =>
        text.Length <= length ? text : text[..(char.IsHighSurrogate(text[length - 1]) ? length - 1 : length)];

    private static string Role(string? name)
    {
        var role = string.Concat((name ?? "").ToLowerInvariant().Select(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' ? c : '-')).Trim('-');
        return role.Length == 0 ? "generic" : role.Length > TaskLimits.Name ? role[..TaskLimits.Name] : role;
    }

    // The tools refuse what could deceive a reader; an importer of old data drops it.
    private static string Clean(string text, TextRule rule)
    {
        text = rule == TextRule.OneLine ? text.ReplaceLineEndings(" ") : text;
        return rule.FirstForbidden(text) is null ? text : string.Concat(text.Where(c => rule.FirstForbidden(c.ToString()) is null));
    }
}
