using System.Buffers;
using System.Text.Json;

namespace Orchestrator.Protocol.Wire;

/// <summary>
/// What a backend says to its fronts before it hands over: the end of this connection will be on purpose, and another process takes its place.
/// </summary>
/// <param name="Reason">Why, for people.</param>
/// <param name="Build">The build that will serve.</param>
/// <param name="ExpectedMs">How long it will take, about.</param>
public sealed record HoldNotice(string Reason, string Build, int ExpectedMs)
{
    /// <summary>The payload of a hold frame.</summary>
    public byte[] ToUtf8()
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("reason"u8, Reason);
            json.WriteString("build"u8, Build);
            json.WriteNumber("expected_ms"u8, ExpectedMs);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Reads the payload. Members that this build does not know are ignored.</summary>
    /// <exception cref="WireException">It is no notice.</exception>
    public static HoldNotice Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            var (reason, build, expected) = ("", "", 0);
            var json = new Utf8JsonReader(utf8);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                throw new WireException("A notice is not a JSON object.");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                switch (name)
                {
                    case "reason": reason = json.GetString() ?? ""; break;
                    case "build": build = json.GetString() ?? ""; break;
                    case "expected_ms": expected = json.GetInt32(); break;
                    default: json.Skip(); break;
                }
            }

            return new HoldNotice(reason, build, expected);
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException or FormatException)
        {
            throw new WireException($"A notice cannot be read: {failure.Message}", failure);
        }
    }
}
