using System.Text.Json;
using Orchestrator.Actors.Rules;

namespace Orchestrator.Actors.Tests.Rules;

public sealed class RuleConditionSpecs
{
    private const string Task = """{"status":"failed","title":"Fix the Login","priority":1,"context":{"area":"auth","urgent":true},"due_date":"2026-03-01T00:00:00Z"}""";

    [Theory]
    [InlineData("{}", true)]
    [InlineData("""{"field":"status","operator":"equals","value":"FAILED"}""", true)]
    [InlineData("""{"field":"status","operator":"not_equals","value":"failed"}""", false)]
    [InlineData("""{"field":"title","operator":"contains","value":"login"}""", true)]
    [InlineData("""{"field":"title","operator":"not_contains","value":"logout"}""", true)]
    [InlineData("""{"field":"title","operator":"starts_with","value":"fix"}""", true)]
    [InlineData("""{"field":"title","operator":"ends_with","value":"log"}""", false)]
    [InlineData("""{"field":"title","operator":"regex","value":"^fix .* (login|logout)$"}""", true)]
    [InlineData("""{"field":"priority","operator":"less_than","value":2}""", true)]
    [InlineData("""{"field":"priority","operator":"greater_than","value":10}""", false)]
    [InlineData("""{"field":"priority","operator":">=","value":"1.0"}""", true)]
    [InlineData("""{"field":"priority","operator":"<=","value":0}""", false)]
    [InlineData("""{"field":"due_date","operator":"less_than","value":"2026-03-02"}""", true)]
    [InlineData("""{"field":"status","operator":"in","value":["failed","blocked"]}""", true)]
    [InlineData("""{"field":"status","operator":"not_in","value":["failed","blocked"]}""", false)]
    [InlineData("""{"field":"context.area","operator":"equals","value":"auth"}""", true)]
    [InlineData("""{"field":"context.urgent","operator":"equals","value":true}""", true)]
    [InlineData("""{"field":"reason","operator":"contains","value":"x"}""", false)]
    [InlineData("""{"field":"reason","operator":"not_contains","value":"x"}""", true)]
    [InlineData("""{"type":"task_status","operator":"equals","value":"failed"}""", true)]
    [InlineData("""{"operator":"and","conditions":[{"field":"priority","operator":"equals","value":1},{"field":"status","operator":"equals","value":"failed"}]}""", true)]
    [InlineData("""{"or":[{"field":"priority","operator":"equals","value":2},{"not":{"field":"status","operator":"equals","value":"failed"}}]}""", false)]
    public void A_condition_holds_or_not(string condition, bool holds)
    {
        using var task = JsonDocument.Parse(Task);

        Assert.Equal(holds, RuleCondition.Parse(condition).Holds(RuleFacts.Sample(task.RootElement)));
    }

    [Theory]
    [InlineData("[]", "must be an object")]
    [InlineData("""{"field":"mood","operator":"equals","value":1}""", "no field 'mood'")]
    [InlineData("""{"field":"status","operator":"is","value":1}""", "'is' is not one of")]
    [InlineData("""{"field":"status","operator":"equals"}""", "value is missing")]
    [InlineData("""{"field":"status","operator":"equals","value":{}}""", "must be a string")]
    [InlineData("""{"field":"status","operator":"regex","value":"("}""", "condition")]
    [InlineData("""{"not":[]}""", "exactly one")]
    [InlineData("""{"and":[{"or":[{"field":"x"}]}]}""", "condition.and[0].or[0]")]
    public void What_is_no_condition_is_refused_with_its_place(string condition, string message) =>
        Assert.Contains(message, Assert.Throws<RuleConditionException>(() => RuleCondition.Parse(condition)).Message, StringComparison.Ordinal);

    [Fact]
    public void Depth_and_number_are_limited()
    {
        const string Leaf = """{"field":"status","operator":"equals","value":"failed"}""";
        var deep = Enumerable.Range(0, 10).Aggregate(Leaf, (inner, _) => $$"""{"not":{{inner}}}""");
        var wide = $$"""{"and":[{{string.Join(',', Enumerable.Repeat(Leaf, 50))}}]}""";

        Assert.Throws<RuleConditionException>(() => RuleCondition.Parse(deep));
        Assert.Throws<RuleConditionException>(() => RuleCondition.Parse(wide));
    }
}
