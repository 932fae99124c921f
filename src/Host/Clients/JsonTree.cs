using System.Text;
using System.Text.Json;

namespace Orchestrator.Host.Clients;

/// <summary>One value of a JSON text and where it stands in it. Positions are in characters.</summary>
/// <param name="Kind">What it is.</param>
/// <param name="Start">Its first character.</param>
/// <param name="End">Behind its last character.</param>
/// <param name="Members">Of an object, in order.</param>
/// <param name="Items">Of an array, in order.</param>
internal sealed record JsonPlace(JsonTokenType Kind, int Start, int End, IReadOnlyList<JsonMember> Members, IReadOnlyList<JsonPlace> Items)
{
    /// <summary>The member of this name; null when there is none.</summary>
    /// <exception cref="ConfigRefusedException">There are two, and nobody can say which one counts.</exception>
    public JsonMember? Member(string name)
    {
        var found = Members.Where(m => m.Name == name).ToList();
        return found.Count > 1
            ? throw new ConfigRefusedException($"It holds \"{name}\" twice.", "Keep one of them, then repeat the command.")
            : found.FirstOrDefault();
    }
}

/// <summary>A member of an object.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Start">Where the name begins, with its quotation mark.</param>
/// <param name="Value">Its value.</param>
internal sealed record JsonMember(string Name, int Start, JsonPlace Value);

/// <summary>Reads JSON with comments and trailing commas into places.</summary>
internal static class JsonTree
{
    private static readonly JsonReaderOptions Lenient =
        new() { CommentHandling = JsonCommentHandling.Skip, AllowTrailingCommas = true, MaxDepth = 512 };

    /// <exception cref="ConfigRefusedException">It is no JSON.</exception>
    public static JsonPlace Parse(string text)
    {
        var utf8 = Encoding.UTF8.GetBytes(text);
        var characters = Encoding.UTF8.GetByteCount(text) == text.Length ? null : Positions(text, utf8.Length);
        try
        {
            var reader = new Utf8JsonReader(utf8, Lenient);
            reader.Read();
            var root = Value(ref reader, characters);
            reader.Read();   // nothing but comments may follow
            return root;
        }
        catch (JsonException e)
        {
            throw new ConfigRefusedException(
                $"It is not valid JSON (line {e.LineNumber + 1}, byte {e.BytePositionInLine + 1}): {e.Message.Split(" LineNumber")[0]}",
                "Correct it, then repeat the command.");
        }
    }

    private static JsonPlace Value(ref Utf8JsonReader reader, int[]? characters)
    {
        var kind = reader.TokenType;
        var start = At(characters, reader.TokenStartIndex);
        var members = new List<JsonMember>();
        var items = new List<JsonPlace>();
        if (kind == JsonTokenType.StartObject)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndObject)
            {
                var (name, at) = (reader.GetString()!, At(characters, reader.TokenStartIndex));
                reader.Read();
                members.Add(new JsonMember(name, at, Value(ref reader, characters)));
            }
        }
        else if (kind == JsonTokenType.StartArray)
        {
            while (reader.Read() && reader.TokenType != JsonTokenType.EndArray)
            {
                items.Add(Value(ref reader, characters));
            }
        }

        return new JsonPlace(kind, start, At(characters, reader.BytesConsumed), members, items);
    }

    private static int At(int[]? characters, long position) => characters is null ? (int)position : characters[position];

    private static int[] Positions(string text, int bytes)
    {
        var positions = new int[bytes + 1];
        var at = 0;
        for (var i = 0; i < text.Length; i++)
        {
            var width = char.IsHighSurrogate(text[i]) && i + 1 < text.Length ? 4 : Encoding.UTF8.GetByteCount(text.AsSpan(i, 1));
            for (var b = 0; b < width && at < bytes; b++)
            {
                positions[at++] = i;
            }

            i += width == 4 ? 1 : 0;
        }

        positions[bytes] = text.Length;
        return positions;
    }
}
