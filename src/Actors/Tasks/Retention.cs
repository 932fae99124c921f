using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>How long an archived task is kept at least, by why it was archived.</summary>
public static class Retention
{
    /// <summary>The time from its archiving.</summary>
    public static TimeSpan For(ArchiveCause cause) => TimeSpan.FromDays(cause switch
    {
        ArchiveCause.Completed => 90,
        ArchiveCause.Failed => 60,
        ArchiveCause.Stale => 30,
        ArchiveCause.Abandoned => 14,
        ArchiveCause.Orphaned => 7,
        _ => throw new ArgumentOutOfRangeException(nameof(cause), cause, "Unknown cause."),
    });

    /// <summary>The cause that a status suggests.</summary>
    public static ArchiveCause CauseOf(TaskPhase phase) => phase switch
    {
        TaskPhase.Completed => ArchiveCause.Completed,
        TaskPhase.Failed => ArchiveCause.Failed,
        _ => ArchiveCause.Abandoned,
    };
}
