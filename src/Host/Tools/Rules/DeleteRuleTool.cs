using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>Ends a rule; its history stays.</summary>
internal sealed class DeleteRuleTool(Gate gate, ILogger log) : OrchestratorTool<RuleId>(
    gate, log, "auto_append_delete_rule", "End a rule.", Writes,
    """{"type":"object","properties":{"rule_id":{"type":"string"}},"required":["rule_id"]}""")
{
    protected override RuleId Bind(ToolArguments arguments) => RuleArguments.Id(arguments);

    protected override async Task<CallToolResult> Run(RuleId id, ToolCall call, CancellationToken cancellation)
    {
        await RuleArguments.Send(call, new RuleCommands.Delete(id, call.Key, call.By), cancellation);
        return Answer($"Rule {id} has ended; the tasks that it made stay.", new RuleGoneView(id.Value, true), RuleJson.Default.RuleGoneView);
    }
}
