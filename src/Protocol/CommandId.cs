using System.Globalization;

namespace Orchestrator.Protocol;

/// <summary>
/// The identity of one client request, minted by the front that received it: the front's random instance id and its own
/// sequence number. JSON-RPC ids may be reused, so they cannot serve. A repeated command carries the same id and takes effect once.
/// </summary>
/// <param name="Client">The front's instance id (32 lower-case hex digits), or the name of an internal sender such as <c>lease</c>.</param>
/// <param name="Sequence">Number of the request within <paramref name="Client"/>; 1 and up, rising.</param>
/// <param name="Part">Tells apart the commands that one request gives rise to; empty for the main one.</param>
public readonly record struct CommandId(string Client, long Sequence, string Part = "")
{
    /// <summary>A command that the same request gives rise to, such as the creation of one subtask.</summary>
    public CommandId Derive(string part) => this with { Part = Part.Length == 0 ? part : $"{Part}/{part}" };

    /// <summary>The stored form: <c>client:sequence</c> or <c>client:sequence/part</c>.</summary>
    public override string ToString() =>
        Part.Length == 0
            ? string.Create(CultureInfo.InvariantCulture, $"{Client}:{Sequence}")
            : string.Create(CultureInfo.InvariantCulture, $"{Client}:{Sequence}/{Part}");

    /// <summary>Reads the stored form.</summary>
    /// <exception cref="FormatException">The text is not a stored command id.</exception>
    public static CommandId Parse(string text)
    {
        var colon = text.IndexOf(':', StringComparison.Ordinal);
        if (colon > 0)
        {
            var slash = text.IndexOf('/', colon);
            var number = slash < 0 ? text.AsSpan(colon + 1) : text.AsSpan(colon + 1, slash - colon - 1);
            if (long.TryParse(number, NumberStyles.None, CultureInfo.InvariantCulture, out var sequence))
            {
                return new CommandId(text[..colon], sequence, slash < 0 ? "" : text[(slash + 1)..]);
            }
        }

        throw new FormatException($"'{text}' is not a command id (client:sequence/part).");
    }
}
