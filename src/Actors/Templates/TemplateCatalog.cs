using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>Templates with those that they extend, read and judged.</summary>
public sealed class TemplateCatalog(TemplateStore store)
{
    /// <summary>The files.</summary>
    public TemplateStore Store => store;

    /// <summary>What a document is worth.</summary>
    /// <param name="id">Its id; a document that extends itself is found out by it.</param>
    /// <param name="content">The document.</param>
    public TemplateReading Read(string id, string content)
    {
        var problems = new TemplateProblems();
        var document = Merge(id, content, [], problems);
        var template = document is null ? null : TemplateReader.Read(id, document, problems);
        return new TemplateReading(template, problems.All);
    }

    private Json5Object? Merge(string id, string content, List<string> descendants, TemplateProblems problems)
    {
        Json5Value value;
        try
        {
            value = Json5.Parse(id, content);
        }
        catch (Json5Exception e)
        {
            problems.Error(e.At, e.Message, "Correct the document at this place.");
            return null;
        }

        if (value is not Json5Object document)
        {
            problems.Error(value.At, $"A template must be an object, not {value.Kind}.", "Write { metadata: { ... }, tasks: { ... } }.");
            return null;
        }

        descendants.Add(id);
        if ((document.Find("metadata")?.Value as Json5Object)?.Find("extends")?.Value is not Json5Text extends)
        {
            return document;
        }

        return Parent(extends, descendants, problems) is { } parent ? TemplateMerge.Onto(parent, document) : null;
    }

    private Json5Object? Parent(Json5Text extends, List<string> descendants, TemplateProblems problems)
    {
        if (descendants.Contains(extends.Value))
        {
            problems.Error(
                extends.At, $"These templates extend each other: {string.Join(" extends ", descendants.Append(extends.Value))}.", "Remove one of the extends.");
            return null;
        }

        if (descendants.Count > TemplateLimits.Ancestors)
        {
            problems.Error(extends.At, $"The chain of extends is longer than {TemplateLimits.Ancestors}.", "Extend an ancestor directly.");
            return null;
        }

        if (!TemplateNames.IsTemplateId(extends.Value) || store.Load(extends.Value) is not { } parent)
        {
            problems.Error(
                extends.At, $"There is no template '{(extends.Value.Length > 64 ? extends.Value[..64] : extends.Value)}' to extend.",
                "Create or install it first; template_list shows what there is.");
            return null;
        }

        return Merge(parent.Id, parent.Content, descendants, problems);
    }
}

/// <summary>A template, or null where it cannot be used, and what is wrong or odd.</summary>
public sealed record TemplateReading(Template? Template, IReadOnlyList<TemplateProblem> Problems);
