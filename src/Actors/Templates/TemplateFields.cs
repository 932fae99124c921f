namespace Orchestrator.Actors.Templates;

/// <summary>The members of one object of a template, read by name. What is wrong goes to the problems, and reading goes on.</summary>
internal sealed class TemplateFields(Json5Object source, string what, TemplateProblems problems)
{
    private readonly HashSet<string> _known = [];

    public TextPosition At => source.At;

    public TemplateProblems Problems => problems;

    public Json5Member? Find(string name)
    {
        _known.Add(name);
        return source.Find(name) is { Value: not Json5Null } member ? member : null;
    }

    /// <summary>Warns of members that nobody asked for: a misspelt name would otherwise be a silent loss.</summary>
    public void WarnOfUnread()
    {
        foreach (var member in source.Members.Where(m => !_known.Contains(m.Name)))
        {
            problems.Warning(member.At, $"{what}: '{member.Name}' means nothing here and is ignored.", $"Known are: {string.Join(", ", _known.Order())}.");
        }
    }

    public TemplateText? Text(string name, int longest)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case { Value: Json5Text text } when text.Value.Length <= longest:
                return new TemplateText(text.Value, text.At);
            case { Value: Json5Text text }:
                problems.Error(text.At, $"{what}: {name} has {text.Value.Length} characters; at most {longest} are allowed.", "Shorten it.");
                return null;
            case { } other:
                problems.Error(other.Value.At, $"{what}: {name} must be a string, not {other.Value.Kind}.", "Put it in quotes.");
                return null;
        }
    }

    public TemplateText RequiredText(string name, int longest)
    {
        var text = Text(name, longest);
        if (text is { Value: var value } && !string.IsNullOrWhiteSpace(value))
        {
            return text;
        }

        if (source.Find(name) is null || text is not null)
        {
            problems.Error(source.Find(name)?.At ?? source.At, $"{what}: {name} is missing or empty.", $"Add {name}: \"...\".");
        }

        return new TemplateText("", source.At);
    }

    public IReadOnlyList<TemplateText> Texts(string name, int most, int longest)
    {
        switch (Find(name))
        {
            case null:
                return [];
            case { Value: Json5Text single }:
                return Checked([single]);
            case { Value: Json5List list } when list.Elements.Count > most:
                problems.Error(list.At, $"{what}: {name} has {list.Elements.Count} elements; at most {most} are allowed.", "Leave some out.");
                return [];
            case { Value: Json5List list }:
                return Checked(list.Elements);
            case { } other:
                problems.Error(other.Value.At, $"{what}: {name} must be a list of strings, not {other.Value.Kind}.", $"Write {name}: [\"...\"].");
                return [];
        }

        IReadOnlyList<TemplateText> Checked(IReadOnlyList<Json5Value> elements)
        {
            var texts = new List<TemplateText>();
            foreach (var element in elements)
            {
                if (element is Json5Text text && text.Value.Length <= longest)
                {
                    texts.Add(new TemplateText(text.Value, text.At));
                }
                else
                {
                    problems.Error(
                        element.At, $"{what}: {name} must hold strings of at most {longest} characters, not {element.Kind}.", "Correct it.");
                }
            }

            return texts;
        }
    }

    public double? Number(params ReadOnlySpan<string> names)
    {
        double? found = null;
        foreach (var name in names)
        {
            switch (Find(name))
            {
                case null:
                    break;
                case { Value: Json5Number number }:
                    found = number.Value;
                    break;
                case { } other:
                    problems.Error(other.Value.At, $"{what}: {name} must be a number, not {other.Value.Kind}.", "Correct it.");
                    break;
            }
        }

        return found;
    }

    public bool? Flag(string name)
    {
        switch (Find(name))
        {
            case null:
                return null;
            case { Value: Json5Flag flag }:
                return flag.Value;
            case { } other:
                problems.Error(other.Value.At, $"{what}: {name} must be true or false, not {other.Value.Kind}.", "Correct it.");
                return null;
        }
    }

    /// <summary>One of an enum's words, in snake case, or one of the synonyms.</summary>
    public T? Word<T>(string name, params ReadOnlySpan<(string Word, T Value)> synonyms) where T : struct, Enum
    {
        if (Text(name, 100) is not { } text)
        {
            return null;
        }

        foreach (var (word, value) in synonyms)
        {
            if (word.Equals(text.Value, StringComparison.OrdinalIgnoreCase))
            {
                return value;
            }
        }

        if (text.Value.All(c => char.IsAsciiLetter(c) || c == '_')
            && Enum.TryParse<T>(text.Value.Replace("_", "", StringComparison.Ordinal), ignoreCase: true, out var found))
        {
            return found;
        }

        var all = Enum.GetNames<T>().Select(System.Text.Json.JsonNamingPolicy.SnakeCaseLower.ConvertName);
        problems.Error(text.At, $"{what}: {name} '{text.Value}' is not one of {string.Join(", ", all)}.", "Use one of these.");
        return null;
    }

    /// <summary>The members of a nested object, each of which must be an object itself.</summary>
    public IEnumerable<(Json5Member Member, Json5Object Value)> Objects(string name)
    {
        switch (Find(name))
        {
            case null:
                yield break;
            case { Value: Json5Object o }:
                foreach (var member in o.Members)
                {
                    if (member.Value is Json5Object value)
                    {
                        yield return (member, value);
                    }
                    else
                    {
                        problems.Error(
                            member.Value.At, $"{what}: {name}.{member.Name} must be an object, not {member.Value.Kind}.", "Write it as { ... }.");
                    }
                }

                break;
            case { } other:
                problems.Error(
                    other.Value.At, $"{what}: {name} must be an object with a name for each entry, not {other.Value.Kind}.",
                    $"Write {name}: {{ some_name: {{ ... }} }}.");
                break;
        }
    }
}
