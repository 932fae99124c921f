using System.Text.Json;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>One answer to one request.</summary>
/// <param name="Message">The whole line.</param>
/// <param name="Took">From the sending to the answer.</param>
internal sealed record Reply(JsonElement Message, TimeSpan Took)
{
    /// <summary>An error of the protocol.</summary>
    public int? ErrorCode => Message.TryGetProperty("error", out var error) ? error.GetProperty("code").GetInt32() : null;

    public JsonElement Result =>
        Message.TryGetProperty("result", out var result) ? result : throw new InvalidOperationException($"No result: {Message}");

    /// <summary>The code of a tool's refusal; null when it did what it was asked.</summary>
    public string? Refusal => Result.TryGetProperty("isError", out var error) && error.GetBoolean() ? Facts.GetProperty("code").GetString() : null;

    /// <summary>What a model reads.</summary>
    public string Text => string.Join('\n', Result.GetProperty("content").EnumerateArray().Select(c => c.GetProperty("text").GetString()));

    /// <summary>What a tool found or did, or why not.</summary>
    public JsonElement Facts =>
        Result.TryGetProperty("structuredContent", out var facts) ? facts : throw new InvalidOperationException($"No structured content: {Message}");

    /// <summary>The facts of a call that must have gone well.</summary>
    public JsonElement Done =>
        Message.TryGetProperty("result", out _) && Refusal is null ? Facts : throw new InvalidOperationException($"Refused: {Message}");
}

internal static class Json
{
    public static string Text(this JsonElement element, string name) => element.GetProperty(name).GetString()!;

    public static long Number(this JsonElement element, string name) => element.GetProperty(name).GetInt64();

    public static IReadOnlyList<JsonElement> List(this JsonElement element, string name) =>
        element.TryGetProperty(name, out var list) ? [.. list.EnumerateArray()] : [];
}
