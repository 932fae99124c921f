using System.Globalization;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Data.Sqlite;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>
/// The databases of the Python mcp-task-orchestrator: <c>tasks.sqlite</c> of version 2 (tasks, task_artifacts, task_dependencies), and
/// <c>task_orchestrator.db</c> of version 1 (task_breakdowns, subtasks).
/// </summary>
internal static class ReferenceReader
{
    private static readonly string[] Circumstances = ["session_id", "created_at", "updated_at", "completed_at", "status", "workspace_id"];

    public static ImportSource Read(string path)
    {
        using var connection = StoreLook.Open(path);
        var tables = StoreLook.Rows(connection, "SELECT name FROM sqlite_master WHERE type = 'table'").Select(r => (string)r[0]).ToHashSet();
        var tasks = new List<ImportedTask>();
        var problems = new List<string>();
        if (tables.Contains("tasks"))
        {
            tasks.AddRange(Second(connection, tables, problems));
        }

        if (tables.Contains("subtasks") && tables.Contains("task_breakdowns"))
        {
            tasks.AddRange(First(connection, problems));
        }

        return !tables.Contains("tasks") && !tables.Contains("task_breakdowns")
            ? throw new FormatException("It has neither the tables of version 2 (tasks) nor those of version 1 (task_breakdowns, subtasks).")
            : new ImportSource("reference", Path.GetFullPath(path), tasks, problems);
    }

    private static IEnumerable<ImportedTask> Second(SqliteConnection connection, HashSet<string> tables, List<string> problems)
    {
        var artifacts = (tables.Contains("task_artifacts") ? Read(connection, "task_artifacts") : []).ToLookup(a => Text(a, "task_id"));
        var edges = (tables.Contains("task_dependencies") ? Read(connection, "task_dependencies") : []).ToLookup(d => Text(d, "task_id"));
        foreach (var row in Read(connection, "tasks"))
        {
            if ((Text(row, "id") ?? Text(row, "task_id")) is not { } id)
            {
                problems.Add("a task without an id");
                continue;
            }

            var metadata = Unpack(Text(row, "metadata"), id, problems);
            yield return new ImportedTask(id, Text(row, "title") ?? id)
            {
                Description = Text(row, "description") ?? "",
                Parent = Text(row, "parent_task_id") is { } parent && parent != id ? parent : null,
                Dependencies =
                [
                    .. metadata.List("dependencies")
                        .Select(d => d.ValueKind == JsonValueKind.String ? d.GetString() : d.Text("task_id") ?? d.Text("prerequisite_task_id"))
                        .Concat(edges[id].Select(e => Text(e, "dependency_id"))).OfType<string>().Distinct()
                            .Select(d => (d, DependencyKind.Completion)),
                ],
                Phase = Phase(Text(row, "status")),
                Kind = Word(Text(row, "type") ?? Text(row, "task_type"), Vocabulary.Kinds, TaskKind.Standard),
                Complexity = Word(metadata.Text("complexity") ?? Text(row, "complexity"), Vocabulary.Complexities, TaskComplexity.Moderate),
                Specialist = metadata.Text("specialist_type") ?? Text(row, "specialist_type"),
                Effort = metadata.Text("estimated_effort") ?? Text(row, "estimated_effort"),
                Due = metadata.Text("due_date"),
                Context = metadata.ValueKind == JsonValueKind.Object && metadata.TryGetProperty("context", out var context)
                    && context.ValueKind == JsonValueKind.Object
                    ? JsonNode.Parse(context.GetRawText())!.AsObject() : null,
                Artifacts = [.. artifacts[id].Select(a => Artifact(a)).OfType<ImportedArtifact>()],
                Origin = Times(row),
            };
        }
    }

