using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>Our own export: one task a line, <c>orchestrator-task/1</c>.</summary>
internal static class ExportReader
{
    public static ImportSource Read(string path)
    {
        var tasks = new List<ImportedTask>();
        var problems = new List<string>();
        string? store = null;
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
                if (json.RootElement.Text("schema") != "orchestrator-task/1")
                {
                    problems.Add($"line {number}: not an orchestrator-task/1");
                    continue;
                }

                store ??= json.RootElement.Text("store");
                tasks.Add(Task(json.RootElement, problems));
            }
            catch (Exception e) when (e is JsonException or InvalidOperationException or KeyNotFoundException or FormatException)
            {
                problems.Add($"line {number}: {e.Message}");
            }
        }

        return new ImportSource("orchestrator", store ?? Path.GetFullPath(path), tasks, problems);
    }

    private static ImportedTask Task(JsonElement line, List<string> problems)
    {
        var task = line.GetProperty("task");
        var id = task.Text("task_id") ?? throw new FormatException("A task without a task_id.");
        var context = task.TryGetProperty("context", out var given) ? JsonNode.Parse(given.GetRawText())!.AsObject() : null;
        var notes = task.List("notes");
        var texts = notes.Select(n => n.Text("text") ?? "").ToList();
        var reason = task.Text("reason");
        if (reason is not null && texts.LastIndexOf(reason) is >= 0 and var same)
        {
            texts.RemoveAt(same);   // the reason of a status is its note, and becomes one again
        }

        var artifacts = new List<ImportedArtifact>();
        foreach (var artifact in task.List("artifacts"))
        {
            var name = artifact.GetProperty("artifact_id").GetString()!;
            if (Content(line, name) is { } text)
            {
                artifacts.Add(new ImportedArtifact(artifact.Text("summary") ?? name, text,
                    Word(artifact.Text("type"), Vocabulary.ArtifactKinds, ArtifactKind.General))
                {
                    Files = [.. artifact.List("files").Select(f => f.GetString()).OfType<string>()],
                });
            }
            else
            {
                problems.Add($"{id}: the content of {name} is not in the export (export with --artifacts)");
            }
        }

        return new ImportedTask(id, task.Text("title") ?? throw new FormatException("A task without a title."))
        {
            Description = task.Text("description") ?? "",
            Parent = task.Text("parent_task_id"),
            Dependencies = [.. task.List("dependencies").Select(d => (
                d.Text("task_id") ?? throw new FormatException("A dependency without a task_id."),
                Word(d.Text("type"), Vocabulary.DependencyKinds, DependencyKind.Completion)))],
            Phase = Word(task.Text("status"), Vocabulary.Phases, TaskPhase.Pending),
            Reason = reason,
            Priority = task.Number("priority") ?? 2,
            Kind = Word(task.Text("task_type"), Vocabulary.Kinds, TaskKind.Standard),
            Complexity = Word(task.Text("complexity"), Vocabulary.Complexities, TaskComplexity.Moderate),
            Specialist = task.Text("specialist_type"),
            Effort = task.Text("effort"),
            Due = task.Text("due_date"),
            Progress = line.Number("progress") ?? 0,
            Context = context,
            Notes = texts,
            Artifacts = artifacts,
            Origin = new JsonObject
            {
                ["created_at"] = task.Text("created_at"),
                ["created_by"] = task.Text("created_by"),
                ["updated_at"] = task.Text("updated_at"),
                ["session_id"] = task.Text("session_id"),
                ["claimed_by"] = task.Text("claimed_by"),
                ["notes"] = new JsonArray([.. notes.Select(n => (JsonNode)$"{n.Text("by")}, {n.Text("at")}")]),
                ["artifacts"] = new JsonArray(
                    [.. task.List("artifacts").Select(a => (JsonNode)$"{a.Text("artifact_id")} by {a.Text("by")}, {a.Text("at")}")]),
            },
        };
    }

    private static string? Content(JsonElement line, string artifact) =>
        line.TryGetProperty("contents", out var contents) && contents.ValueKind == JsonValueKind.Object
            && contents.TryGetProperty(artifact, out var text)
            ? text.GetString() : null;

    private static T Word<T>(string? word, Vocabulary<T> words, T otherwise)
        where T : struct, Enum => word is null ? otherwise : words.TryParse(word, out var value) ? value
            : throw new FormatException($"'{word}' is none of {words.All}.");
}
