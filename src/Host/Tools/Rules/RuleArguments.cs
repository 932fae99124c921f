using Orchestrator.Actors.Rules;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>Arguments that the tools for rules share, and what they all ask.</summary>
internal static class RuleArguments
{
    public static readonly Vocabulary<RuleTrigger> Triggers = new(
        Enum.GetValues<RuleTrigger>(), ("task_overdue", RuleTrigger.Overdue), ("deadline_passed", RuleTrigger.Overdue));
    public static readonly Vocabulary<RuleMode> Modes = new(Enum.GetValues<RuleMode>());

    public static RuleId Id(ToolArguments arguments) => new(Checked(arguments, arguments.RequiredText("rule_id", 64, TextRule.OneLine)));

    /// <summary>An id of the user's choice, or none.</summary>
    public static RuleId? OwnId(ToolArguments arguments) =>
        arguments.Text("rule_id", 64, TextRule.OneLine) is { } id ? new RuleId(Checked(arguments, id)) : null;

    /// <summary>A condition that can be evaluated, as JSON.</summary>
    public static string Condition(ToolArguments arguments)
    {
        var json = arguments.ObjectText("condition", 20_000) ?? throw arguments.Invalid("condition", "is missing", "Pass an object; {} is always true.");
        try
        {
            _ = RuleCondition.Parse(json);
            return json;
        }
        catch (RuleConditionException e)
        {
            throw arguments.Invalid(
                "condition", $"cannot be used: {e.Message}",
                """Write {"field":"status","operator":"equals","value":"failed"}, or combine such with {"and":[...]}, {"or":[...]}, {"not":{...}}.""");
        }
    }

    /// <summary>A task to be made, whose texts may hold placeholders.</summary>
    public static RuleTask Task(ToolArguments task)
    {
        var made = new RuleTask(
            Placeholders(task, "title", task.RequiredText("title", TaskLimits.Title, TextRule.OneLine)),
            Placeholders(task, "description", task.Text("description", TaskLimits.Description, TextRule.Prose) ?? ""),
            task.Word("task_type", Vocabulary.Kinds) ?? TaskKind.Standard, task.Word("complexity", Vocabulary.Complexities) ?? TaskComplexity.Moderate,
            TaskArguments.Specialist(task) ?? "generic", task.Number("priority", 0, 4) ?? 2, TaskArguments.Effort(task),
            task.Text("parent_task_id", 200, TextRule.OneLine) is { } parent ? Placeholders(task, "parent_task_id", parent) : null,
            [.. task.Texts("dependencies", TaskLimits.Dependencies, 200).Select(d => Placeholders(task, "dependencies", d))]);
        task.RefuseUnread();
        return made;
    }

    /// <summary>A text all of whose placeholders can be filled in.</summary>
    public static string Placeholders(ToolArguments arguments, string name, string text) =>
        Actors.Templates.Placeholders.In(text).FirstOrDefault(p => !RuleFacts.IsPlaceholder(p)) is { } unknown
            ? throw arguments.Invalid(name, $"asks for {{{{{unknown}}}}}, which no event has", $"Use one of {RuleFacts.AllPlaceholders}.")
            : text;

    /// <summary>The values of a template's parameters, as JSON.</summary>
    public static string Parameters(ToolArguments arguments)
    {
        var json = arguments.ObjectText("template_parameters", 20_000) ?? "{}";
        try
        {
            _ = Json5.Parse("template_parameters", json);
        }
        catch (Json5Exception e)
        {
            throw arguments.Invalid("template_parameters", $"cannot be used: {e.Message}", "Correct the value.");
        }

        return Placeholders(arguments, "template_parameters", json);
    }

    /// <summary>All rules as they stand.</summary>
    public static async Task<RuleReplies.Standing> Standing(ToolCall call, CancellationToken cancellation) =>
        await call.Storage.Rules.Send(new RuleQueries.GetStanding(), cancellation) switch
        {
            RuleReplies.Standing standing => standing,
            RuleReplies.Refused refused => throw new RefusedException(refused.Refusal),
            var other => throw new NotSupportedException($"No rule for reply {other.GetType().Name}."),
        };

    /// <summary>Sends a command.</summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public static async System.Threading.Tasks.Task Send(ToolCall call, IRuleCommand command, CancellationToken cancellation)
    {
        if (await call.Storage.Rules.Send(command, cancellation) is RuleReplies.Refused refused)
        {
            throw new RefusedException(refused.Refusal);
        }
    }

    private static string Checked(ToolArguments arguments, string id) => TemplateNames.IsTemplateId(id)
        ? id
        : throw arguments.Invalid("rule_id", "must be letters, digits, _ and -", "Take an id from auto_append_list_rules, or choose another name.");
}
