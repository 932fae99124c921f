using Akka.Actor;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// Guards the graph of dependencies and subtasks: no unknown task in it, and no cycle. Two changes that are harmless alone can form a cycle
/// together, so the changes that add edges pass here one at a time; a task answers only when the index holds its change, so the next check sees it.
/// </summary>
public sealed class TaskGraphActor : ReceiveActor, IWithUnboundedStash
{
    private static readonly TimeSpan TaskAnswersWithin = TimeSpan.FromSeconds(20);

    private readonly IActorRef _tasks;
    private readonly ITaskIndex _index;
    private readonly TaskEnds _ends;

    /// <summary>Made by <see cref="TasksWiring.WithTasks"/>.</summary>
    public TaskGraphActor(IActorRef tasks, IActorRef projection, ITaskIndex index)
    {
        (_tasks, _index, _ends) = (tasks, index, new TaskEnds(index));
        Starting();

        // The tables may lag behind the journal after a crash, and a check against them would overlook what is there.
        projection.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), Timeout.InfiniteTimeSpan)
            .PipeTo(Self, success: _ => CaughtUp.Instance, failure: _ => CaughtUp.Instance);
    }

    /// <inheritdoc/>
    public IStash Stash { get; set; } = null!;

    /// <summary>Whether a command adds edges, or has consequences along them, and must pass here.</summary>
    public static bool Guards(ITaskCommand command) => command switch
    {
        TaskCommands.Plan c => c.Definition.Dependencies.Count > 0 || c.Subtasks.SelectMany(s => s.All()).Any(s => s.Definition.Dependencies.Count > 0),
        TaskCommands.AddSubtasks => true,
        TaskCommands.Update { Changes.Dependencies.Count: > 0 } => true,
        _ => TaskEnds.IsEnd(command),
    };

    private void Check(ITaskCommand command)
    {
        var objection = ObjectionTo(command);
        if (objection is null && TaskEnds.IsEnd(command))
        {
            (command, objection) = _ends.Judge((IConsequentialCommand)command);
        }

        // The task has the last word: a command that it has granted before gets the same answer, whatever has become of the graph since.
        var asker = Sender;
        _tasks.Ask<ITaskReply>(new Guarded(command, objection), TaskAnswersWithin)
            .PipeTo(Self, success: r => new Done(asker, r), failure: _ => new Done(asker, null));
        Become(Busy);
    }

    private Refusal? ObjectionTo(ITaskCommand command) => command switch
    {
        TaskCommands.Plan c => Unknown(c.Subtasks, c.Definition.Dependencies) ?? CycleWithin(c.Subtasks),
        TaskCommands.AddSubtasks c =>
            Unknown(c.Subtasks, []) ?? CycleWithin(c.Subtasks) ?? Cycle(c.TaskId, Outer(c.Subtasks), $"a subtask of {c.TaskId}"),
        TaskCommands.Update { Changes.Dependencies: { } wanted } c => Unknown([], wanted) ?? Cycle(c.TaskId, wanted, $"{c.TaskId}"),
        IConsequentialCommand => null,
        _ => throw new NotSupportedException($"Task graph: no rule for command {command.GetType().Name}."),
    };

    private void Starting()
    {
        Receive<CaughtUp>(_ =>
        {
            Become(Free);
            Stash.UnstashAll();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    private void Free() => Receive<ITaskCommand>(Check);

    private void Busy()
    {
        Receive<Done>(done =>
        {
            if (done.Reply is not null)   // silence is the gateway's to interpret
            {
                done.Asker.Tell(done.Reply);
            }

            Become(Free);
            Stash.UnstashAll();
        });
        ReceiveAny(_ => Stash.Stash());
    }

    /// <summary>Dependencies on tasks that are neither stored nor part of the same plan.</summary>
    private Refusal? Unknown(IReadOnlyList<PlannedTask> planned, IReadOnlyList<Dependency> dependencies)
    {
        var outer = Outer(planned).Concat(dependencies).Select(d => d.On).Distinct().ToList();
        var unknown = outer.Except(_index.Find(outer).Select(t => t.TaskId)).ToList();
        return unknown.Count == 0
            ? null
            : new Refusal(
                RefusalCode.DependencyConflict, $"There is no task {string.Join(", ", unknown)} to depend on.",
                "Name ids from orchestrator_query_tasks, or refs of the same plan.");
    }

    private Refusal? Cycle(TaskId task, IReadOnlyList<Dependency> dependencies, string who)
    {
        foreach (var on in dependencies.Where(d => d.Kind.HoldsUp()).Select(d => d.On))
        {
            if (_index.WaitPath(on, task) is { } path)
            {
                return new Refusal(
                    RefusalCode.DependencyConflict,
                    $"{who} cannot wait for {on}: that would be a cycle ({string.Join(" waits for ", path)} waits for {on}).",
                    "Leave this dependency out, or make it of kind related.");
            }
        }

        return null;
    }

    /// <summary>Tasks of one plan that wait for each other: what is left when those that wait for nobody are taken away, again and again.</summary>
    private static Refusal? CycleWithin(IReadOnlyList<PlannedTask> planned)
    {
        var left = planned.SelectMany(p => p.All()).ToList();
        int before;
        do
        {
            before = left.Count;
            var ids = left.Select(p => p.TaskId).ToHashSet();
            left.RemoveAll(p => !p.Definition.Dependencies.Any(d => d.Kind.HoldsUp() && ids.Contains(d.On))
                && !(p.Subtasks ?? []).Any(s => ids.Contains(s.TaskId)));   // a task waits for its subtasks as well
        }
        while (left.Count < before);

        return left.Count == 0
            ? null
            : new Refusal(
                RefusalCode.DependencyConflict,
                "These tasks of the plan wait for each other, or for one that does: "
                + $"{string.Join(", ", left.Select(p => $"'{p.Definition.Title}'"))}; that would be a cycle.",
                "Leave out a dependency between them, or make it of kind related.");
    }

    private static IReadOnlyList<Dependency> Outer(IReadOnlyList<PlannedTask> planned)
    {
        var all = planned.SelectMany(p => p.All()).ToList();
        var own = all.Select(p => p.TaskId).ToHashSet();
        return [.. all.SelectMany(p => p.Definition.Dependencies).Where(d => !own.Contains(d.On))];
    }

    private sealed record CaughtUp
    {
        public static readonly CaughtUp Instance = new();
    }

    /// <summary>A command that was held against the graph, and what speaks against it.</summary>
    internal sealed record Guarded(ITaskCommand Command, Refusal? Objection) : ITaskMessage
    {
        public TaskId TaskId => Command.TaskId;
    }

    private sealed record Done(IActorRef Asker, ITaskReply? Reply);
}
