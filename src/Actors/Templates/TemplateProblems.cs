using Orchestrator.Protocol.Templates;

namespace Orchestrator.Actors.Templates;

/// <summary>Collects what is wrong, so that the writer of a template hears all of it at once.</summary>
public sealed class TemplateProblems
{
    private readonly List<TemplateProblem> _all = [];

    /// <summary>Everything, in the order of the document; at most <see cref="TemplateLimits.Problems"/>.</summary>
    public IReadOnlyList<TemplateProblem> All => [.. _all.OrderBy(p => p.At.Source, StringComparer.Ordinal).ThenBy(p => p.At.Line).ThenBy(p => p.At.Column)];

    /// <summary>Whether the template cannot be used.</summary>
    public bool HasErrors => _all.Exists(p => p.IsError);

    /// <summary>Adds an error.</summary>
    public void Error(TextPosition at, string message, string hint) => Add(new TemplateProblem(true, at, message, hint));

    /// <summary>Adds a warning.</summary>
    public void Warning(TextPosition at, string message, string hint) => Add(new TemplateProblem(false, at, message, hint));

    private void Add(TemplateProblem problem)
    {
        // Errors displace warnings: a full list must not hide that the template is unusable.
        if (_all.Count >= TemplateLimits.Problems && problem.IsError && _all.FindLastIndex(p => !p.IsError) is >= 0 and var warning)
        {
            _all.RemoveAt(warning);
        }

        if (_all.Count < TemplateLimits.Problems)
        {
            _all.Add(problem);
        }
    }
}
