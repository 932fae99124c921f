using System.Text.Json;
using System.Text.Unicode;

namespace Orchestrator.Front;

/// <summary>What becomes of a client's line: it passes, or it is answered, or it is met with silence because nobody waits for an answer.</summary>
internal readonly record struct Verdict(bool Passes, byte[]? Answer)
{
    public static readonly Verdict Pass = new(true, null);
    public static readonly Verdict Silence = new(false, null);
}

/// <summary>
/// What a client may send. A backend's library answers some of what is not allowed with silence, for which a client waits for ever; so it never
/// sees it.
/// </summary>
internal static class LineRules
{
    /// <summary>Objects and arrays within each other. The backend's reader stops there.</summary>
    public const int MaxDepth = 64;

    public static Verdict Judge(JsonLine line)
    {
        if (line.Kind == LineKind.Junk)
        {
            return Verdict.Silence;
        }

        if (line.Kind == LineKind.Broken)
        {
            return Error(OversizedLine.FindId(new RawLine(line.Bytes, line.Bytes)), LocalAnswer.ParseError, "The line is not JSON, or nested too deeply.");
        }

        if (DamageOf(line.Bytes.Span) is { } damage)
        {
            return Tell(line, LocalAnswer.ParseError, damage);
        }

        return line.Kind == LineKind.Batch ? Verdict.Pass : JudgeMessage(line);
    }

    private static Verdict JudgeMessage(JsonLine line) => line switch
    {
        { HasStrangeId: true } => Error(line.RawId, LocalAnswer.InvalidRequest, "The id is neither a text nor a whole number of 64 bits."),
        { Kind: LineKind.Invalid } when line.RawId.IsEmpty => Verdict.Silence,
        { Kind: LineKind.Invalid } => Tell(line, LocalAnswer.InvalidRequest, "There is no method."),
        { IsAmbiguous: true } => Tell(line, LocalAnswer.InvalidRequest, "A member stands in the message twice."),
        { IsVersion2: false } => Tell(line, LocalAnswer.InvalidRequest, "jsonrpc must be \"2.0\"."),
        { Depth: > MaxDepth } => Tell(line, LocalAnswer.InvalidRequest, $"The message is nested more than {MaxDepth} deep."),
        { HasStrangeParams: true } => Tell(line, LocalAnswer.InvalidParams, "params must be an object."),
        _ => Verdict.Pass,
    };

    private static Verdict Tell(JsonLine line, int code, string message) =>
        line.Kind is LineKind.Notification or LineKind.Response ? Verdict.Silence : Error(line.RawId, code, message);

    private static Verdict Error(ReadOnlyMemory<byte> rawId, int code, string message) =>
        new(false, LocalAnswer.Error(rawId.Span, code, message));

    private static string? DamageOf(ReadOnlySpan<byte> bytes)
    {
        if (!Utf8.IsValid(bytes))
        {
            return "The line is not valid UTF-8.";
        }

        // Only an escape can hold half of a surrogate pair; most messages have none of these.
        return (bytes.IndexOf("\\ud"u8) >= 0 || bytes.IndexOf("\\uD"u8) >= 0) && HoldsHalfPair(bytes)
            ? "A text in the message holds half of a surrogate pair."
            : null;
    }

    private static bool HoldsHalfPair(ReadOnlySpan<byte> bytes)
    {
        var json = new Utf8JsonReader(bytes, new JsonReaderOptions { MaxDepth = 1000 });
        try
        {
            while (json.Read())
            {
                if (json.TokenType is JsonTokenType.String or JsonTokenType.PropertyName && json.ValueIsEscaped)
                {
                    _ = json.GetString();
                }
            }

            return false;
        }
        catch (InvalidOperationException)
        {
            return true;
        }
    }
}
