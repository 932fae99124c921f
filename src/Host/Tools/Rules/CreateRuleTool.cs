using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Rules;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Rules;

/// <summary>Makes a rule that plans a task whenever something happens.</summary>
internal sealed class CreateRuleTool(Gate gate, ILogger log) : OrchestratorTool<CreateRuleTool.Input>(
    gate, log, "auto_append_create_rule", "Plan a task whenever an event fits.", Writes,
    """
    {"type":"object","properties":{"name":{"type":"string"},"description":{"type":"string"},
    "trigger_events":{"type":"array","items":{"type":"string"}},"condition":{"type":"object"},
    "creation_mode":{"type":"string"},"task_definition":{"type":"object"},"template_id":{"type":"string"},
    "template_parameters":{"type":"object"},"clone_task_id":{"type":"string"},"max_executions":{"type":"integer"},
    "cooldown_minutes":{"type":"integer"}},"required":["name","description","trigger_events","condition"]}
    """)
{
    protected override Input Bind(ToolArguments arguments)
    {
        var triggers = arguments.Words("trigger_events", RuleArguments.Triggers);
        if (triggers.Count == 0)
        {
            throw arguments.Invalid("trigger_events", "is missing or empty", $"Use some of {RuleArguments.Triggers.All}.");
        }

        var mode = arguments.Word("creation_mode", RuleArguments.Modes) ?? RuleMode.Direct;
        var task = arguments.Nested("task_definition");
        var template = arguments.Has("template_id") ? Templates.TemplateArguments.Id(arguments) : null;
        var parameters = RuleArguments.Parameters(arguments);
        var clone = arguments.Text("clone_task_id", 200, TextRule.OneLine);
        _ = arguments.Text("created_by", 200, TextRule.OneLine);   // who really asked is known
        var missing = mode switch
        {
            RuleMode.Direct when task is null => "task_definition",
            RuleMode.Template when template is null => "template_id",
            RuleMode.Clone when clone is null => "clone_task_id",
            _ => null,
        };
        if (missing is not null)
        {
            throw arguments.Invalid(missing, $"is missing, and creation_mode {RuleArguments.Modes[mode]} needs it", "Pass it.");
        }

        return new Input(RuleArguments.OwnId(arguments), new RuleDefinition(
            arguments.RequiredText("name", TaskLimits.Title, TextRule.OneLine), arguments.RequiredText("description", 2_000, TextRule.Prose), triggers,
            RuleArguments.Condition(arguments), mode, mode == RuleMode.Direct ? RuleArguments.Task(task!) : null,
            mode == RuleMode.Template ? template : null, mode == RuleMode.Template ? parameters : null,
            mode == RuleMode.Clone ? RuleArguments.Placeholders(arguments, "clone_task_id", clone!) : null,
            arguments.Number("priority", 0, 1_000_000) ?? 100, arguments.Number("max_executions", 1, int.MaxValue),
            TimeSpan.FromMinutes(arguments.Number("cooldown_minutes", 0, 60 * 24 * 365) ?? 0)));
    }

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var d = input.Definition;
        if (d.Template is { } template && call.Storage.Templates.Store.Load(template) is null)
        {
            throw new RefusedException(Templates.TemplateArguments.NotFound(template, null));
        }

        var id = input.Own ?? DerivedId.Rule(call.Key);
        await RuleArguments.Send(call, new RuleCommands.Create(id, call.Key, call.By, d), cancellation);
        return Answer(
            $"Rule {id} applies from now on: {d.Name}", new RuleMadeView(id.Value, d.Name, TaskViews.NullIfEmpty(Warnings(d))), RuleJson.Default.RuleMadeView);
    }

    private static IEnumerable<string> Warnings(RuleDefinition d)
    {
        if (d.Triggers.Contains(RuleTrigger.TaskCreated))
        {
            yield return $"It waits for new tasks and makes one: tasks of this rule never trigger it, and a chain of rules ends after {RuleLimits.Origins}.";
        }

        if (d.MaxExecutions is null && d.Cooldown == TimeSpan.Zero)
        {
            yield return $"It has neither max_executions nor cooldown_minutes; all rules together fire at most {RuleLimits.PerMinute} times a minute.";
        }
    }

    internal sealed record Input(RuleId? Own, RuleDefinition Definition);
}
