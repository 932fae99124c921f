using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tasks;

/// <summary>Which status may follow which. The one table; everything else asks it.</summary>
public static class TaskTransitions
{
    /// <summary>The statuses that may follow <paramref name="from"/>.</summary>
    public static IReadOnlyList<TaskPhase> After(TaskPhase from) => from switch
    {
        Pending => [InProgress, Blocked, Completed, Failed, Cancelled, Archived],
        InProgress => [Pending, Blocked, Completed, Failed, Cancelled],
        Blocked => [Pending, InProgress, Completed, Failed, Cancelled, Archived],
        Completed => [Archived],
        Failed => [Pending, Archived],   // pending: another try
        Cancelled => [Archived],
        None or Archived => [],
        _ => throw new ArgumentOutOfRangeException(nameof(from), from, "Unknown status."),
    };

    /// <summary>Whether work can still happen: pending, in progress or blocked.</summary>
    public static bool IsOpen(this TaskPhase phase) => phase is Pending or InProgress or Blocked;

    /// <summary>The name by which tools and tables know a status.</summary>
    public static string Name(this TaskPhase phase) => phase switch
    {
        None => "none",
        Pending => "pending",
        InProgress => "in_progress",
        Blocked => "blocked",
        Completed => "completed",
        Failed => "failed",
        Cancelled => "cancelled",
        Archived => "archived",
        _ => throw new ArgumentOutOfRangeException(nameof(phase), phase, "Unknown status."),
    };
}
