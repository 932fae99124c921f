using System.Text;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>
/// Contexts of tasks that are too large for a journal: kept among the work products, under their hash. The task holds a reference, so that no
/// start, list or recovery ever reads the content.
/// </summary>
internal static class StoredContext
{
    /// <summary>Largest context, in characters.</summary>
    public const int Most = 120 * 1024 * 1024;

    /// <summary>How the id of stored content begins; the rest is its SHA-256.</summary>
    public const string Scheme = "sha256:";

    // Larger ones are rare, and each is read with every recovery of its task.
    private const int Inline = 16 * 1024;

    /// <summary>The context, or a reference to it where it is large. On disk when this returns.</summary>
    public static string? Keep(ToolCall call, string? context)
    {
        if (context is null || context.Length <= Inline)
        {
            return context;
        }

        var content = Encoding.UTF8.GetBytes(context);
        var hash = call.Storage.Artifacts.Save(content);
        return $$"""{"stored_context":{"artifact_id":"{{Scheme}}{{hash}}","size":{{content.Length}},"read_with":"orchestrator_get_artifact"} }""";
    }

    /// <summary>A definition whose context is kept so.</summary>
    public static TaskDefinition Keep(ToolCall call, TaskDefinition definition) => definition with { Context = Keep(call, definition.Context) };

    /// <summary>The hash that an id of stored content stands for; null for other ids.</summary>
    public static string? HashOf(string id) =>
        id.StartsWith(Scheme, StringComparison.Ordinal) && id.Length == Scheme.Length + 64 && id[Scheme.Length..].All(char.IsAsciiHexDigitLower)
            ? id[Scheme.Length..]
            : null;
}
