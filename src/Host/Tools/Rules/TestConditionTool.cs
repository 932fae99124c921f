using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Rules;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>Tries a condition on made-up data, and shows each comparison. Nothing is planned.</summary>
internal sealed class TestConditionTool(Gate gate, ILogger log) : OrchestratorTool<TestConditionTool.Input>(
    gate, log, "auto_append_test_condition", "Try a condition on sample data.", Reads,
    """
    {"type":"object","properties":{"condition":{"type":"object"},"sample_event":{"type":"object"},"sample_task":{"type":"object"}},"required":["condition"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        RuleCondition.Parse(RuleArguments.Condition(arguments)), Sample(arguments, "sample_event"), Sample(arguments, "sample_task"));

    protected override Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var trace = new List<RuleComparison>();
        var holds = input.Condition.Holds(RuleFacts.Sample(input.Task, input.Event), trace);
        return Task.FromResult(Answer(
            holds ? "The condition holds." : "The condition does not hold.",
            new ConditionView(holds, TaskViews.NullIfEmpty(trace.Select(ComparisonView.Of))), RuleJson.Default.ConditionView));
    }

    private static JsonElement Sample(ToolArguments arguments, string name) => TaskViews.Parse(arguments.ObjectText(name, 100_000) ?? "{}")!.Value;

    internal sealed record Input(RuleCondition Condition, JsonElement Event, JsonElement Task);
}
