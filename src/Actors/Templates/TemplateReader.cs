using System.Text.RegularExpressions;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>From a document to a template. Pure; everything that is wrong is reported with its position, and prose is never judged by its words.</summary>
public static class TemplateReader
{
    /// <summary>The template of a document whose ancestors are merged in already, or null when there are errors.</summary>
    public static Template? Read(string id, Json5Object document, TemplateProblems problems)
    {
        var fields = new TemplateFields(document, id, problems);
        var metadata = Metadata(fields);
        var parameters = Parameters(fields);
        var variables = Variables(fields);
        var tasks = fields.Objects("tasks").Select(t => Task(t.Member, t.Value, problems, 1)).ToList();
        tasks.AddRange(Milestones(fields));
        _ = fields.Find("outputs");   // for readers of the template
        fields.WarnOfUnread();
        if (tasks.Count == 0)
        {
            problems.Error(document.At, $"{id}: tasks is missing or empty.", "Add tasks: { some_id: { title: \"...\" } }.");
        }

        TemplateChecks.Tasks(tasks, problems);
        TemplateChecks.Names(parameters, variables, problems);
        TemplateChecks.Placeholders(metadata, parameters, variables, tasks, problems);
        return problems.HasErrors ? null : new Template(id, metadata, parameters, variables, tasks);
    }

    private static TemplateMetadata Metadata(TemplateFields document)
    {
        if (document.Find("metadata")?.Value is not Json5Object source)
        {
            document.Problems.Error(
                document.At, "metadata is missing, or no object.", "Add metadata: { name: \"...\", version: \"1.0.0\", description: \"...\" }.");
            source = new Json5Object(document.At, []);
            return new TemplateMetadata(new("", source.At), "", new("", source.At), null, null, [], TaskComplexity.Moderate, null, null);
        }

        var fields = new TemplateFields(source, "metadata", document.Problems);
        _ = fields.Find("requires");
        var metadata = new TemplateMetadata(
            fields.RequiredText("name", TaskLimits.Title), fields.RequiredText("version", TaskLimits.Name).Value,
            fields.RequiredText("description", 10_000), fields.Text("author", 255)?.Value, fields.Text("category", TaskLimits.Name)?.Value,
            [.. fields.Texts("tags", 50, TaskLimits.Name).Select(t => t.Value)], fields.Word<TaskComplexity>("complexity") ?? TaskComplexity.Moderate,
            fields.Text("estimated_duration", TaskLimits.Name)?.Value, fields.Text("extends", TemplateLimits.Id)?.Value);
        fields.WarnOfUnread();
        return metadata;
    }

    private static List<TemplateParameter> Parameters(TemplateFields document) =>
        [.. document.Objects("parameters").Select(p => Parameter(p.Member, p.Value, document.Problems))];

    private static TemplateParameter Parameter(Json5Member member, Json5Object source, TemplateProblems problems)
    {
        var fields = new TemplateFields(source, $"parameter {member.Name}", problems);
        var fallback = fields.Find("default")?.Value;
        var parameter = new TemplateParameter(
            member.Name, member.At, fields.Word("type", TemplateValues.TypeNames) ?? TemplateParameterType.Text,
            fields.Text("description", 2_000)?.Value ?? "", fields.Flag("required") ?? fallback is null, fallback, Pattern(fields),
            Allowed(fields, "enum") ?? Allowed(fields, "allowed_values"),
            ((int?)fields.Number("min_length"), (int?)fields.Number("max_length")),
            (fields.Number("min", "min_value"), fields.Number("max", "max_value")));
        fields.WarnOfUnread();
        if (fallback is not null)
        {
            TemplateValues.Check(parameter, fallback, problems);
        }

        return parameter;
    }

    private static Regex? Pattern(TemplateFields fields)
    {
        if (fields.Text("pattern", TemplateLimits.Pattern) is not { } pattern)
        {
            return null;
        }

        try
        {
            return SafePattern.Compile(pattern.Value);
        }
        catch (ArgumentException e)
        {
            fields.Problems.Error(pattern.At, $"The pattern is no regular expression: {e.Message}", "Correct it; in JSON5 a backslash is written twice.");
            return null;
        }
    }

