using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests;

/// <summary>Short words for what most specs begin with.</summary>
internal static class Given
{
    public const string Worker = "worker";
    private static long _sequence;

    public static CommandId NewCommand(string client = "0123456789abcdef0123456789abcdef") => new(client, Interlocked.Increment(ref _sequence));

    public static TaskDefinition Definition(string title = "write docs", params IReadOnlyList<Dependency> dependencies) =>
        new(title, $"{title}, in full", TaskKind.Standard, TaskComplexity.Moderate, "coder", 2, null, null, null, dependencies);

    public static TaskDefinition Needing(this TaskDefinition definition, params IEnumerable<TaskId> needs) =>
        definition with { Dependencies = [.. needs.Select(n => new Dependency(n))] };

    public static TaskCommands.Plan Plan(string title = "write docs", params IReadOnlyList<Dependency> dependencies)
    {
        var command = NewCommand();
        return new TaskCommands.Plan(DerivedId.Task(command), command, Worker, null, Definition(title, dependencies), []);
    }

    public static TaskCommands.Plan WithSubtasks(this TaskCommands.Plan plan, params string[] titles) =>
        plan with { Subtasks = [.. titles.Select(t => new PlannedTask(DerivedId.Task(plan.CommandId, t), Definition(t)))] };

    public static TaskCommands.Claim Claim(TaskId task, int minutes = 30) => new(task, NewCommand(), Worker, TimeSpan.FromMinutes(minutes));

    public static TaskCommands.Update Update(TaskId task, TaskChanges changes, ClaimToken? claim = null, long? version = null) =>
        new(task, NewCommand(), Worker, claim, version, changes);

    public static TaskCommands.Complete Complete(TaskId task, ClaimToken? claim = null, NextAction next = NextAction.Complete)
    {
        var command = NewCommand();
        return new TaskCommands.Complete(task, command, Worker, claim, next, new ArtifactReference(
            DerivedId.Artifact(command), ArtifactKind.Code, new string('a', 64), 3, "text/plain; charset=utf-8", "done", []));
    }
}
