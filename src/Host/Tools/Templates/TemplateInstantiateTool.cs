using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.Templates;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools.Templates;

/// <summary>
/// Fills a template in, and plans its tasks as one plan when told so. What the answer says of created tasks it reads from what is stored: a
/// repeated call gets the same answer though the template may have changed in between.
/// </summary>
internal sealed class TemplateInstantiateTool(Gate gate, ILogger log) : OrchestratorTool<TemplateInstantiateTool.Input>(
    gate, log, "template_instantiate", "Fill a template in; create_tasks plans it.", Writes,
    """
    {"type":"object","properties":{"template_id":{"type":"string"},"parameters":{"type":"object"},"create_tasks":{"type":"boolean"}},"required":["template_id","parameters"]}
    """)
{
    private const int Shown = 100;

    protected override Input Bind(ToolArguments arguments) => new(
        TemplateArguments.Id(arguments), TemplateArguments.Values(arguments), arguments.Flag("create_tasks") ?? false,
        arguments.Text("session_id", 200, TextRule.OneLine) is { } session ? InitializeSessionTool.Known(session) : null);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var id = DerivedId.Task(call.Key);
        if (input.Create && call.Storage.Index.Find([id]).Count == 1 && await call.Storage.Tasks.Details(id, cancellation) is { } before)
        {
            return await Plan(call, new TaskCommands.Plan(id, call.Key, call.By, before.Session, before.Definition, []), input, null, cancellation);
        }

        var stored = TemplateArguments.Load(call, input.Id, null);
        var reading = call.Storage.Templates.Read(stored.Id, stored.Content);
        var template = reading.Template ?? throw TemplateArguments.Refuse($"The template {stored.Id} cannot be used.", reading.Problems);
        var problems = new TemplateProblems();
        var plan = TemplatePlan.Of(call.Key, template, input.Values, problems)
            ?? throw TemplateArguments.Refuse($"The template {stored.Id} cannot be filled in so.", problems.All);
        if (!input.Create)
        {
            return Preview(template, plan, problems);
        }

        if (input.Session is { } session
            && await call.Storage.Sessions.Send(new SessionQueries.Get(session), cancellation) is SessionReplies.Refused unknown)
        {
            throw new RefusedException(unknown.Refusal);
        }

        return await Plan(call, new TaskCommands.Plan(id, call.Key, call.By, input.Session, plan.Root, plan.Subtasks), input, problems, cancellation);
    }

    private static CallToolResult Preview(Template template, TemplatePlan plan, TemplateProblems problems)
    {
        var all = plan.Subtasks.SelectMany(s => s.All()).ToList();
        var references = template.Tasks.SelectMany(t => t.All()).Zip(all).ToDictionary(z => z.Item2.TaskId, z => z.Item1.Id);
        var below = all.SelectMany(t => (t.Subtasks ?? []).Select(s => (s.TaskId, t))).ToDictionary(s => s.TaskId, s => references[s.t.TaskId]);
        return Answer(
            $"{template.Id} would plan {all.Count} tasks: {plan.Root.Title}. Nothing was created; pass create_tasks true for that.",
            new TemplateInstanceView(
                template.Id, false, null, plan.Root.Title, all.Count,
                [.. all.Take(Shown).Select(t => new TemplateTaskView(
                    references[t.TaskId], null, t.Definition.Title, t.Definition.Specialist, below.GetValueOrDefault(t.TaskId),
                    TaskViews.NullIfEmpty(t.Definition.Dependencies.Select(d => references[d.On])), null))],
                all.Count > Shown ? true : null, TemplateProblemView.Of(problems.All)),
            TemplateJson.Default.TemplateInstanceView);
    }

    private static async Task<CallToolResult> Plan(
        ToolCall call, TaskCommands.Plan command, Input input, TemplateProblems? problems, CancellationToken cancellation)
    {
        await call.Send(command, cancellation);
        var references = TemplatePlan.ReferencesOf(command.Definition.Context) ?? [];
        var rows = call.Storage.Index.Find([.. references.Select(r => DerivedId.Task(call.Key, r))]);
        var byId = references.ToDictionary(r => DerivedId.Task(call.Key, r));
        return Answer(
            $"Planned {command.TaskId} with {rows.Count} tasks: {command.Definition.Title}",
            new TemplateInstanceView(
                input.Id, true, command.TaskId.Value, command.Definition.Title, rows.Count,
                [.. rows.Take(Shown).Select(r => new TemplateTaskView(
                    byId[r.TaskId], r.TaskId.Value, r.Title, r.Specialist, r.Parent is { } p && byId.TryGetValue(p, out var above) ? above : null, null,
                    r.Ready ? true : null))],
                rows.Count > Shown ? true : null, TemplateProblemView.Of(problems?.All ?? [])),
            TemplateJson.Default.TemplateInstanceView);
    }

    internal sealed record Input(string Id, Json5Object Values, bool Create, SessionId? Session);
}