    private static IReadOnlyList<Json5Value>? Allowed(TemplateFields fields, string name)
    {
        switch (fields.Find(name))
        {
            case null:
                return null;
            case { Value: Json5List { Elements.Count: > 0 } list }:
                return list.Elements;
            case { } other:
                fields.Problems.Error(other.Value.At, $"{name} must be a list of at least one value.", "Write it as [\"...\", \"...\"].");
                return null;
        }
    }

    private static List<TemplateVariable> Variables(TemplateFields document)
    {
        switch (document.Find("variables"))
        {
            case null:
                return [];
            case { Value: Json5Object o }:
                return [.. o.Members.Select(m => new TemplateVariable(m.Name, new TemplateText(m.Value.ToText(), m.Value.At)))];
            case { } other:
                document.Problems.Error(other.Value.At, $"variables must be an object, not {other.Value.Kind}.", "Write variables: { name: \"...\" }.");
                return [];
        }
    }

    private static TemplateTask Task(Json5Member member, Json5Object source, TemplateProblems problems, int depth)
    {
        var fields = new TemplateFields(source, $"task {member.Name}", problems);
        if (!TemplateNames.IsTaskId(member.Name))
        {
            problems.Error(member.At, $"'{Cut(member.Name)}' cannot be the id of a task.", "Use letters, digits, _, - and dots.");
        }

        var title = fields.RequiredText("title", TaskLimits.Title);
        var priority = fields.Number("priority");
        if (priority is { } p && (p is < 0 or > 4 || p != Math.Floor(p)))
        {
            problems.Error(source.At, $"task {member.Name}: priority must be a whole number from 0 (most urgent) to 4.", "Correct it.");
        }

        var task = new TemplateTask(
            member.Name, member.At, title, fields.Text("description", TaskLimits.Description) ?? title, Kind(fields),
            fields.Word<TaskComplexity>("complexity") ?? TaskComplexity.Moderate, Specialist(fields), (int?)priority,
            fields.Text("estimated_effort", TaskLimits.Name) ?? fields.Text("effort", TaskLimits.Name),
            [.. fields.Texts("dependencies", TaskLimits.Dependencies, TemplateLimits.Id), .. fields.Texts("depends_on", TaskLimits.Dependencies, TemplateLimits.Id)],
            fields.Texts("checklist", 100, 1_000),
            [.. fields.Objects("subtasks").Concat(fields.Objects("children")).Select(c => Task(c.Member, c.Value, problems, depth + 1))]);
        fields.WarnOfUnread();
        return task;
    }

    /// <summary>A milestone is a task that is reached when others are done.</summary>
    private static IEnumerable<TemplateTask> Milestones(TemplateFields document)
    {
        foreach (var (member, source) in document.Objects("milestones"))
        {
            var fields = new TemplateFields(source, $"milestone {member.Name}", document.Problems);
            var title = fields.Text("title", TaskLimits.Title) ?? fields.RequiredText("name", TaskLimits.Title);
            yield return new TemplateTask(
                member.Name, member.At, title, fields.Text("description", TaskLimits.Description) ?? title, TaskKind.Milestone, TaskComplexity.Trivial,
                "coordinator", null, null,
                [.. fields.Texts("dependencies", TaskLimits.Dependencies, TemplateLimits.Id), .. fields.Texts("tasks", TaskLimits.Dependencies, TemplateLimits.Id)],
                [], []);
            fields.WarnOfUnread();
        }
    }

    private static TaskKind Kind(TemplateFields fields)
    {
        // The reference's templates know two more words than its tasks.
        const string Word = "task_type";
        ReadOnlySpan<(string, TaskKind)> more = [("design", TaskKind.Custom), ("planning", TaskKind.Breakdown)];
        return fields.Word("type", more) ?? fields.Word(Word, more) ?? TaskKind.Standard;
    }

    private static string Specialist(TemplateFields fields)
    {
        if (fields.Text("specialist_type", TaskLimits.Name) is not { } name)
        {
            return "generic";
        }

        if (name.Value.Length == 0 || !name.Value.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
        {
            fields.Problems.Error(name.At, "specialist_type must be a name of letters, digits, _ and -.", "Use for example coder, tester or reviewer.");
        }

        return name.Value.ToLowerInvariant();
    }

    private static string Cut(string text) => text.Length <= 40 ? text : $"{text[..40]}...";
}
