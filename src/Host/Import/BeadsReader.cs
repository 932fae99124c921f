using System.Text.Json;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary><c>issues.jsonl</c> of beads: one issue a line.</summary>
internal static class BeadsReader
{
    public static ImportSource Read(string path)
    {
        var tasks = new Dictionary<string, ImportedTask>();
        var problems = new List<string>();
        var number = 0;
        foreach (var line in SourceText.Lines(path, problems))
        {
            number++;
            if (string.IsNullOrWhiteSpace(line))
            {
                continue;
            }

            try
            {
                using var json = JsonDocument.Parse(line);
                if (json.RootElement.Text("id") is not { } id)
                {
                    problems.Add($"line {number}: an issue without an id");
                }
                else if (json.RootElement.Text("status") == "tombstone")
                {
                    problems.Add($"line {number}: {id} was deleted there");
                }
                else
                {
                    if (!tasks.TryAdd(id, Task(json.RootElement, id, problems)))
                    {
                        tasks[id] = Task(json.RootElement, id, []);
                        problems.Add($"line {number}: {id} is there twice; the last one is taken");
                    }
                }
            }
            catch (JsonException e)
            {
                problems.Add($"line {number}: {e.Message}");
            }
        }

        return new ImportSource("beads", Path.GetFullPath(path), [.. tasks.Values], problems);
    }

    private static ImportedTask Task(JsonElement issue, string id, List<string> problems)
    {
        var edges = issue.List("dependencies", id, problems).Select(d => (On: d.Text("depends_on_id"), Type: d.Text("type") ?? "blocks"))
            .Where(d => d.On is not null && d.On != id).ToList();
        var origin = issue.Except(
            ["id", "title", "description", "design", "acceptance_criteria", "notes", "priority", "close_reason"], "dependencies", "comments");
        return new ImportedTask(id, issue.Text("title") ?? id)
        {
            Description = JsonFields.Sections(issue.Text("description"), ("Design", issue.Text("design")),
                ("Acceptance criteria", issue.Text("acceptance_criteria"))),
            Parent = edges.Find(e => e.Type == "parent-child").On,
            Dependencies =
            [
                .. edges.Where(e => e.Type != "parent-child")
                    .Select(e => (e.On!, e.Type is "blocks" or "conditional-blocks" or "waits-for" ? DependencyKind.Completion
                        : DependencyKind.Related)),
            ],
            Phase = issue.Text("status") switch
            {
                "closed" => TaskPhase.Completed,
                "in_progress" or "hooked" => TaskPhase.InProgress,
                "blocked" or "deferred" => TaskPhase.Blocked,
                _ => TaskPhase.Pending,
            },
            Reason = issue.Text("close_reason"),
            Priority = Math.Clamp(issue.Number("priority") ?? 2, 0, 4),
            Kind = issue.Text("issue_type") == "epic" ? TaskKind.Breakdown : TaskKind.Standard,
            Notes = [.. new[] { issue.Text("notes") }.OfType<string>()
                .Concat(issue.List("comments", id, problems).Select(c => $"{c.Text("author")}, {c.Text("created_at")}: {c.Text("text")}"))],
            Origin = origin,
        };
    }
}
