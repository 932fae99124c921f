using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Templates;

/// <summary>What can only be judged of a template as a whole.</summary>
internal static class TemplateChecks
{
    /// <summary>Ids are unique over all levels, dependencies lead to tasks of the template, and nobody waits for itself.</summary>
    public static void Tasks(IReadOnlyList<TemplateTask> tasks, TemplateProblems problems)
    {
        var all = tasks.SelectMany(t => t.All()).ToList();
        var byId = new Dictionary<string, TemplateTask>();
        foreach (var task in all.Where(t => !byId.TryAdd(t.Id, t)))
        {
            problems.Error(task.At, $"The task id '{task.Id}' is used twice.", "Give each task an id of its own, over all levels.");
        }

        if (all.Count > TaskLimits.Subtasks)
        {
            problems.Error(
                all[^1].At, $"The template has {all.Count} tasks; at most {TaskLimits.Subtasks} are allowed.", "Split it into several templates.");
        }

        foreach (var on in all.SelectMany(t => t.Dependencies.Where(d => !byId.ContainsKey(d.Value))))
        {
            problems.Error(on.At, $"There is no task '{on.Value}' in this template.", $"The ids are: {string.Join(", ", byId.Keys.Take(50))}.");
        }

        if (!problems.HasErrors && FirstCycle(all, byId) is { } cycle)
        {
            problems.Error(
                cycle[0].At, $"These tasks wait for each other: {string.Join(" waits for ", cycle.Select(t => t.Id))}.",
                "Remove one of the dependencies. A task also waits for its subtasks.");
        }
    }

    /// <summary>Parameters and variables have names that a placeholder can hold, and no name means two things.</summary>
    public static void Names(IReadOnlyList<TemplateParameter> parameters, IReadOnlyList<TemplateVariable> variables, TemplateProblems problems)
    {
        var seen = new HashSet<string>();
        foreach (var (name, at) in parameters.Select(p => (p.Name, p.At)).Concat(variables.Select(v => (v.Name, v.Text.At))))
        {
            if (!TemplateNames.IsParameter(name))
            {
                problems.Error(at, $"'{name}' cannot be the name of a parameter or variable.", "Use letters, digits and _, and begin with a letter.");
            }
            else if (!seen.Add(name))
            {
                problems.Error(at, $"'{name}' is both a parameter and a variable.", "Rename one of them.");
            }
        }
    }

    /// <summary>Every placeholder has a parameter or variable; every parameter is used.</summary>
    public static void Placeholders(
        TemplateMetadata metadata, IReadOnlyList<TemplateParameter> parameters, IReadOnlyList<TemplateVariable> variables,
        IReadOnlyList<TemplateTask> tasks, TemplateProblems problems)
    {
        var known = parameters.Select(p => p.Name).ToHashSet();
        var used = new HashSet<string>();
        foreach (var variable in variables)
        {
            Check(variable.Text);
            known.Add(variable.Name);
        }

        foreach (var text in tasks.SelectMany(t => t.All()).SelectMany(Texts).Append(metadata.Name).Append(metadata.Description))
        {
            Check(text);
        }

        foreach (var parameter in parameters.Where(p => !used.Contains(p.Name)))
        {
            problems.Warning(
                parameter.At, $"The parameter '{parameter.Name}' is used nowhere.", $"Use {{{{{parameter.Name}}}}} in a text, or remove it.");
        }

        void Check(TemplateText text)
        {
            foreach (var name in Templates.Placeholders.In(text.Value))
            {
                used.Add(name);
                if (!known.Contains(name))
                {
                    problems.Error(
                        text.At, $"There is no parameter or variable '{name}' for the placeholder {{{{{name}}}}}.",
                        known.Count == 0 ? "Declare it under parameters." : $"Declare it, or use one of {string.Join(", ", known.Order().Take(50))}.");
                }
            }
        }
    }

    private static IEnumerable<TemplateText> Texts(TemplateTask task)
    {
        // Without a description the title stands in for it, and is one text all the same.
        IEnumerable<TemplateText> texts =
            task.Description == task.Title ? [task.Title, .. task.Checklist] : [task.Title, task.Description, .. task.Checklist];
        return task.Effort is null ? texts : texts.Append(task.Effort);
    }

    private static List<TemplateTask>? FirstCycle(List<TemplateTask> all, Dictionary<string, TemplateTask> byId)
    {
        var done = new HashSet<string>();
        foreach (var start in all)
        {
            var path = new List<TemplateTask>();
            if (Walk(start, path))
            {
                return path[path.FindIndex(t => t.Id == path[^1].Id)..];
            }
        }

        return null;

        bool Walk(TemplateTask at, List<TemplateTask> path)
        {
            if (done.Contains(at.Id))
            {
                return false;
            }

            var again = path.Exists(t => t.Id == at.Id);
            path.Add(at);
            if (again || at.Children.Concat(at.Dependencies.Select(d => byId[d.Value])).Any(next => Walk(next, path)))
            {
                return true;
            }

            path.RemoveAt(path.Count - 1);
            done.Add(at.Id);
            return false;
        }
    }
}
