namespace Orchestrator.Protocol;

/// <summary>
/// Which tools a client is told of. Every listed tool costs each of its conversations tokens; those that are not listed can be called all the same.
/// </summary>
public enum ToolProfile
{
    /// <summary>The nine that most work needs: at most 1,000 tokens. The default.</summary>
    Core,
    /// <summary>And those of daily care: at most 2,000 tokens.</summary>
    Standard,
    /// <summary>Everything: at most 4,000 tokens.</summary>
    Full,
}

/// <summary>
/// How a profile is chosen. It belongs to the front, whose client it is for, and not to the backend, which several clients share and which may
/// have been started by any of them: the front says it in its hello, to every backend that it ever meets.
/// </summary>
public static class ToolProfiles
{
    /// <summary>The environment variable, for clients whose configuration passes no arguments.</summary>
    public const string Variable = "ORCHESTRATOR_PROFILE";

    /// <summary>All of them.</summary>
    public static readonly IReadOnlyList<ToolProfile> All = [ToolProfile.Core, ToolProfile.Standard, ToolProfile.Full];

    /// <summary>The word for it.</summary>
    public static string Word(this ToolProfile profile) => profile switch
    {
        ToolProfile.Core => "core",
        ToolProfile.Standard => "standard",
        ToolProfile.Full => "full",
        _ => throw new ArgumentOutOfRangeException(nameof(profile), profile, "Unknown profile."),
    };

    /// <summary>The profile of a word; null when it is none.</summary>
    public static ToolProfile? Find(string? word) => word?.Trim().ToUpperInvariant() switch
    {
        "CORE" => ToolProfile.Core,
        "STANDARD" => ToolProfile.Standard,
        "FULL" => ToolProfile.Full,
        _ => null,
    };

    /// <summary>What was asked for: the option, else <see cref="Variable"/>, else <see cref="ToolProfile.Core"/>.</summary>
    /// <exception cref="FormatException">That is no profile.</exception>
    public static ToolProfile Resolve(string? option)
    {
        var word = option ?? Environment.GetEnvironmentVariable(Variable);
        return string.IsNullOrWhiteSpace(word) && option is null
            ? ToolProfile.Core
            : Find(word) ?? throw new FormatException($"'{word}' is no profile: use core, standard or full (--profile or {Variable}).");
    }
}
