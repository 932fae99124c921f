using System.Text.Json;
using ModelContextProtocol.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>Finds the id of a message that cannot be read as a whole.</summary>
internal static class JsonRpcId
{
    /// <summary>The top-level id, if it can be found before the text ends or makes no sense any more.</summary>
    public static RequestId? Find(ReadOnlySpan<byte> payload)
    {
        var json = new Utf8JsonReader(payload, new JsonReaderOptions { MaxDepth = 1000 });
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
}
