using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>Lists rules in the order in which they are asked.</summary>
internal sealed class ListRulesTool(Gate gate, ILogger log) : OrchestratorTool<ListRulesTool.Input>(
    gate, log, "auto_append_list_rules", "List rules.", Reads,
    """{"type":"object","properties":{}}""")
{
    private const int Page = 50;
    private static readonly string[] Statuses = ["active", "inactive", "suspended", "error"];

    protected override Input Bind(ToolArguments arguments)
    {
        var status = arguments.Text("status", 20, TextRule.OneLine);
        return status is null || Statuses.Contains(status)
            ? new Input(status == "error" ? "suspended" : status, arguments.Text("cursor", 64, TextRule.OneLine))
            : throw arguments.Invalid("status", "is not a status of rules", $"Use one of {string.Join(", ", Statuses)}.");
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var all = (await RuleArguments.Standing(call, cancellation)).Rules.Where(r => input.Status is null || r.Status == input.Status).ToList();
        var after = input.Cursor is null ? 0 : all.FindIndex(r => r.RuleId.Value == input.Cursor) + 1;
        if (input.Cursor is not null && after == 0)
        {
            throw new RefusedException(new Refusal(RefusalCode.ValidationFailed, "cursor: it is not of this list any more.", "Begin again without it."));
        }

        var page = all.Skip(after).Take(Page).ToList();
        return Answer(
            $"{page.Count} of {all.Count} rules.",
            new RuleListView(all.Count, page.ConvertAll(RuleRowView.Of), after + page.Count < all.Count ? page[^1].RuleId.Value : null),
            RuleJson.Default.RuleListView);
    }

    internal sealed record Input(string? Status, string? Cursor);
}
