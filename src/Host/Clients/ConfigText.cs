using Orchestrator.Front;

namespace Orchestrator.Host.Clients;

/// <summary>A configuration that cannot be understood, or not be changed without harm. It is left as it is.</summary>
internal sealed class ConfigRefusedException(string message, string nextStep) : Exception(message)
{
    /// <summary>What the user can do.</summary>
    public string NextStep { get; } = nextStep;
}

/// <summary>
/// Changes our entry within the text of a configuration and nothing else. A parser finds the place; the text around it keeps its comments, its
/// order and its blanks.
/// </summary>
internal abstract class ConfigText
{
    /// <summary>The name of our entry.</summary>
    public const string EntryName = "orchestrator";

    /// <summary>The editor of a format.</summary>
    public static ConfigText Of(KnownClient client) => client.Format switch
    {
        ConfigFormat.Toml => new TomlConfig(client),
        ConfigFormat.Yaml => new YamlConfig(client),
        _ => new JsonConfig(client),
    };

    /// <summary>What our entry starts; null when there is no entry.</summary>
    /// <exception cref="ConfigRefusedException">The text cannot be understood.</exception>
    public abstract BackendCommand? Read(string text);

    /// <summary>Our entry as it is written; null when there is none.</summary>
    public abstract string? Raw(string text);

    /// <summary>The text with our entry in it. Members of an entry that was there and that we have no opinion on are kept.</summary>
    public abstract string Set(string text, BackendCommand command);

    /// <summary>The text without our entry, or with the one that was there before.</summary>
    /// <param name="text">The text.</param>
    /// <param name="previous">What <see cref="Raw"/> gave before ours was set.</param>
    public abstract string Remove(string text, string? previous);

    /// <summary>The line ending that the text uses.</summary>
    protected static string NewLine(string text) => text.Contains("\r\n", StringComparison.Ordinal) ? "\r\n" : "\n";

    /// <summary>Where the line begins that holds this position.</summary>
    protected static int LineStart(string text, int at) => at == 0 ? 0 : text.LastIndexOf('\n', at - 1) + 1;

    /// <summary>The blanks that a line begins with.</summary>
    protected static string IndentAt(string text, int at)
    {
        var start = LineStart(text, at);
        var end = start;
        while (end < text.Length && text[end] is ' ' or '\t')
        {
            end++;
        }

        return text[start..end];
    }

    /// <summary>Two ways to start a program that are the same.</summary>
    protected static bool Same(BackendCommand? a, BackendCommand b) =>
        a is not null && a.Executable == b.Executable && a.Arguments.SequenceEqual(b.Arguments);
}
