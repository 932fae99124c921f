using System.Text;
using System.Text.Json;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Templates;

/// <summary>A template filled in: a root task and all that is planned below it, ready to be planned as one.</summary>
/// <param name="Root">The root's definition; its context names the template and the ids of its tasks.</param>
/// <param name="Subtasks">What is planned below it.</param>
public sealed record TemplatePlan(TaskDefinition Root, IReadOnlyList<PlannedTask> Subtasks)
{
    /// <summary>
    /// Fills a template in. Pure: the same command gives the same ids. What is wrong goes to <paramref name="problems"/>, and then there is no plan.
    /// </summary>
    public static TemplatePlan? Of(CommandId command, Template template, Json5Object passed, TemplateProblems problems)
    {
        var values = TemplateValues.Resolve(template, passed, problems);
        var planning = new Planning(command, values, problems);
        var root = new TaskDefinition(
            planning.Title(template.Metadata.Name), planning.Text(template.Metadata.Description, TaskLimits.Description), TaskKind.Breakdown,
            template.Metadata.Complexity, "coordinator", 2, planning.Effort(template.Metadata.EstimatedDuration), null, Context(template, passed), []);
        var subtasks = template.Tasks.Select(planning.Plan).ToList();
        if (root.Context!.Length > TaskLimits.Context)
        {
            problems.Error(passed.At, "The parameters are too large to be kept with the task.", "Pass less, and put long texts into files or artifacts.");
        }

        return problems.HasErrors ? null : new TemplatePlan(root, subtasks);
    }

    /// <summary>What the root's context says of its template: the ids of the template's tasks, from the top; null for a task that has no template.</summary>
    public static IReadOnlyList<string>? ReferencesOf(string? context)
    {
        if (context is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(context);
        return document.RootElement.TryGetProperty("template", out var template) && template.ValueKind == JsonValueKind.Object
            && template.TryGetProperty("tasks", out var tasks) && tasks.ValueKind == JsonValueKind.Array
            ? [.. tasks.EnumerateArray().Select(t => t.GetString() ?? "")]
            : null;
    }

    private static string Context(Template template, Json5Object passed)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            writer.WriteStartObject();
            writer.WriteStartObject("template");
            writer.WriteString("id", template.Id);
            writer.WriteString("version", template.Metadata.Version);
            writer.WriteStartArray("tasks");
            foreach (var task in template.Tasks.SelectMany(t => t.All()))
            {
                writer.WriteStringValue(task.Id);
            }

            writer.WriteEndArray();
            writer.WritePropertyName("parameters");
            passed.Write(writer);
            writer.WriteEndObject();
            writer.WriteEndObject();
        }

        return Encoding.UTF8.GetString(buffer.ToArray());
    }

    private sealed class Planning(CommandId command, IReadOnlyDictionary<string, string> values, TemplateProblems problems)
    {
        public PlannedTask Plan(TemplateTask task) => new(
            DerivedId.Task(command, task.Id),
            new TaskDefinition(
                Title(task.Title), Description(task), task.Kind, task.Complexity, task.Specialist, task.Priority ?? 2, Effort(task.Effort?.Value), null, null,
                [.. task.Dependencies.Select(d => d.Value).Distinct().Select(d => new Dependency(DerivedId.Task(command, d)))]),
            task.Children.Count == 0 ? null : [.. task.Children.Select(Plan)]);

        /// <summary>One line, whatever a parameter brings along.</summary>
        public string Title(TemplateText text)
        {
            var line = string.Join(' ', Fill(text.Value).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
            if (line.Length is 0 or > TaskLimits.Title)
            {
                problems.Error(
                    text.At, $"Filled in, the title has {line.Length} characters; allowed are 1 to {TaskLimits.Title}.", "Pass other parameters, or change the title.");
            }

            return line;
        }

        public string Text(TemplateText text, int longest)
        {
            var filled = Fill(text.Value);
            if (filled.Length > longest)
            {
                problems.Error(text.At, $"Filled in, the text has {filled.Length} characters; at most {longest} are allowed.", "Pass shorter parameters.");
            }

            return filled;
        }

        public string? Effort(string? text) => text is null ? null : Fill(text) is { Length: > 0 and <= TaskLimits.Name } effort ? effort : null;

        private string Description(TemplateTask task)
        {
            var checklist = string.Concat(task.Checklist.Select(c => $"\n- [ ] {Fill(c.Value)}"));
            var text = task.Description with
            {
                Value = Fill(task.Description.Value) + (checklist.Length == 0 ? "" : $"\n\nChecklist:{checklist}"),
            };
            if (text.Value.Length > TaskLimits.Description)
            {
                problems.Error(
                    text.At, $"Filled in, the description has {text.Value.Length} characters; at most {TaskLimits.Description} are allowed.",
                    "Pass shorter parameters.");
            }

            return text.Value;
        }

        private string Fill(string text) => Placeholders.Replace(text, values.GetValueOrDefault);
    }
}
