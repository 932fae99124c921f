using System.Text.Json.Nodes;
using Orchestrator.Protocol.Tasks;
using YamlDotNet.Core;
using YamlDotNet.RepresentationModel;

namespace Orchestrator.Host.Import;

/// <summary>The folder of Backlog.md: one Markdown file a task, with YAML at its head.</summary>
internal static class BacklogReader
{
    private static readonly string[] Folders = ["tasks", "completed", "archive/tasks", "drafts"];

    public static ImportSource Read(string path)
    {
        var root = Directory.Exists(Path.Join(path, "backlog")) ? Path.Join(path, "backlog") : path;
        var tasks = new Dictionary<string, ImportedTask>(StringComparer.OrdinalIgnoreCase);
        var problems = new List<string>();
        foreach (var folder in Folders.Select(f => Path.Join(root, f)).Where(Directory.Exists))
        {
            foreach (var file in Directory.EnumerateFiles(folder, "*.md").Order(StringComparer.Ordinal))
            {
                try
                {
                    var task = Task(SourceText.Read(file, problems), Path.GetRelativePath(root, folder), problems);
                    if (!tasks.TryAdd(task.Id, task))
                    {
                        problems.Add($"{Path.GetRelativePath(root, file)}: {task.Id} is there twice");
                    }
                }
                catch (Exception e) when (e is YamlException or FormatException)
                {
                    problems.Add($"{Path.GetRelativePath(root, file)}: {e.Message}");
                }
            }
        }

        return tasks.Count + problems.Count == 0
            ? throw new FormatException("There is no tasks folder in it.")
            : new ImportSource("backlog", Path.GetFullPath(root), [.. tasks.Values], problems);
    }

    private static ImportedTask Task(string text, string folder, List<string> problems)
    {
        var lines = text.ReplaceLineEndings("\n");
        var end = lines.StartsWith("---\n", StringComparison.Ordinal) ? lines.IndexOf("\n---", 3, StringComparison.Ordinal) : -1;
        if (end < 0)
        {
            throw new FormatException("It does not begin with '---' and YAML.");
        }

        var stream = new YamlStream();
        stream.Load(new StringReader(lines[4..end]));
        var head = stream.Documents is [{ RootNode: YamlMappingNode map }] ? map : throw new FormatException("Its head is no list of 'key: value'.");
        var id = Text(head, "id") ?? throw new FormatException("It has no id.");
        var origin = new JsonObject { ["folder"] = folder };
        foreach (var (key, value) in head.Children)
        {
            if (key is YamlScalarNode { Value: { } name } && name is not ("id" or "title" or "dependencies" or "parent_task_id" or "priority"))
            {
                if (value is YamlMappingNode)
                {
                    problems.Add($"{id}: its {name} is left out: it is neither a text nor a list");
                    continue;
                }

                origin[name] = value is YamlSequenceNode list ? new JsonArray([.. list.OfType<YamlScalarNode>().Select(i => (JsonNode?)i.Value)])
                    : (value as YamlScalarNode)?.Value;
            }
        }

        var status = Text(head, "status")?.ToLowerInvariant() ?? "";
        return new ImportedTask(id, Text(head, "title") ?? id)
        {
            Description = lines[(lines.IndexOf('\n', end + 1) is >= 0 and var body ? body : lines.Length)..].Trim(),
            Parent = Text(head, "parent_task_id") is { Length: > 0 } parent ? parent : null,
            Dependencies = [.. Items(Child(head, "dependencies")).Select(d => (d, DependencyKind.Completion))],
            Phase = folder == "archive/tasks" ? TaskPhase.Archived
                : folder == "completed" || status is "done" or "completed" or "closed" ? TaskPhase.Completed
                : status is "in progress" or "doing" or "review" ? TaskPhase.InProgress
                : status is "blocked" ? TaskPhase.Blocked : TaskPhase.Pending,
            Priority = Priorities.Of(Text(head, "priority")),
            Origin = origin,
        };
    }

    // A list, or several in one line.
    private static IEnumerable<string> Items(YamlNode? node) => (node switch
    {
        YamlSequenceNode list => list.OfType<YamlScalarNode>().Select(i => i.Value ?? ""),
        YamlScalarNode { Value: { } line } => line.Split(',', StringSplitOptions.TrimEntries),
        _ => [],
    }).Where(i => i.Length > 0);

    private static YamlNode? Child(YamlMappingNode map, string name) =>
        map.Children.FirstOrDefault(c => c.Key is YamlScalarNode { Value: { } key } && key == name).Value;

    private static string? Text(YamlMappingNode map, string name) => (Child(map, name) as YamlScalarNode)?.Value;
}
