using System.Text.RegularExpressions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Templates;

/// <summary>A template that was read and found in order.</summary>
public sealed record Template(
    string Id, TemplateMetadata Metadata, IReadOnlyList<TemplateParameter> Parameters, IReadOnlyList<TemplateVariable> Variables,
    IReadOnlyList<TemplateTask> Tasks);

/// <summary>What a template says about itself.</summary>
public sealed record TemplateMetadata(
    TemplateText Name, string Version, TemplateText Description, string? Author, string? Category, IReadOnlyList<string> Tags,
    TaskComplexity Complexity, string? EstimatedDuration, string? Extends);

/// <summary>A text that may hold placeholders.</summary>
public sealed record TemplateText(string Value, TextPosition At);

/// <summary>A value that is computed from parameters and the variables before it.</summary>
public sealed record TemplateVariable(string Name, TemplateText Text);

/// <summary>What the user of a template passes.</summary>
/// <param name="Name">Its name.</param>
/// <param name="At">Where it is declared.</param>
/// <param name="Type">Type of its value.</param>
/// <param name="Description">What it is for.</param>
/// <param name="Required">Whether it must be passed: yes, unless there is a default or the template says no.</param>
/// <param name="Default">Taken when it is not passed.</param>
/// <param name="Pattern">What a text must match, anywhere unless it is anchored.</param>
/// <param name="Allowed">The only values; null for any.</param>
/// <param name="Length">Least and most characters of a text, or elements of a list.</param>
/// <param name="Range">Least and greatest number.</param>
public sealed record TemplateParameter(
    string Name, TextPosition At, TemplateParameterType Type, string Description, bool Required, Json5Value? Default, Regex? Pattern,
    IReadOnlyList<Json5Value>? Allowed, (int? Min, int? Max) Length, (double? Min, double? Max) Range);

/// <summary>Types of parameters; templates call them string, number, integer, boolean, array and object.</summary>
public enum TemplateParameterType
{
    /// <summary>A text.</summary>
    Text,
    /// <summary>Any number.</summary>
    Number,
    /// <summary>A whole number.</summary>
    Whole,
    /// <summary>True or false.</summary>
    Flag,
    /// <summary>A list.</summary>
    List,
    /// <summary>An object.</summary>
    Fields,
}

/// <summary>A task of a template.</summary>
public sealed record TemplateTask(
    string Id, TextPosition At, TemplateText Title, TemplateText Description, TaskKind Kind, TaskComplexity Complexity, string Specialist, int? Priority,
    TemplateText? Effort, IReadOnlyList<TemplateText> Dependencies, IReadOnlyList<TemplateText> Checklist, IReadOnlyList<TemplateTask> Children)
{
    /// <summary>The task itself and all below it, from the top.</summary>
    public IEnumerable<TemplateTask> All() => Children.SelectMany(c => c.All()).Prepend(this);
}

/// <summary>Something that is wrong, or odd, in a template or in what is passed to it.</summary>
/// <param name="IsError">Whether the template cannot be used so.</param>
/// <param name="At">Where.</param>
/// <param name="Message">What.</param>
/// <param name="Hint">What to do about it.</param>
public sealed record TemplateProblem(bool IsError, TextPosition At, string Message, string Hint);
