namespace Orchestrator.Protocol.Tasks;

/// <summary>What the end of one task means for another.</summary>
public enum ConsequenceKind
{
    /// <summary>It waits for the other and is told.</summary>
    Tell,
    /// <summary>It waits for the other and need not any more; it is told, too.</summary>
    Waive,
    /// <summary>It is part of the other and is cancelled with it.</summary>
    Cancel,
    /// <summary>It is part of the other and is archived with it.</summary>
    Archive,
    /// <summary>It is part of the other and is deleted with it.</summary>
    Delete,
    /// <summary>It is part of the other and is restored with it.</summary>
    Restore,
}

/// <summary>One task that the end of another has consequences for.</summary>
public sealed record Consequence(TaskId TaskId, ConsequenceKind Kind);

/// <summary>Why a task was put away; it decides how long it is kept.</summary>
public enum ArchiveCause
{
    /// <summary>It was completed.</summary>
    Completed,
    /// <summary>It has failed.</summary>
    Failed,
    /// <summary>Somebody gave it up.</summary>
    Abandoned,
    /// <summary>Nobody has touched it for long.</summary>
    Stale,
    /// <summary>Its parent is gone.</summary>
    Orphaned,
}