    private static IEnumerable<ImportedTask> First(SqliteConnection connection, List<string> problems)
    {
        foreach (var row in Read(connection, "task_breakdowns"))
        {
            if (Text(row, "parent_task_id") is { } id)
            {
                var description = Text(row, "description") ?? "";
                yield return new ImportedTask(id, description.Split('\n')[0] is { Length: > 0 } line ? line : id)
                {
                    Description = JsonFields.Sections(description, ("Context", Text(row, "context"))),
                    Kind = TaskKind.Breakdown,
                    Complexity = Word(Text(row, "complexity"), Vocabulary.Complexities, TaskComplexity.Moderate),
                    Origin = Times(row),
                };
            }
        }

        foreach (var row in Read(connection, "subtasks"))
        {
            if (Text(row, "task_id") is not { } id)
            {
                problems.Add("a subtask without an id");
                continue;
            }

            var results = Text(row, "results");
            yield return new ImportedTask(id, Text(row, "title") ?? id)
            {
                Description = Text(row, "description") ?? "",
                Parent = Text(row, "parent_task_id"),
                Dependencies = [.. Items(Text(row, "dependencies"), id, problems).Select(d => (d, DependencyKind.Completion))],
                Phase = Phase(Text(row, "status")),
                Specialist = Text(row, "specialist_type"),
                Effort = Text(row, "estimated_effort"),
                Artifacts = results is null ? [] : [new ImportedArtifact(results.Length > 200 ? results[..200] : results, results)],
                Notes = [.. Items(Text(row, "artifacts"), id, problems).Select(a => $"artifact: {a}")],
                Origin = Times(row),
            };
        }
    }

    private static TaskPhase Phase(string? status) => status?.ToLowerInvariant() switch
    {
        "active" or "in_progress" => TaskPhase.InProgress,
        "blocked" or "needs_revision" => TaskPhase.Blocked,
        "completed" => TaskPhase.Completed,
        "failed" => TaskPhase.Failed,
        "cancelled" => TaskPhase.Cancelled,
        "archived" => TaskPhase.Archived,
        _ => TaskPhase.Pending,
    };

    private static ImportedArtifact? Artifact(Dictionary<string, object> row) => Text(row, "content") is { } content
        ? new ImportedArtifact(Text(row, "name") ?? "imported", content, Word(Text(row, "type"), Vocabulary.ArtifactKinds, ArtifactKind.General))
            : null;

    private static JsonObject Times(Dictionary<string, object> row) =>
        new(Circumstances
        .Where(row.ContainsKey).Select(n => KeyValuePair.Create(n, (JsonNode?)Text(row, n))).Where(p => p.Value is not null));

    // It is JSON within JSON: a string that holds the object.
    private static JsonElement Unpack(string? metadata, string id, List<string> problems)
    {
        for (var depth = 0; metadata is { Length: > 0 } && depth < 3; depth++)
        {
            try
            {
                using var json = JsonDocument.Parse(metadata);
                if (json.RootElement.ValueKind != JsonValueKind.String)
                {
                    return json.RootElement.Clone();
                }

                metadata = json.RootElement.GetString();
            }
            catch (JsonException e)
            {
                problems.Add($"{id}: its metadata cannot be read: {e.Message}");
                return default;
            }
        }

        return default;
    }

    private static List<string> Items(string? json, string id, List<string> problems) =>
        Unpack(json, id, problems) is { ValueKind: JsonValueKind.Array } list
            ? [.. list.EnumerateArray().Select(i => i.ValueKind == JsonValueKind.String ? i.GetString()! : i.GetRawText())] : [];

    private static T Word<T>(string? word, Vocabulary<T> words, T otherwise)
        where T : struct, Enum => word is not null && words.TryParse(word, out var value) ? value : otherwise;

    private static IEnumerable<Dictionary<string, object>> Read(SqliteConnection connection, string table)
    {
        using var command = connection.CreateCommand();
#pragma warning disable CA2100 // constants of this file
        command.CommandText = $"SELECT * FROM {table} ORDER BY rowid";
#pragma warning restore CA2100
        using var reader = command.ExecuteReader();
        while (reader.Read())
        {
            var row = new Dictionary<string, object>();
            for (var i = 0; i < reader.FieldCount; i++)
            {
                row[reader.GetName(i)] = reader.GetValue(i);
            }

            yield return row;
        }
    }

    private static string? Text(Dictionary<string, object> row, string name) =>
        row.TryGetValue(name, out var value) && value is not DBNull
            && (value is byte[] bytes ? Encoding.UTF8.GetString(bytes) : Convert.ToString(value, CultureInfo.InvariantCulture)) is { Length: > 0 } text
            ? text : null;
}
