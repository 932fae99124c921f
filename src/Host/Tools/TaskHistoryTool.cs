using System.Globalization;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>Everything that ever happened to a task, as the journal holds it; also of one that was deleted.</summary>
internal sealed class TaskHistoryTool(Gate gate, ILogger log) : OrchestratorTool<TaskHistoryTool.Input>(
    gate, log, "orchestrator_task_history",
    "What happened to a task: who, when, what; oldest first.",
    Reads,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"cursor":{"type":"string"}},"required":["task_id"]}
    """)
{
    private const int LongestText = 500;
    private static readonly string[] Told = ["task_id", "command_id", "by", "at"];

    protected override Input Bind(ToolArguments arguments)
    {
        var cursor = arguments.Text("cursor", 50, TextRule.OneLine);
        var after = 0L;
        return cursor is null || long.TryParse(cursor, NumberStyles.None, CultureInfo.InvariantCulture, out after)
            ? new Input(arguments.RequiredTask("task_id"), arguments.Number("limit", 1, 200) ?? 50, after)
            : throw arguments.Invalid("cursor", $"is not a cursor: '{cursor}'", "Pass the cursor of the page before.");
    }

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var rows = call.Storage.Index.History(input.TaskId, input.After, input.Limit + 1);
        if (rows.Count == 0 && input.After == 0)
        {
            throw new RefusedException(ToolCall.NoSuchTask(input.TaskId.Value));
        }

        var entries = rows.Take(input.Limit).Select(ToEntry).ToList();
        var shown = Pages.Fitting(entries, e => 150 + e.Data.GetRawText().Length);
        var page = entries.Take(shown).ToList();
        return Task.FromResult(Answer(
            $"{page.Count} events of {input.TaskId}{(rows.Count > shown ? "; pass cursor for more" : "")}.",
            new HistoryView(
                input.TaskId.Value, page, rows.Count > shown ? page[^1].Version.ToString(CultureInfo.InvariantCulture) : null),
            ToolJson.Default.HistoryView));
    }

    private static HistoryEntryView ToEntry(HistoryRow row)
    {
        var data = JsonNode.Parse(row.Json)!.AsObject();
        foreach (var member in Told)
        {
            data.Remove(member);
        }

        Shorten(data);
        return new HistoryEntryView(row.Revision, row.Name, row.Event.By, row.Event.At, JsonSerializer.SerializeToElement(data, ToolJson.Default.JsonObject));
    }

    // A description of 50,000 characters is read with the task, not with its history.
    private static void Shorten(JsonNode node)
    {
        switch (node)
        {
            case JsonObject members:
                foreach (var (name, value) in members.ToList())
                {
                    if (value is JsonValue text && text.TryGetValue<string>(out var whole) && whole.Length > LongestText)
                    {
                        members[name] = $"{whole[..LongestText]}... ({whole.Length} characters)";
                    }
                    else if (value is not null)
                    {
                        Shorten(value);
                    }
                }

                break;
            case JsonArray list:
                var more = list.Count - 20;
                while (list.Count > 20)
                {
                    list.RemoveAt(list.Count - 1);
                }

                foreach (var value in list.OfType<JsonNode>())
                {
                    Shorten(value);
                }

                if (more > 0)
                {
                    list.Add($"and {more} more");
                }

                break;
        }
    }

    internal sealed record Input(TaskId TaskId, int Limit, long After);
}

internal sealed record HistoryEntryView(long Version, string Event, string By, DateTimeOffset At, JsonElement Data);

internal sealed record HistoryView(string TaskId, IReadOnlyList<HistoryEntryView> Events, string? Cursor);
