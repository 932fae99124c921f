using System.CommandLine;
using System.Text.Json.Nodes;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Host.Commands.Store;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Commands.Work;

/// <summary><c>orchestrator tasks tree</c></summary>
internal static class Trees
{
    public static readonly Argument<string?> Root = new("task") { Description = "Where to begin; else every plan.", Arity = ArgumentArity.ZeroOrOne };

    public static int Run(ParseResult parsed, Output output)
    {
        var work = StoredWork.Open(RootCommands.Location(parsed));
        var all = work.All();
        var below = all.Where(t => t.Parent is not null).ToLookup(t => t.Parent!.Value);
        var roots = parsed.GetValue(Root) is { } root ? [work.Row(root)] : all.Where(t => t.Parent is null).ToList();
        if (output.IsJson)
        {
            Output.Json("task-tree/1", new JsonObject { ["tasks"] = new JsonArray([.. roots.Select(r => (JsonNode)Node(r, below))]) });
            return ExitCode.Done;
        }

        var open = new Stack<(TaskRow Task, string Lead, string Below)>(roots.AsEnumerable().Reverse().Select(r => (r, "", "")));
        while (open.TryPop(out var at))
        {
            var task = at.Task;
            var state = task.Ready ? "ready" : task.Phase.Name();
            var why = WhyNotReady.Of(task);
            output.Line($"{at.Lead}{task.Title}  [{state}{(task.Subtasks > 0 ? $", {task.CompletedSubtasks}/{task.Subtasks}" : "")}]  {task.TaskId}"
                + (why.Length > 0 ? $"  {why}" : ""));
            var children = Children(task, below);
            for (var i = children.Count - 1; i >= 0; i--)
            {
                var last = i == children.Count - 1;
                open.Push((children[i], at.Below + (last ? "└─ " : "├─ "), at.Below + (last ? "   " : "│  ")));
            }
        }

        return ExitCode.Done;
    }

    private static List<TaskRow> Children(TaskRow task, ILookup<TaskId, TaskRow> below) => [.. below[task.TaskId].OrderBy(t => t.Ordinal)];

    private static JsonObject Node(TaskRow task, ILookup<TaskId, TaskRow> below)
    {
        var node = TasksCommand.Node(TaskViews.Of(task)).AsObject();
        if (Children(task, below) is { Count: > 0 } children)
        {
            node["children"] = new JsonArray([.. children.Select(c => (JsonNode)Node(c, below))]);
        }

        return node;
    }
}
