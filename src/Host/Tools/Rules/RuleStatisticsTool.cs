using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>How often rules fired, and what became of it.</summary>
internal sealed class RuleStatisticsTool(Gate gate, ILogger log) : OrchestratorTool<RuleStatisticsTool.Input>(
    gate, log, "auto_append_get_statistics", "How often rules fired.", Reads, """{"type":"object","properties":{}}""")
{
    private const int Shown = 10;

    protected override Input Bind(ToolArguments arguments) => new();

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var standing = await RuleArguments.Standing(call, cancellation);
        var rules = standing.Rules;
        var view = new RuleStatisticsView(
            rules.Count, rules.Count(r => r.Status == "active"), rules.Count(r => r.Status == "inactive"), rules.Count(r => r.Status == "suspended"),
            rules.Sum(r => r.Executions), rules.Sum(r => r.Succeeded), rules.Sum(r => r.Failed), rules.Sum(r => r.HeldBack), standing.Pending, standing.Position,
            TaskViews.NullIfEmpty(rules.Where(r => r.Executions > 0).OrderByDescending(r => r.Executions).Take(Shown).Select(RuleRowView.Of)),
            TaskViews.NullIfEmpty(rules.Where(r => r.Failed > 0).OrderByDescending(r => r.Failed).Take(Shown)
                .Select(r => new RuleFailureView(r.RuleId.Value, r.Failed, r.LastFailure ?? ""))));
        return Answer(
            $"{view.Active} of {view.TotalRules} rules are active; {view.Executions} executions, {view.Failed} failed, {view.HeldBack} held back.", view,
            RuleJson.Default.RuleStatisticsView);
    }

    internal sealed record Input;
}
