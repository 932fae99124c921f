using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Rules;

/// <summary>From a rule that fires to the task that it makes. Reads templates and other tasks; what it finds becomes part of the decision.</summary>
public sealed class RuleActions(TemplateCatalog templates, TaskJournal journal)
{
    /// <summary>What is to be done.</summary>
    /// <param name="command">The command that the task will be planned with; its ids are derived from it.</param>
    /// <param name="rule">The rule.</param>
    /// <param name="facts">What its placeholders stand for.</param>
    public RuleAction Decide(CommandId command, RuleDefinition rule, RuleFacts facts)
    {
        var root = DerivedId.Task(command);
        return rule.Mode switch
        {
            RuleMode.Direct => Direct(root, rule.Task!, facts),
            RuleMode.Template => FromTemplate(command, root, rule, facts),
            RuleMode.Clone => Clone(command, root, Fill(rule.CloneOf!, facts)),
            _ => throw new ArgumentOutOfRangeException(nameof(rule), rule.Mode, "Unknown mode."),
        };
    }

    private static RuleAction Direct(TaskId root, RuleTask task, RuleFacts facts)
    {
        var title = string.Join(' ', Fill(task.Title, facts).Split((char[]?)null, StringSplitOptions.RemoveEmptyEntries));
        var description = Fill(task.Description, facts);
        // Cut rather than refused: a long title of somebody else's task must not silence the rule.
        title = title.Length <= TaskLimits.Title ? title : $"{title[..(TaskLimits.Title - 1)]}…";
        description = description.Length <= TaskLimits.Description ? description : $"{description[..(TaskLimits.Description - 1)]}…";
        if (title.Length == 0)
        {
            return Failure("The title is empty once its placeholders are filled in.");
        }

        var parent = task.Parent is null ? "" : Fill(task.Parent, facts);
        var dependencies = task.Dependencies.Select(d => Fill(d, facts)).Where(d => d.Length > 0).Distinct().Select(d => new Dependency(new TaskId(d)));
        return new RuleAction(
            parent.Length == 0 ? null : new TaskId(parent),
            new PlannedTask(root, new TaskDefinition(
                title, description, task.Kind, task.Complexity, task.Specialist, task.Priority, task.Effort, null, null, [.. dependencies])),
            null);
    }

    private RuleAction FromTemplate(CommandId command, TaskId root, RuleDefinition rule, RuleFacts facts)
    {
        if (templates.Store.Load(rule.Template!) is not { } stored)
        {
            return Failure($"There is no template '{rule.Template}'.");
        }

        var reading = templates.Read(stored.Id, stored.Content);
        var problems = new TemplateProblems();
        var plan = reading.Template is null
            ? null
            : TemplatePlan.Of(command, reading.Template, (Json5Object)Fill(Json5.Parse("template_parameters", rule.Parameters ?? "{}"), facts), problems);
        if (plan is null)
        {
            var first = reading.Problems.Concat(problems.All).First(p => p.IsError);
            return Failure($"The template '{rule.Template}' cannot be filled in: {first.At}: {first.Message}");
        }

        return new RuleAction(null, new PlannedTask(root, plan.Root, plan.Subtasks), null);
    }

    private RuleAction Clone(CommandId command, TaskId root, string original)
    {
        var copied = new Dictionary<TaskId, TaskId>();
        var left = TaskLimits.Subtasks;
        var copy = Copy(new TaskId(original), root);
        return copy is null
            ? Failure(left < 0 ? $"{original} has more than {TaskLimits.Subtasks} tasks below it." : $"There is no task {original} to clone.")
            : new RuleAction(null, Reconnect(copy), null);

        PlannedTask? Copy(TaskId id, TaskId newId)
        {
            if (left-- < 0 || journal.At(id)?.State is not { Definition: { } definition } task)
            {
                return null;
            }

            copied[id] = newId;
            var below = task.Subtasks.Select(s => Copy(s, DerivedId.Task(command, s.Value))).OfType<PlannedTask>().ToList();
            return below.Count < task.Subtasks.Count ? null : new PlannedTask(newId, definition with { DueAt = null }, below.Count == 0 ? null : below);
        }

        // Dependencies within the tree lead to the copies, all others to where they led.
        PlannedTask Reconnect(PlannedTask task) => task with
        {
            Definition = task.Definition with
            {
                Dependencies = [.. task.Definition.Dependencies.Select(d => d with { On = copied.GetValueOrDefault(d.On, d.On) })],
            },
            Subtasks = task.Subtasks?.Select(Reconnect).ToList(),
        };
    }

    private static Json5Value Fill(Json5Value value, RuleFacts facts) => value switch
    {
        Json5Text text => text with { Value = Fill(text.Value, facts) },
        Json5List list => list with { Elements = [.. list.Elements.Select(e => Fill(e, facts))] },
        Json5Object o => o with { Members = [.. o.Members.Select(m => m with { Value = Fill(m.Value, facts) })] },
        _ => value,
    };

    private static string Fill(string text, RuleFacts facts) => Placeholders.Replace(text, facts.Fill);

    private static RuleAction Failure(string why) => new(null, null, why);
}
