using System.Text.Json;
using System.Text.Unicode;
using ModelContextProtocol.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>
/// What is wrong with the text of a message, and whom to tell. The SDK would replace broken characters and go on, or answer nothing at all.
/// </summary>
internal static class DamagedMessage
{
    private static readonly JsonReaderOptions Deep = new() { MaxDepth = 1000 };

    /// <summary>Says what is wrong, or null.</summary>
    public static string? Describe(ReadOnlySpan<byte> payload)
    {
        if (!Utf8.IsValid(payload))
        {
            return "it is not valid UTF-8.";
        }

        // Only an escape can hold half of a surrogate pair; most messages have none of these.
        return payload.IndexOf("\\ud"u8) >= 0 || payload.IndexOf("\\uD"u8) >= 0 ? FindHalfPair(payload) : null;
    }

    /// <summary>The top-level id, if it can be found before the text ends or makes no sense any more.</summary>
    public static RequestId? FindId(ReadOnlySpan<byte> payload)
    {
        var json = new Utf8JsonReader(payload, Deep);
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth == 1 && json.TokenType == JsonTokenType.PropertyName && json.ValueTextEquals("id"u8) && json.Read())
                {
                    return json.TokenType switch
                    {
                        JsonTokenType.String => new RequestId(json.GetString()!),
                        JsonTokenType.Number when json.TryGetInt64(out var number) => new RequestId(number),
                        _ => null,
                    };
                }
            }
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            // What comes before the damage was searched.
        }

        return null;
    }

    private static string? FindHalfPair(ReadOnlySpan<byte> payload)
    {
        var json = new Utf8JsonReader(payload, Deep);
        var name = "";
        try
        {
            while (json.Read())
            {
                if (json.TokenType == JsonTokenType.PropertyName)
                {
                    name = json.GetString();
                }
                else if (json.TokenType == JsonTokenType.String && json.ValueIsEscaped)
                {
                    _ = json.GetString();
                }
            }

            return null;
        }
        catch (InvalidOperationException)
        {
            return $"the text of '{name}' holds half of a surrogate pair.";
        }
        catch (JsonException e)
        {
            return e.Message;
        }
    }
}
