using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>Who is concerned when a task ends, and whether it may end like this. Asked by the guard of the graph, while no edge can be added.</summary>
internal sealed class TaskEnds(ITaskIndex index)
{
    /// <summary>Whether a command ends a task, or brings it back: others are concerned then.</summary>
    public static bool IsEnd(ITaskCommand command) => command is TaskCommands.Update update
        ? update.Changes.Phase is TaskPhase.Cancelled or TaskPhase.Archived
        : command is IConsequentialCommand;

    /// <summary>The command with its consequences, and what speaks against it.</summary>
    public (ITaskCommand Command, Refusal? Objection) Judge(IConsequentialCommand wanted)
    {
        var command = Meaning(wanted);
        var below = index.Below(command.TaskId, TaskLimits.Consequences + 1);
        IReadOnlyList<DependentRow> dependents = command is TaskCommands.Restore
            ? []
            : [.. index.DependentsOf([command.TaskId, .. below.Select(t => t.TaskId)], TaskLimits.Consequences + 1).Where(d => IsLeftWaiting(d, command))];
        var consequences = ForSubtasks(command, below)
            .Concat(dependents.Select(d => d.TaskId).Distinct().Select(t =>
                new Consequence(t, command is TaskCommands.Cancel ? ConsequenceKind.Tell : ConsequenceKind.Waive)))
            .ToList();
        var objection = consequences.Count > TaskLimits.Consequences
            ? new Refusal(
                RefusalCode.ValidationFailed, $"This concerns more than {TaskLimits.Consequences} tasks; so many are not changed in one call.",
                "Begin with parts of it: call this for its subtasks first.")
            : Objection(command, below, dependents, wanted is TaskCommands.Update);
        return (With(wanted, consequences), objection);
    }

    // Whichever tool ends a task, it means the same for others.
    private static IConsequentialCommand Meaning(IConsequentialCommand command) => command switch
    {
        TaskCommands.Update { Changes.Phase: TaskPhase.Cancelled } u => new TaskCommands.Cancel(u.TaskId, u.CommandId, u.By, u.Changes.Note, true),
        TaskCommands.Update u => new TaskCommands.Archive(u.TaskId, u.CommandId, u.By, u.Changes.Note, null, false),
        _ => command,
    };

    private static IEnumerable<Consequence> ForSubtasks(IConsequentialCommand command, IReadOnlyList<TaskRow> below) => command switch
    {
        TaskCommands.Cancel => below.Where(t => t.Phase.IsOpen()).Select(t => new Consequence(t.TaskId, ConsequenceKind.Cancel)),
        TaskCommands.Archive => below.Where(t => t.Phase != TaskPhase.Archived).Select(t => new Consequence(t.TaskId, ConsequenceKind.Archive)),
        TaskCommands.Delete => below.Select(t => new Consequence(t.TaskId, ConsequenceKind.Delete)),
        TaskCommands.Restore => below.Where(t => t.Phase == TaskPhase.Archived).Select(t => new Consequence(t.TaskId, ConsequenceKind.Restore)),
        _ => throw new NotSupportedException($"Task graph: no rule for command {command.GetType().Name}."),
    };

    private static Refusal? Objection(
        IConsequentialCommand command, IReadOnlyList<TaskRow> below, IReadOnlyList<DependentRow> dependents, bool isUpdate)
    {
        var (verb, parts) = command switch
        {
            TaskCommands.Archive { Force: false } => ("archived", below.Where(t => t.Phase.IsOpen()).ToList()),
            TaskCommands.Delete { Force: false } => ("deleted", [.. below]),
            _ => ("", []),
        };
        var waiting = dependents.Where(d => d.DependentPhase.IsOpen()).Select(d => d.TaskId).Distinct().ToList();
        if (verb.Length == 0 || (parts.Count == 0 && waiting.Count == 0))
        {
            return null;
        }

        var reasons = new List<string>();
        if (parts.Count > 0)
        {
            reasons.Add($"it has {(verb == "archived" ? "open subtasks" : "subtasks")} ({Some(parts.Select(t => t.TaskId))})");
        }

        if (waiting.Count > 0)
        {
            reasons.Add($"others wait for it ({Some(waiting)})");
        }

        return new Refusal(
            RefusalCode.DependencyConflict, $"{command.TaskId} cannot be {verb}: {string.Join(" and ", reasons)}.",
            $"Deal with those first, or {(isUpdate ? "use orchestrator_delete_task with" : "pass")} force: its subtasks then go with it, and the others "
            + "need not wait for it any more.");
    }

    // Met ones stay met. What a deleted task has handed in is gone with it, and who is closed now may be revived and then wait for ever.
    private static bool IsLeftWaiting(DependentRow d, IConsequentialCommand command) =>
        (d.DependentPhase.IsOpen() || command is TaskCommands.Delete) && !d.Waived && d.Kind switch
        {
            DependencyKind.Related or DependencyKind.Blocks => false,
            DependencyKind.Data => !d.HasWork || command is TaskCommands.Delete or TaskCommands.Cancel { PreserveWork: false },
            _ => !d.Satisfied,
        };

    private static ITaskCommand With(IConsequentialCommand command, IReadOnlyList<Consequence> consequences) => command switch
    {
        TaskCommands.Update c => c with { Consequences = consequences },
        TaskCommands.Cancel c => c with { Consequences = consequences },
        TaskCommands.Archive c => c with { Consequences = consequences },
        TaskCommands.Delete c => c with { Consequences = consequences },
        TaskCommands.Restore c => c with { Consequences = consequences },
        _ => throw new NotSupportedException($"Task graph: no rule for command {command.GetType().Name}."),
    };

    private static string Some(IEnumerable<TaskId> tasks)
    {
        var all = tasks.Take(6).ToList();
        return all.Count <= 5 ? string.Join(", ", all) : $"{string.Join(", ", all.Take(5))} and more";
    }
}
