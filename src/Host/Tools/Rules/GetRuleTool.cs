using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Rules;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>One rule, whole.</summary>
internal sealed class GetRuleTool(Gate gate, ILogger log) : OrchestratorTool<RuleId>(
    gate, log, "auto_append_get_rule", "One rule.", Reads,
    """{"type":"object","properties":{"rule_id":{"type":"string"}},"required":["rule_id"]}""")
{
    protected override RuleId Bind(ToolArguments arguments) => RuleArguments.Id(arguments);

    protected override async Task<CallToolResult> Run(RuleId id, ToolCall call, CancellationToken cancellation)
    {
        var rule = (await RuleArguments.Standing(call, cancellation)).Rules.FirstOrDefault(r => r.RuleId == id)
            ?? throw new RefusedException(RulesState.NotFound(id).Refusal);
        return Answer($"{id} is {rule.Status}: {rule.Definition.Name}", RuleView.Of(rule), RuleJson.Default.RuleView);
    }
}
