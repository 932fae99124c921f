using System.Security.Cryptography;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Benchmarks;

/// <summary>The commands that are measured, each with an id of its own.</summary>
internal static class Commands
{
    private const string Worker = "worker";
    private static readonly string Client = Convert.ToHexStringLower(RandomNumberGenerator.GetBytes(16));
    private static long _sequence;

    public static TaskCommands.Plan Plan()
    {
        var command = Next();
        var definition = new TaskDefinition(
            $"Write the documentation of part {command.Sequence}", $"Describe part {command.Sequence} for its users: purpose, examples, limits.",
            TaskKind.Standard, TaskComplexity.Moderate, "coder", 2, null, null, null, []);
        return new TaskCommands.Plan(DerivedId.Task(command), command, Worker, null, definition, []);
    }

    /// <summary>A workflow: a root and its subtasks, of which each tenth waits for the one before it if they are to wait at all.</summary>
    public static TaskCommands.Plan Workflow(int subtasks, bool waits)
    {
        var root = Plan();
        TaskId Id(int i) => DerivedId.Task(root.CommandId, $"part {i}");
        return root with
        {
            Subtasks =
            [
                .. Enumerable.Range(0, subtasks).Select(i => new PlannedTask(Id(i), root.Definition with
                {
                    Title = $"Part {i} of {root.CommandId.Sequence}",
                    Specialist = i % 3 == 0 ? "reviewer" : "coder",
                    Dependencies = waits && i % 10 == 9 ? [new Dependency(Id(i - 1))] : [],
                })),
            ],
        };
    }

    public static TaskCommands.Update Status(TaskId task, TaskPhase phase) =>
        new(task, Next(), Worker, null, null, new TaskChanges { Phase = phase, Note = "This is how it went." });

    public static TaskCommands.RecordDecision Decide(TaskId task)
    {
        var command = Next();
        return new TaskCommands.RecordDecision(
            task, command, Worker, new DecisionRecord(DerivedId.Decision(command), "Storage", "SQLite", "One file.", ["PostgreSQL"], "architecture", null));
    }

    public static TaskCommands.Update Note(TaskId task) =>
        new(task, Next(), Worker, null, null, new TaskChanges { Note = "Half of it is written; the examples are missing." });

    public static TaskCommands.Claim Claim(TaskId task) => new(task, Next(), Worker, TimeSpan.FromMinutes(30));

    public static TaskCommands.Complete Complete(TaskId task, ClaimToken claim)
    {
        var command = Next();
        return new TaskCommands.Complete(task, command, Worker, claim, NextAction.Complete, new ArtifactReference(
            DerivedId.Artifact(command), ArtifactKind.Code, new string('a', 64), 3, "text/plain; charset=utf-8", "done", []));
    }

    private static CommandId Next() => new(Client, Interlocked.Increment(ref _sequence));
}
