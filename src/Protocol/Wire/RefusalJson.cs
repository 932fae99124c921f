using System.Buffers;
using System.Text.Json;

namespace Orchestrator.Protocol.Wire;

/// <summary>A <see cref="Refusal"/> as bytes: <c>{"code","message","next_step"}</c>.</summary>
public static class RefusalJson
{
    /// <summary>The payload of a refuse frame.</summary>
    public static byte[] ToUtf8(Refusal refusal)
    {
        var buffer = new ArrayBufferWriter<byte>(512);
        using (var json = new Utf8JsonWriter(buffer))
        {
            Write(json, refusal);
        }

        return buffer.WrittenSpan.ToArray();
    }

    /// <summary>Writes the refusal as one object.</summary>
    public static void Write(Utf8JsonWriter json, Refusal refusal)
    {
        json.WriteStartObject();
        json.WriteString("code"u8, refusal.Code);
        json.WriteString("message"u8, refusal.Message);
        json.WriteString("next_step"u8, refusal.NextStep);
        json.WriteEndObject();
    }

    /// <summary>Reads the payload of a refuse frame. Members that this build does not know are ignored.</summary>
    /// <exception cref="WireException">It is not a refusal.</exception>
    public static Refusal Parse(ReadOnlySpan<byte> utf8)
    {
        try
        {
            string? code = null, message = null, nextStep = null;
            var json = new Utf8JsonReader(utf8);
            if (!json.Read() || json.TokenType != JsonTokenType.StartObject)
            {
                throw new WireException("A refusal is not a JSON object.");
            }

            while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
            {
                var name = json.GetString();
                json.Read();
                switch (name)
                {
                    case "code": code = json.GetString(); break;
                    case "message": message = json.GetString(); break;
                    case "next_step": nextStep = json.GetString(); break;
                    default: json.Skip(); break;
                }
            }

            return new Refusal(code ?? throw new WireException("A refusal has no code."), message ?? "", nextStep ?? "");
        }
        catch (Exception failure) when (failure is JsonException or InvalidOperationException)
        {
            throw new WireException($"A refusal cannot be read: {failure.Message}", failure);
        }
    }
}
