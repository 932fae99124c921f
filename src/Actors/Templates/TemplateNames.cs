using System.Text.RegularExpressions;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>What may be a name. An id becomes a file name, so nothing in it can lead anywhere else.</summary>
public static partial class TemplateNames
{
    /// <summary>Whether a text may be the id of a template.</summary>
    public static bool IsTemplateId(string text) => text.Length <= TemplateLimits.Id && TemplateId().IsMatch(text);

    /// <summary>Whether a text may be the id of a task within a template.</summary>
    public static bool IsTaskId(string text) => text.Length <= TemplateLimits.Id && TaskId().IsMatch(text);

    /// <summary>Whether a text may be the name of a parameter or variable.</summary>
    public static bool IsParameter(string text) => text.Length <= TemplateLimits.Id && Identifier().IsMatch(text);

    // \z, not $: that would allow a line end behind the name.
    [GeneratedRegex(@"\A[A-Za-z0-9][A-Za-z0-9_-]*\z")]
    private static partial Regex TemplateId();

    [GeneratedRegex(@"\A[A-Za-z0-9_][A-Za-z0-9_.-]*\z")]
    private static partial Regex TaskId();

    [GeneratedRegex(@"\A[A-Za-z_][A-Za-z0-9_]*\z")]
    private static partial Regex Identifier();
}
