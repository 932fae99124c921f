using System.Text.RegularExpressions;

namespace Orchestrator.Actors;

/// <summary>Regular expressions that users write: whatever they are, they come to an end.</summary>
public static class SafePattern
{
    /// <summary>How long one pattern may be tried on one value.</summary>
    public static readonly TimeSpan Timeout = TimeSpan.FromMilliseconds(200);

    /// <summary>Compiles a pattern: in linear time where it allows that, else with a time limit.</summary>
    /// <exception cref="ArgumentException">It is no regular expression.</exception>
    public static Regex Compile(string pattern, RegexOptions options = RegexOptions.None)
    {
        try
        {
            return new Regex(pattern, options | RegexOptions.CultureInvariant | RegexOptions.NonBacktracking, Timeout);
        }
        catch (NotSupportedException)
        {
            return new Regex(pattern, options | RegexOptions.CultureInvariant, Timeout);
        }
    }
}
