namespace Orchestrator.Protocol.Tasks;

/// <summary>A wish that has consequences for other tasks.</summary>
public interface IConsequentialCommand : ITaskCommand
{
    /// <summary>Who is concerned; found out by the guard of the graph, through which these commands pass.</summary>
    IReadOnlyList<Consequence> Consequences { get; init; }
}

/// <content>How tasks end, what that means for others, and what is recorded on the way.</content>
public static partial class TaskCommands
{
    /// <summary>Cancels the task and its open subtasks, whoever has claimed them; tells those who wait for it.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="PreserveWork">False: its work products are no longer listed.</param>
    public sealed record Cancel(TaskId TaskId, CommandId CommandId, string By, string? Reason, bool PreserveWork) : IConsequentialCommand
    {
        /// <inheritdoc/>
        public IReadOnlyList<Consequence> Consequences { get; init; } = [];
    }

    /// <summary>Puts the task and its subtasks away; it can be restored.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="Reason">Why, for people.</param>
    /// <param name="Cause">Why; null to go by its status.</param>
    /// <param name="Force">Also when it is open, or others wait for it: they need not any more.</param>
    public sealed record Archive(TaskId TaskId, CommandId CommandId, string By, string? Reason, ArchiveCause? Cause, bool Force) : IConsequentialCommand
    {
        /// <inheritdoc/>
        public IReadOnlyList<Consequence> Consequences { get; init; } = [];
    }

    /// <summary>Removes the task from all lists, for good. Its history stays in the journal.</summary>
    /// <param name="TaskId">The task.</param>
    /// <param name="CommandId">The command.</param>
    /// <param name="By">Who.</param>
    /// <param name="Reason">Why.</param>
    /// <param name="Force">Also when it is open, has subtasks (they go with it), or others wait for it: they need not any more.</param>
    public sealed record Delete(TaskId TaskId, CommandId CommandId, string By, string? Reason, bool Force) : IConsequentialCommand
    {
        /// <inheritdoc/>
        public IReadOnlyList<Consequence> Consequences { get; init; } = [];
    }

    /// <summary>Brings an archived task back, with its archived subtasks.</summary>
    public sealed record Restore(TaskId TaskId, CommandId CommandId, string By) : IConsequentialCommand
    {
        /// <inheritdoc/>
        public IReadOnlyList<Consequence> Consequences { get; init; } = [];
    }

    /// <summary>Internal: carries out what the end of <paramref name="Source"/> means for this task.</summary>
    public sealed record FollowUp(TaskId TaskId, CommandId CommandId, string By, TaskId Source, ConsequenceKind Kind, string Text) : ITaskCommand;

    /// <summary>Internal: these consequences are carried out.</summary>
    public sealed record ConfirmConsequences(TaskId TaskId, CommandId CommandId, string By, IReadOnlyList<TaskId> Done) : ITaskCommand;

    /// <summary>Records what was decided, and why.</summary>
    public sealed record RecordDecision(TaskId TaskId, CommandId CommandId, string By, DecisionRecord Decision) : ITaskCommand;

    /// <summary>Records how files are now.</summary>
    public sealed record RecordFiles(TaskId TaskId, CommandId CommandId, string By, IReadOnlyList<FileObservation> Files) : ITaskCommand;
}
