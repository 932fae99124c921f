using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>A subtask as a planner writes it.</summary>
/// <param name="Reference">Its name within the plan.</param>
/// <param name="Title">One line.</param>
/// <param name="Description">What is to be done.</param>
/// <param name="Specialist">Role.</param>
/// <param name="DependsOn">References within the plan, or ids of existing tasks.</param>
/// <param name="Effort">Free text, such as "2 h".</param>
public sealed record PlanItem(
    string Reference, string Title, string Description, string Specialist, IReadOnlyList<string> DependsOn, string? Effort = null);

/// <summary>From references to ids; refuses what cannot be a plan. Pure.</summary>
public static class PlanGraph
{
    /// <summary>The subtasks of a plan with their ids derived from <paramref name="command"/>, or why there can be no such plan.</summary>
    public static (IReadOnlyList<PlannedTask> Subtasks, Refusal? Refusal) Build(
        CommandId command, TaskDefinition root, IReadOnlyList<PlanItem> items)
    {
        var byReference = new Dictionary<string, PlanItem>();
        foreach (var item in items)
        {
            if (!byReference.TryAdd(item.Reference, item))
            {
                return ([], new Refusal(RefusalCode.ValidationFailed, $"tasks: the ref '{item.Reference}' is used twice.", "Give each task a ref of its own."));
            }
        }

        foreach (var item in items)
        {
            if (item.DependsOn.FirstOrDefault(d => !byReference.ContainsKey(d) && !d.StartsWith("task_", StringComparison.Ordinal)) is { } unknown)
            {
                return ([], new Refusal(
                    RefusalCode.DependencyConflict, $"tasks: '{item.Reference}' depends on '{unknown}', which is neither a ref of this plan nor a task id.",
                    $"The refs are: {string.Join(", ", byReference.Keys)}."));
            }
        }

        if (FindCycle(byReference) is { } cycle)
        {
            return ([], new Refusal(
                RefusalCode.DependencyConflict, $"tasks: these wait for each other: {string.Join(" waits for ", cycle)}.",
                "Remove one of these dependencies."));
        }

        return ([.. items.Select(i => new PlannedTask(DerivedId.Task(command, i.Reference), new TaskDefinition(
            i.Title, i.Description, TaskKind.Standard, TaskComplexity.Moderate, i.Specialist, root.Priority, i.Effort, null, null,
            [.. i.DependsOn.Distinct().Select(d => new Dependency(
                byReference.ContainsKey(d) ? DerivedId.Task(command, d) : new TaskId(d)))])))], null);
    }

    /// <summary>Depth first; a reference met again on the way down closes a cycle.</summary>
    private static List<string>? FindCycle(Dictionary<string, PlanItem> items)
    {
        var done = new HashSet<string>();
        foreach (var start in items.Keys)
        {
            var path = new List<string>();
            if (Walk(start, path))
            {
                return path[path.IndexOf(path[^1])..];
            }
        }

        return null;

        bool Walk(string at, List<string> path)
        {
            if (done.Contains(at) || !items.TryGetValue(at, out var item))
            {
                return false;
            }

            var again = path.Contains(at);
            path.Add(at);
            if (again || item.DependsOn.Any(d => Walk(d, path)))
            {
                return true;
            }

            path.RemoveAt(path.Count - 1);
            done.Add(at);
            return false;
        }
    }
}
