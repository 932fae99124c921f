using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>What each kind of dependency holds up, and what meets it. The task index says the same in SQL.</summary>
public static class DependencyRules
{
    /// <summary>Whether it holds up anything.</summary>
    public static bool HoldsUp(this DependencyKind kind) => kind != DependencyKind.Related;

    /// <summary>Whether it holds up the beginning of work.</summary>
    public static bool HoldsUpStart(this DependencyKind kind) => kind is not (DependencyKind.Related or DependencyKind.Approval);

    /// <summary>Whether it is met by how the other task stands.</summary>
    public static bool IsMetBy(this DependencyKind kind, TaskQueries.Standing other) => kind.IsMet(other.Phase, other.Satisfied, other.HasWork);

    /// <summary>Whether it is met by a task in that status, completed once or not, with work handed in or not.</summary>
    public static bool IsMet(this DependencyKind kind, TaskPhase phase, bool satisfied, bool hasWork) => kind switch
    {
        DependencyKind.Completion or DependencyKind.Prerequisite or DependencyKind.Approval => satisfied,
        DependencyKind.Data => hasWork,
        DependencyKind.Blocks => !phase.IsOpen(),
        DependencyKind.Related => true,
        _ => throw new ArgumentOutOfRangeException(nameof(kind), kind, "Unknown kind of dependency."),
    };
}
