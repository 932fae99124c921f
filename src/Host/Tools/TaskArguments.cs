using System.Globalization;
using System.Text.Json;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Arguments that several tools share.</summary>
internal static class TaskArguments
{
    /// <summary>A role's name.</summary>
    public static string? Specialist(ToolArguments arguments)
    {
        var name = arguments.Text("specialist_type", TaskLimits.Name, TextRule.OneLine);
        return name is null || (name.Length > 0 && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-'))
            ? name?.ToLowerInvariant()
            : throw arguments.Invalid("specialist_type", "must be a name of letters, digits, _ and -", "Use for example coder, tester or reviewer.");
    }

    /// <summary>The effort, under the reference's name as well.</summary>
    public static string? Effort(ToolArguments arguments)
    {
        var effort = arguments.Text("effort", TaskLimits.Name, TextRule.OneLine);
        return arguments.Text("estimated_effort", TaskLimits.Name, TextRule.OneLine) ?? effort;
    }

    /// <summary>Dependencies on tasks that exist; null when none are named.</summary>
    public static IReadOnlyList<Dependency>? Dependencies(ToolArguments arguments) => arguments.Has("dependencies")
        ? [.. arguments.Dependencies("dependencies").Select(d => new Dependency(ToolArguments.ToTask(d.On), d.Kind)).DistinctBy(d => d.On)]
        : null;

    /// <summary>Attributes to set or, with null, to remove; their kind is that of the JSON value, or told with it: {"type":"date","value":"..."}.</summary>
    public static IReadOnlyList<AttributeChange>? Attributes(ToolArguments arguments)
    {
        if (arguments.Nested("attributes") is not { } nested)
        {
            return null;
        }

        return [.. nested.Names.Order(StringComparer.Ordinal).Select(name => new AttributeChange(AttributeName(nested, name), Attribute(nested, name)))];
    }

    /// <summary>Attributes to look for: name and value in its stored form.</summary>
    public static IReadOnlyList<KeyValuePair<string, string>> AttributeFilter(ToolArguments arguments) =>
        [.. Attributes(arguments)?.Where(a => a.Attribute is not null).Select(a => KeyValuePair.Create(a.Name, a.Attribute!.Value)) ?? []];

    /// <summary>All quality gates of a task.</summary>
    public static IReadOnlyList<QualityGate>? Gates(ToolArguments arguments) =>
        arguments.Has("quality_gates") ? [.. arguments.NestedList("quality_gates", TaskLimits.Gates).Select(Gate)] : null;

    /// <summary>Dependencies that need not be met: task_id and reason.</summary>
    public static IReadOnlyList<DependencyWaiver>? Waivers(ToolArguments arguments) => arguments.Has("waive")
        ? [.. arguments.NestedList("waive", TaskLimits.Dependencies).Select(w =>
        {
            var waiver = new DependencyWaiver(w.RequiredTask("task_id"), w.RequiredText("reason", TaskLimits.Note, TextRule.Prose));
            w.RefuseUnread();
            return waiver;
        })]
        : null;

    private static QualityGate Gate(ToolArguments gate)
    {
        var before = gate.Word("before", Vocabulary.Phases) ?? TaskPhase.Completed;
        var requires = gate.Word("requires", Vocabulary.GateRequirements)
            ?? throw gate.Invalid("requires", "is missing", $"Use one of {Vocabulary.GateRequirements.All}.");
        var name = requires == GateRequirement.Artifact
            ? gate.Word("name", Vocabulary.ArtifactKinds) is { } kind ? Vocabulary.ArtifactKinds[kind] : null
            : gate.Text("name", TaskLimits.Name, TextRule.OneLine);
        gate.RefuseUnread();
        if (before is not (TaskPhase.InProgress or TaskPhase.Completed))
        {
            throw gate.Invalid("before", "guards only in_progress and completed", "Use one of these.");
        }

        return requires != GateRequirement.Attribute || name is not null
            ? new QualityGate(before, requires, name)
            : throw gate.Invalid("name", "is missing", "Name the attribute that must be set.");
    }

    private static string AttributeName(ToolArguments nested, string name) =>
        name.Length is > 0 and <= TaskLimits.Name && name.All(c => char.IsAsciiLetterOrDigit(c) || c is '_' or '-' or '.')
            ? name
            : throw nested.Invalid(Pages.Cut(name, 40), "is no name of an attribute", $"Use at most {TaskLimits.Name} letters, digits, _, - and dots.");

    private static AttributeValue? Attribute(ToolArguments nested, string name)
    {
        nested.Has(name);
        return nested.Raw(name) switch
        {
            null => null,
            { ValueKind: JsonValueKind.True } => new AttributeValue(AttributeKind.Boolean, "true"),
            { ValueKind: JsonValueKind.False } => new AttributeValue(AttributeKind.Boolean, "false"),
            { ValueKind: JsonValueKind.Number } number => new AttributeValue(AttributeKind.Number, Limited(nested, name, number.GetRawText())),
            { ValueKind: JsonValueKind.String } => new AttributeValue(AttributeKind.Text, nested.Text(name, TaskLimits.AttributeText, TextRule.Prose)!),
            { ValueKind: JsonValueKind.Object } value when value.TryGetProperty("type", out _) && value.TryGetProperty("value", out _) =>
                Typed(nested.Nested(name)!),
            { } json => new AttributeValue(AttributeKind.Json, Limited(nested, name, json.GetRawText())),
        };
    }

    private static AttributeValue Typed(ToolArguments typed)
    {
        var kind = typed.Word("type", Vocabulary.AttributeKinds)!.Value;
        var value = kind switch
        {
            AttributeKind.Text => typed.RequiredText("value", TaskLimits.AttributeText, TextRule.Prose),
            AttributeKind.Date => typed.Time("value")!.Value.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss.FFFFFFF'Z'", CultureInfo.InvariantCulture),
            AttributeKind.Reference => typed.RequiredTask("value").Value,
            AttributeKind.Boolean => typed.Flag("value")! is true ? "true" : "false",
            AttributeKind.Number => typed.Raw("value") is { ValueKind: JsonValueKind.Number } number
                ? Limited(typed, "value", number.GetRawText())
                : throw typed.Invalid("value", "must be a number", "Correct it."),
            _ => Limited(typed, "value", typed.Raw("value")!.Value.GetRawText()),
        };
        typed.RefuseUnread();
        return new AttributeValue(kind, value);
    }

    private static string Limited(ToolArguments arguments, string name, string text) => text.Length <= TaskLimits.AttributeText
        ? text
        : throw arguments.Invalid(name, $"has {text.Length} characters; at most {TaskLimits.AttributeText} are allowed", "Shorten it.");
}
