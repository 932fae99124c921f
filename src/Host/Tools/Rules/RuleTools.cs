using Microsoft.Extensions.Logging;
using ModelContextProtocol.Server;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>The tools for rules, under the names that they always had.</summary>
internal static class RuleTools
{
    public static IReadOnlyList<McpServerTool> All(Gate gate, ILogger log) =>
    [
        new CreateRuleTool(gate, log), new ListRulesTool(gate, log), new GetRuleTool(gate, log), new DeleteRuleTool(gate, log),
        new RuleStatisticsTool(gate, log), new TestConditionTool(gate, log),
    ];
}
