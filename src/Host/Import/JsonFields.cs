using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Import;

/// <summary>Members of foreign objects, which may be of any type or missing.</summary>
internal static class JsonFields
{
    /// <summary>A text or a number as text; null when it is missing, null or empty.</summary>
    public static string? Text(this JsonElement element, string name) => element.ValueKind == JsonValueKind.Object
        && element.TryGetProperty(name, out var value)
        ? value.ValueKind switch
        {
            JsonValueKind.String => Unescaped(value) is { Length: > 0 } text ? text : null,
            JsonValueKind.Number => value.GetRawText(),
            _ => null,
        }
        : null;

    /// <summary>The items of a list; none when it is missing or no list.</summary>
    public static IReadOnlyList<JsonElement> List(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Array
            ? [.. value.EnumerateArray()] : [];

    /// <summary>A whole number.</summary>
    public static int? Number(this JsonElement element, string name) =>
        element.ValueKind == JsonValueKind.Object && element.TryGetProperty(name, out var value) && value.ValueKind == JsonValueKind.Number
            && value.TryGetInt32(out var number) ? number : null;

    /// <summary>As the other; what is there and is no list is a problem.</summary>
    public static IReadOnlyList<JsonElement> List(this JsonElement element, string name, string id, List<string> problems)
    {
        if (element.TryGetProperty(name, out var value) && value.ValueKind is not (JsonValueKind.Array or JsonValueKind.Null))
        {
            problems.Add($"{id}: its {name} are no list");
        }

        return element.List(name);
    }

    /// <summary>The members that have no place of their own, and those that have one but are of another type than belongs there.</summary>
    /// <param name="element">The object.</param>
    /// <param name="texts">Texts and numbers that were taken.</param>
    /// <param name="lists">Lists that were taken.</param>
    public static JsonObject Except(this JsonElement element, string[] texts, params string[] lists) => new(element.EnumerateObject()
        .Where(m => !(m.Value.ValueKind is JsonValueKind.String or JsonValueKind.Number ? texts : m.Value.ValueKind == JsonValueKind.Array ? lists : [])
                .Contains(m.Name)
            && m.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            && !(m.Value.ValueKind == JsonValueKind.Array && m.Value.GetArrayLength() == 0)
            && !(m.Value.ValueKind == JsonValueKind.String && m.Value.ValueEquals("")))
        .GroupBy(m => m.Name).Select(g => KeyValuePair.Create(g.Key, JsonNode.Parse(g.Last().Value.GetRawText()))));

    // Half a character, such as \ud83d without its other half, is kept as it is written.
    private static string Unescaped(JsonElement text)
    {
        try
        {
            return text.GetString()!;
        }
        catch (InvalidOperationException)
        {
            return text.GetRawText().Trim('"');
        }
    }

    /// <summary>Sections of a description, each under its heading; those without text are left out.</summary>
    public static string Sections(string? first, params (string Heading, string? Text)[] more) => string.Join(
        "\n\n", more.Where(m => !string.IsNullOrWhiteSpace(m.Text)).Select(m => $"## {m.Heading}\n{m.Text!.Trim()}").Prepend(first?.Trim() ?? "")
            .Where(t => t.Length > 0));
}
