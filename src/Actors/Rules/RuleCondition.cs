using System.Text.Json;
using Orchestrator.Protocol.Rules;

namespace Orchestrator.Actors.Rules;

/// <summary>A condition tree. Pure; texts are compared without regard to letter case, numbers as numbers.</summary>
public abstract record RuleCondition
{
    /// <summary>Whether it holds; each comparison that was made goes to <paramref name="trace"/>.</summary>
    public abstract bool Holds(RuleFacts facts, List<RuleComparison>? trace = null);

    /// <summary>Reads a tree.</summary>
    /// <exception cref="RuleConditionException">It is none; the message says where.</exception>
    public static RuleCondition Parse(JsonElement json)
    {
        var count = 0;
        return Parse(json, "condition", 1, ref count);
    }

    /// <summary>Reads a stored tree.</summary>
    public static RuleCondition Parse(string json)
    {
        using var document = JsonDocument.Parse(json);
        return Parse(document.RootElement);
    }

    private static RuleCondition Parse(JsonElement json, string path, int depth, ref int count)
    {
        if (json.ValueKind != JsonValueKind.Object)
        {
            throw new RuleConditionException($"{path} must be an object.");
        }

        if (depth > RuleLimits.Depth || ++count > RuleLimits.Conditions)
        {
            throw new RuleConditionException($"{path} is too much: at most {RuleLimits.Conditions} conditions, {RuleLimits.Depth} deep, are allowed.");
        }

        var names = json.EnumerateObject().Select(p => p.Name).ToList();
        if (names.Count == 0)
        {
            return new All([]);
        }

        // Both {"and": [...]} and {"operator": "and", "conditions": [...]} are in use.
        var word = names.Count == 1 && names[0] is "and" or "or" or "not" ? names[0]
            : names.Contains("conditions") && json.TryGetProperty("operator", out var o) && o.ValueKind == JsonValueKind.String ? o.GetString()! : null;
        if (word is null)
        {
            return RuleComparisons.Parse(json, path);
        }

        var parts = new List<RuleCondition>();
        var inner = names.Contains("conditions") ? json.GetProperty("conditions") : json.GetProperty(word);
        var elements = inner.ValueKind == JsonValueKind.Array ? inner.EnumerateArray().ToList() : [inner];
        for (var i = 0; i < elements.Count; i++)
        {
            parts.Add(Parse(elements[i], $"{path}.{word}[{i}]", depth + 1, ref count));
        }

        return word.ToLowerInvariant() switch
        {
            "and" => new All(parts),
            "or" when parts.Count > 0 => new Any(parts),
            "not" when parts.Count == 1 => new Not(parts[0]),
            "or" or "not" => throw new RuleConditionException($"{path}: '{word}' needs {(word == "not" ? "exactly one" : "at least one")} condition."),
            _ => throw new RuleConditionException($"{path}: '{word}' is not one of and, or, not."),
        };
    }

    private sealed record All(IReadOnlyList<RuleCondition> Parts) : RuleCondition
    {
        public override bool Holds(RuleFacts facts, List<RuleComparison>? trace = null) => Parts.All(p => p.Holds(facts, trace));
    }

    private sealed record Any(IReadOnlyList<RuleCondition> Parts) : RuleCondition
    {
        public override bool Holds(RuleFacts facts, List<RuleComparison>? trace = null) => Parts.Any(p => p.Holds(facts, trace));
    }

    private sealed record Not(RuleCondition Part) : RuleCondition
    {
        public override bool Holds(RuleFacts facts, List<RuleComparison>? trace = null) => !Part.Holds(facts, trace);
    }
}

/// <summary>A comparison that was made.</summary>
public sealed record RuleComparison(string Field, string Operator, string? Expected, string? Actual, bool Holds);

/// <summary>What was meant as a condition is none.</summary>
public sealed class RuleConditionException(string message) : Exception(message);
