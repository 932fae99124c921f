using System.Text.Json;

namespace Orchestrator.Front;

/// <summary>Who waits for the answer to a line that was too long to keep.</summary>
internal static class OversizedLine
{
    /// <summary>The request's id as it was spelled; null when it was no request or its id was not found.</summary>
    public static byte[]? FindId(RawLine line)
    {
        var head = line.Bytes.Span;
        return IdInHead(head) ?? (head.IndexOf("\"method\""u8) >= 0 ? IdAtEnd(line.Tail!.Value.Span) : null);
    }

    private static byte[]? IdInHead(ReadOnlySpan<byte> head)
    {
        byte[]? id = null;
        var isRequest = false;
        var json = new Utf8JsonReader(head, isFinalBlock: false, new JsonReaderState(new JsonReaderOptions { MaxDepth = 1000 }));
        try
        {
            while (json.Read())
            {
                if (json.CurrentDepth != 1 || json.TokenType != JsonTokenType.PropertyName)
                {
                    continue;
                }

                isRequest |= json.ValueTextEquals("method"u8);
                if (json.ValueTextEquals("id"u8) && json.Read() && json.TokenType is JsonTokenType.String or JsonTokenType.Number)
                {
                    id = head[(int)json.TokenStartIndex..(int)json.BytesConsumed].ToArray();
                }
            }
        }
        catch (Exception damaged) when (damaged is JsonException or InvalidOperationException)   // the latter: a name holds half of a surrogate pair
        {
            // What stands before the damage was searched.
        }

        return isRequest || head.IndexOf("\"method\""u8) >= 0 ? id : null;
    }

    // Some clients write the id last. Inside a string its quotes would be escaped, and a single brace closes the outermost object.
    private static byte[]? IdAtEnd(ReadOnlySpan<byte> tail)
    {
        tail = tail.TrimEnd(" \t\r"u8);
        var at = tail.LastIndexOf(",\"id\":"u8);
        if (at < 0 || tail[^1] != (byte)'}')
        {
            return null;
        }

        var value = tail[(at + 6)..^1].Trim(" \t"u8);
        try
        {
            var json = new Utf8JsonReader(value);
            return json.Read() && json.TokenType is JsonTokenType.String or JsonTokenType.Number && !json.Read() ? value.ToArray() : null;
        }
        catch (JsonException)
        {
            return null;
        }
    }
}
