using System.Globalization;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>The sessions there are.</summary>
internal sealed class ListSessionsTool(Gate gate, ILogger log) : OrchestratorTool<ListSessionsTool.Input>(
    gate, log, "orchestrator_list_sessions",
    "Sessions, last used first.",
    Reads,
    """
    {"type":"object","properties":{"include_completed":{"type":"boolean"},"cursor":{"type":"string"}}}
    """)
{
    // Finished ones that nobody has put away are passed over, so many in one call.
    private const int LookedAt = 1_000;

    protected override Input Bind(ToolArguments arguments)
    {
        var cursor = arguments.Text("cursor", 50, TextRule.OneLine);
        var before = 0L;
        return cursor is null || long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out before)
            ? new Input(arguments.Flag("include_completed") ?? false, arguments.Number("limit", 1, 100) ?? 10, cursor is null ? null : before)
            : throw arguments.Invalid("cursor", $"is not a cursor: '{cursor}'", "Pass the cursor of the page before.");
    }

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var now = call.Storage.Clock.GetUtcNow();
        var (found, before, looked, more) = (new List<SessionRow>(), input.Before, 0, true);
        while (more && found.Count <= input.Limit && looked < LookedAt)
        {
            var rows = call.Storage.Index.Sessions(input.IncludeCompleted, before, 100);
            found.AddRange(rows.Where(s => input.IncludeCompleted || !SessionFacts.IsOver(s)));
            looked += rows.Count;
            more = rows.Count == 100;
            before = rows.Count == 0 ? before : rows[^1].Position;
        }

        var page = found.Take(input.Limit).ToList();
        var cursor = found.Count > input.Limit ? page[^1].Position : more ? before : null;
        return Task.FromResult(Answer(
            $"{page.Count} sessions{(cursor is null ? "" : "; pass cursor for more")}.",
            new SessionPageView([.. page.Select(s => SessionFacts.Of(s, now))], cursor?.ToString(CultureInfo.InvariantCulture)),
            ToolJson.Default.SessionPageView));
    }

    internal sealed record Input(bool IncludeCompleted, int Limit, long? Before);
}

internal sealed record SessionPageView(IReadOnlyList<SessionRowView> Sessions, string? Cursor);
