using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>Writes down what was decided, and why.</summary>
internal sealed class RecordDecisionTool(Gate gate, ILogger log) : OrchestratorTool<RecordDecisionTool.Input>(
    gate, log, "orchestrator_record_decision",
    "Record a decision.",
    Writes,
    """
    {"type":"object","properties":{"task_id":{"type":"string"},"title":{"type":"string"},"decision":{"type":"string"},"rationale":{"type":"string"},
    "supersedes":{"type":"string"}},"required":["task_id","title","decision"]}
    """)
{
    protected override Input Bind(ToolArguments arguments) => new(
        arguments.RequiredTask("task_id"),
        arguments.RequiredText("title", TaskLimits.Title, TextRule.OneLine),
        arguments.RequiredText("decision", TaskLimits.DecisionText, TextRule.Prose),
        arguments.Text("rationale", TaskLimits.DecisionText, TextRule.Prose),
        arguments.Texts("alternatives", 20, 1_000),
        arguments.Text("category", TaskLimits.Name, TextRule.OneLine)?.ToLowerInvariant(),
        arguments.Text("supersedes", 200, TextRule.OneLine));

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var supersedes = input.Supersedes is { } id ? new DecisionId(id) : (DecisionId?)null;
        if (supersedes is { } old && call.Storage.Index.Decision(old) is null)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ValidationFailed, $"supersedes: there is no decision '{Pages.Cut(input.Supersedes!, 40)}'.",
                "Find it with orchestrator_list_decisions."));
        }

        var decision = new DecisionRecord(
            DerivedId.Decision(call.Key), input.Title, input.Decision, input.Rationale, input.Alternatives, input.Category, supersedes);
        var accepted = await call.Send(new TaskCommands.RecordDecision(input.TaskId, call.Key, call.By, decision), cancellation);
        return Answer(
            $"Recorded {decision.DecisionId} with {input.TaskId}: {input.Title}",
            new RecordedDecisionView(decision.DecisionId.Value, input.TaskId.Value, accepted.Revision),
            ToolJson.Default.RecordedDecisionView);
    }

    internal sealed record Input(
        TaskId TaskId, string Title, string Decision, string? Rationale, IReadOnlyList<string> Alternatives, string? Category, string? Supersedes);
}

internal sealed record RecordedDecisionView(string DecisionId, string TaskId, long Version);
