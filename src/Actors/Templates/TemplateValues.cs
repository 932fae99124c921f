using System.Globalization;
using System.Text.RegularExpressions;

namespace Orchestrator.Actors.Templates;

/// <summary>The values of a template's parameters, held against what the parameters allow.</summary>
public static class TemplateValues
{
    /// <summary>The names of the types in templates.</summary>
    internal static readonly (string Word, TemplateParameterType Value)[] TypeNames =
    [
        ("string", TemplateParameterType.Text), ("number", TemplateParameterType.Number), ("integer", TemplateParameterType.Whole),
        ("boolean", TemplateParameterType.Flag), ("array", TemplateParameterType.List), ("object", TemplateParameterType.Fields),
    ];

    /// <summary>A value for every parameter and variable, as text; what is wrong goes to <paramref name="problems"/>.</summary>
    public static IReadOnlyDictionary<string, string> Resolve(Template template, Json5Object passed, TemplateProblems problems)
    {
        var values = new Dictionary<string, string>();
        foreach (var parameter in template.Parameters)
        {
            var value = passed.Find(parameter.Name)?.Value is { } p and not Json5Null ? p : parameter.Default;
            if (value is not null)
            {
                Check(parameter, value, problems);
            }
            else if (parameter.Required)
            {
                problems.Error(
                    passed.At, $"The parameter '{parameter.Name}' is missing{(parameter.Description.Length == 0 ? "" : $" ({parameter.Description})")}.",
                    "Pass it in parameters.");
            }

            values[parameter.Name] = value?.ToText() ?? "";
        }

        foreach (var unknown in passed.Members.Where(m => template.Parameters.All(p => p.Name != m.Name)))
        {
            problems.Warning(
                unknown.At, $"The template has no parameter '{unknown.Name}'; it is ignored.",
                $"Its parameters are: {string.Join(", ", template.Parameters.Select(p => p.Name))}.");
        }

        foreach (var variable in template.Variables)
        {
            values[variable.Name] = Placeholders.Replace(variable.Text.Value, name => values.GetValueOrDefault(name));
        }

        return values;
    }

    /// <summary>The name of a type in templates.</summary>
    public static string NameOf(TemplateParameterType type) => TypeNames.First(t => t.Value == type).Word;

    /// <summary>Whether a value is what a parameter allows.</summary>
    internal static void Check(TemplateParameter parameter, Json5Value value, TemplateProblems problems)
    {
        var fits = parameter.Type switch
        {
            TemplateParameterType.Text => value is Json5Text,
            TemplateParameterType.Number => value is Json5Number,
            TemplateParameterType.Whole => value is Json5Number n && n.Value == Math.Floor(n.Value),
            TemplateParameterType.Flag => value is Json5Flag,
            TemplateParameterType.List => value is Json5List,
            TemplateParameterType.Fields => value is Json5Object,
            _ => throw new ArgumentOutOfRangeException(nameof(parameter), parameter.Type, "Unknown type."),
        };
        if (!fits)
        {
            Wrong($"must be of type {NameOf(parameter.Type)}, not {value.Kind}");
            return;
        }

        if (parameter.Allowed is { } allowed && !allowed.Any(a => a.ToJson() == value.ToJson()))
        {
            Wrong($"must be one of {string.Join(", ", allowed.Select(a => a.ToText()))}");
        }

        var length = value switch { Json5Text t => t.Value.Length, Json5List l => l.Elements.Count, _ => (int?)null };
        if (length < parameter.Length.Min || length > parameter.Length.Max)
        {
            Wrong($"has a length of {length}; allowed is {Between(parameter.Length.Min, parameter.Length.Max)}");
        }

        if (value is Json5Number number && (number.Value < parameter.Range.Min || number.Value > parameter.Range.Max))
        {
            Wrong($"is {number.ToText()}; allowed is {Between(parameter.Range.Min, parameter.Range.Max)}");
        }

        if (parameter.Pattern is { } pattern && value is Json5Text text)
        {
            Match(pattern, text.Value);
        }

        void Match(Regex pattern, string text)
        {
            try
            {
                if (!pattern.IsMatch(text))
                {
                    Wrong($"does not match the pattern {pattern}");
                }
            }
            catch (RegexMatchTimeoutException)
            {
                Wrong($"takes longer than {pattern.MatchTimeout.TotalMilliseconds:0} ms to hold against the pattern {pattern}");
            }
        }

        void Wrong(string what) => problems.Error(value.At, $"The parameter '{parameter.Name}' {what}.", "Correct the value.");
    }

    private static string Between<T>(T? min, T? max) where T : struct, IFormattable => (min, max) switch
    {
        ({ } least, { } most) => $"{Text(least)} to {Text(most)}",
        ({ } least, null) => $"at least {Text(least)}",
        (null, { } most) => $"at most {Text(most)}",
        _ => "anything",
    };

    private static string Text<T>(T number) where T : IFormattable => number.ToString(null, CultureInfo.InvariantCulture);
}
