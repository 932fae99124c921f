using System.Globalization;
using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Rules;

/// <summary>One comparison of a field with a value.</summary>
internal sealed record RuleComparisons(string Field, string Operator, IReadOnlyList<string> Values, Regex? Pattern) : RuleCondition
{
    private static readonly string[] Operators =
    [
        "equals", "not_equals", "contains", "not_contains", "starts_with", "ends_with", "regex", "greater_than", "less_than", "greater_equal", "less_equal",
        "in", "not_in",
    ];

    // Conditions as the reference writes them name a type instead of a field.
    private static readonly Dictionary<string, string> FieldOfType = new()
    {
        ["task_status"] = "status",
        ["task_type"] = "task_type",
        ["specialist_type"] = "specialist_type",
        ["complexity"] = "complexity",
        ["event_type"] = "event_type",
    };

    public static RuleComparisons Parse(JsonElement json, string path)
    {
        var field = Text("field") ?? (Text("condition_type") ?? Text("type")) switch
        {
            { } type when FieldOfType.TryGetValue(type, out var known) => known,
            { } type => throw new RuleConditionException($"{path}: the type '{type}' needs a field."),
            null => throw new RuleConditionException($"{path}: field is missing."),
        };
        if (!RuleFacts.IsField(field))
        {
            throw new RuleConditionException($"{path}: there is no field '{Cut(field)}'. Fields are: {RuleFacts.AllFields}.");
        }

        var name = Alias(Text("operator") ?? throw new RuleConditionException($"{path}: operator is missing."));
        if (!Operators.Contains(name))
        {
            throw new RuleConditionException($"{path}: '{Cut(name)}' is not one of {string.Join(", ", Operators)}.");
        }

        var unknown = json.EnumerateObject().Select(p => p.Name).FirstOrDefault(n => n is not ("field" or "operator" or "value" or "type" or "condition_type"));
        if (unknown is not null)
        {
            throw new RuleConditionException($"{path}: '{Cut(unknown)}' means nothing here.");
        }

        if (!json.TryGetProperty("value", out var value))
        {
            throw new RuleConditionException($"{path}: value is missing.");
        }

        var many = name is "in" or "not_in";
        var values = value.ValueKind == JsonValueKind.Array && many ? [.. value.EnumerateArray().Select(v => Scalar(v, path))] : new[] { Scalar(value, path) };
        return values.Length > 100 || values.Any(v => v.Length > 1_000)
            ? throw new RuleConditionException($"{path}: at most 100 values of at most 1000 characters are allowed.")
            : new RuleComparisons(field, name, values, name == "regex" ? Compile(values[0], path) : null);

        string? Text(string member) => json.TryGetProperty(member, out var v)
            ? v.ValueKind == JsonValueKind.String ? v.GetString() : throw new RuleConditionException($"{path}: {member} must be a string.")
            : null;
    }

    public override bool Holds(RuleFacts facts, List<RuleComparison>? trace = null)
    {
        var actual = facts.Find(Field);
        var holds = Compare(actual);
        trace?.Add(new RuleComparison(Field, Operator, string.Join(", ", Values), actual, holds));
        return holds;
    }

    private bool Compare(string? actual) => Operator switch
    {
        "equals" => Same(actual, Values[0]),
        "not_equals" => !Same(actual, Values[0]),
        "in" => Values.Any(v => Same(actual, v)),
        "not_in" => !Values.Any(v => Same(actual, v)),
        "not_contains" => actual is null || !actual.Contains(Values[0], StringComparison.OrdinalIgnoreCase),
        // Nothing else can be said of what is not there.
        _ when actual is null => false,
        "contains" => actual.Contains(Values[0], StringComparison.OrdinalIgnoreCase),
        "starts_with" => actual.StartsWith(Values[0], StringComparison.OrdinalIgnoreCase),
        "ends_with" => actual.EndsWith(Values[0], StringComparison.OrdinalIgnoreCase),
        "regex" => Matches(actual),
        "greater_than" => Order(actual) > 0,
        "less_than" => Order(actual) < 0,
        "greater_equal" => Order(actual) >= 0,
        "less_equal" => Order(actual) <= 0,
        _ => throw new NotSupportedException($"No rule for operator {Operator}."),
    };

    private bool Matches(string actual)
    {
        try
        {
            return Pattern!.IsMatch(actual);
        }
        catch (RegexMatchTimeoutException)
        {
            return false;   // an answer that takes for ever is no match; the dry run shows it
        }
    }

    /// <summary>Null where the two cannot be ordered: neither is greater.</summary>
    private int? Order(string actual) => Number(actual) is { } a && Number(Values[0]) is { } b ? a.CompareTo(b)
        : Time(actual) is { } t && Time(Values[0]) is { } u ? t.CompareTo(u) : null;

    private static bool Same(string? actual, string value) => actual is not null
        && (actual.Equals(value, StringComparison.OrdinalIgnoreCase) || (Number(actual) is { } a && Number(value) is { } b && a == b));

    private static double? Number(string text) =>
        double.TryParse(text, NumberStyles.Float, CultureInfo.InvariantCulture, out var number) && double.IsFinite(number) ? number : null;

    private static DateTimeOffset? Time(string text) => DateTimeOffset.TryParse(
        text, CultureInfo.InvariantCulture, DateTimeStyles.AssumeUniversal | DateTimeStyles.AdjustToUniversal, out var time) ? time : null;

    private static Regex Compile(string pattern, string path)
    {
        try
        {
            return pattern.Length <= TemplateLimits.Pattern
                ? SafePattern.Compile(pattern, RegexOptions.IgnoreCase)
                : throw new RuleConditionException($"{path}: the pattern is longer than {TemplateLimits.Pattern} characters.");
        }
        catch (ArgumentException e)
        {
            throw new RuleConditionException($"{path}: {e.Message}");
        }
    }

    private static string Scalar(JsonElement value, string path) => value.ValueKind switch
    {
        JsonValueKind.String => value.GetString()!,
        JsonValueKind.Number => value.GetRawText(),
        JsonValueKind.True => "true",
        JsonValueKind.False => "false",
        _ => throw new RuleConditionException($"{path}: value must be a string, a number, true or false; a list is for in and not_in."),
    };

    private static string Alias(string name) => name.ToLowerInvariant() switch
    {
        "eq" or "==" => "equals",
        "ne" or "!=" => "not_equals",
        ">" or "gt" => "greater_than",
        "<" or "lt" => "less_than",
        ">=" or "gte" or "greater_than_or_equal" or "greater_than_equal" => "greater_equal",
        "<=" or "lte" or "less_than_or_equal" or "less_than_equal" => "less_equal",
        "matches" or "regex_match" => "regex",
        var other => other,
    };

    private static string Cut(string text) => text.Length <= 40 ? text : $"{text[..40]}...";
}
