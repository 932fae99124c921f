using System.Text.Json;
using System.Text.Json.Serialization;
using Orchestrator.Actors.Rules;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Host.Tools.Rules;

internal sealed record RuleMadeView(string RuleId, string Name, IReadOnlyList<string>? Warnings);

internal sealed record RuleRowView(
    string RuleId, string Name, string Status, IReadOnlyList<string> TriggerEvents, string CreationMode, int Priority, int ExecutionCount,
    int? MaxExecutions, int CooldownMinutes, DateTimeOffset? LastExecution, DateTimeOffset CreatedAt, string CreatedBy)
{
    public static RuleRowView Of(RuleStanding r) => new(
        r.RuleId.Value, r.Definition.Name, r.Status, [.. r.Definition.Triggers.Select(t => RuleArguments.Triggers[t])], RuleArguments.Modes[r.Definition.Mode],
        r.Definition.Priority, r.Executions, r.Definition.MaxExecutions, (int)r.Definition.Cooldown.TotalMinutes, r.LastFired, r.CreatedAt, r.CreatedBy);
}

internal sealed record RuleListView(int TotalRules, IReadOnlyList<RuleRowView> Rules, string? Cursor);

internal sealed record RuleTaskView(
    string Title, string? Description, string TaskType, string Complexity, string SpecialistType, int Priority, string? Effort, string? ParentTaskId,
    IReadOnlyList<string>? Dependencies);

internal sealed record RuleView(
    RuleRowView Rule, string Description, JsonElement? Condition, RuleTaskView? TaskDefinition, string? TemplateId, JsonElement? TemplateParameters,
    string? CloneTaskId, int Succeeded, int Failed, int HeldBack, string? LastHeldBack, string? LastFailure)
{
    public static RuleView Of(RuleStanding r)
    {
        var d = r.Definition;
        return new RuleView(
            RuleRowView.Of(r), d.Description, TaskViews.Parse(d.Condition),
            d.Task is { } t
                ? new RuleTaskView(
                    t.Title, t.Description.Length == 0 ? null : t.Description, Vocabulary.Kinds[t.Kind], Vocabulary.Complexities[t.Complexity], t.Specialist,
                    t.Priority, t.Effort, t.Parent, TaskViews.NullIfEmpty(t.Dependencies))
                : null,
            d.Template, TaskViews.Parse(d.Parameters), d.CloneOf, r.Succeeded, r.Failed, r.HeldBack, r.LastHeldBack, r.LastFailure);
    }
}

internal sealed record RuleGoneView(string RuleId, bool Deleted);

internal sealed record RuleStatisticsView(
    int TotalRules, int Active, int Inactive, int Suspended, int Executions, int Succeeded, int Failed, int HeldBack, int Pending, long Position,
    IReadOnlyList<RuleRowView>? Busiest, IReadOnlyList<RuleFailureView>? Failing);

internal sealed record RuleFailureView(string RuleId, int Failed, string LastFailure);

internal sealed record ConditionView(bool EvaluationResult, IReadOnlyList<ComparisonView>? Comparisons);

internal sealed record ComparisonView(string Field, string Operator, string? Expected, string? Actual, bool Holds)
{
    public static ComparisonView Of(RuleComparison c) => new(c.Field, c.Operator, Short(c.Expected), Short(c.Actual), c.Holds);

    private static string? Short(string? text) => text is null || text.Length <= 200 ? text : $"{text[..200]}...";
}

/// <summary>The results of the tools for rules, compiled ahead.</summary>
[JsonSourceGenerationOptions(
    PropertyNamingPolicy = JsonKnownNamingPolicy.SnakeCaseLower, DefaultIgnoreCondition = JsonIgnoreCondition.WhenWritingNull,
    Converters = [typeof(SecondsConverter)])]
[JsonSerializable(typeof(RuleMadeView))]
[JsonSerializable(typeof(RuleListView))]
[JsonSerializable(typeof(RuleView))]
[JsonSerializable(typeof(RuleGoneView))]
[JsonSerializable(typeof(RuleStatisticsView))]
[JsonSerializable(typeof(ConditionView))]
internal sealed partial class RuleJson : JsonSerializerContext;
