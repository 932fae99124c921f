using System.Collections.Immutable;
using Orchestrator.Protocol;

namespace Orchestrator.Actors.Tasks;

/// <summary>A task's state as it is stored to shorten a recovery. Only a shortcut: without it, the events give the same state.</summary>
/// <param name="State">The state, without what it remembers of commands.</param>
/// <param name="Remembered">The remembered commands with their answers, oldest first.</param>
/// <param name="Forgotten">Highest forgotten sequence number by client.</param>
public sealed record TaskSnapshot(TaskState State, IReadOnlyList<RememberedCommand> Remembered, IReadOnlyDictionary<string, long> Forgotten)
{
    /// <summary>Its durable name. Raised when <see cref="TaskState"/> changes its shape; an older snapshot is then passed over.</summary>
    public const string StoredName = "task-snapshot/3";

    /// <summary>The snapshot of a state.</summary>
    public static TaskSnapshot Of(TaskState state) => new(
        state, [.. state.Memory.Order.Select(c => new RememberedCommand(c, state.Memory.Answers[c]))], state.Memory.Forgotten);

    /// <summary>The state of a snapshot.</summary>
    public TaskState ToState() => State with
    {
        Memory = new CommandMemory(
            Remembered.ToImmutableDictionary(r => r.CommandId, r => r.Answer), [.. Remembered.Select(r => r.CommandId)], Forgotten.ToImmutableDictionary()),
    };
}

/// <summary>A command and what it was answered.</summary>
public sealed record RememberedCommand(CommandId CommandId, CommandAnswer Answer);
