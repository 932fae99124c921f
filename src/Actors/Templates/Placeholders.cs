using System.Text.RegularExpressions;

namespace Orchestrator.Actors.Templates;

/// <summary>Names in double braces within a text. Braces round anything else are ordinary characters.</summary>
public static partial class Placeholders
{
    /// <summary>The names that a text asks for.</summary>
    public static IEnumerable<string> In(string text) => Placeholder().Matches(text).Select(m => m.Groups[1].Value).Distinct();

    /// <summary>The text with every placeholder replaced; what a value brings along is not looked at again.</summary>
    /// <param name="text">The text.</param>
    /// <param name="valueOf">The value of a name; null leaves the placeholder as it stands.</param>
    public static string Replace(string text, Func<string, string?> valueOf) =>
        Placeholder().Replace(text, m => valueOf(m.Groups[1].Value) ?? m.Value);

    [GeneratedRegex(@"\{\{[ \t]*([A-Za-z_][A-Za-z0-9_]*)[ \t]*\}\}")]
    private static partial Regex Placeholder();
}
