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
            JsonValueKind.String => value.GetString() is { Length: > 0 } text ? text : null,
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

    /// <summary>The members that have no place of their own.</summary>
    public static JsonObject Except(this JsonElement element, params string[] names) => new(element.EnumerateObject()
        .Where(m => !names.Contains(m.Name) && m.Value.ValueKind is not (JsonValueKind.Null or JsonValueKind.Undefined)
            && !(m.Value.ValueKind == JsonValueKind.Array && m.Value.GetArrayLength() == 0)
            && !(m.Value.ValueKind == JsonValueKind.String && m.Value.GetString() is { Length: 0 }))
        .GroupBy(m => m.Name).Select(g => KeyValuePair.Create(g.Key, JsonNode.Parse(g.Last().Value.GetRawText()))));

    /// <summary>Sections of a description, each under its heading; those without text are left out.</summary>
    public static string Sections(string? first, params (string Heading, string? Text)[] more) => string.Join(
        "\n\n", more.Where(m => !string.IsNullOrWhiteSpace(m.Text)).Select(m => $"## {m.Heading}\n{m.Text!.Trim()}").Prepend(first?.Trim() ?? "")
            .Where(t => t.Length > 0));
}
