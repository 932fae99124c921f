namespace Orchestrator.Protocol.Tasks;

/// <summary>A file as it was found.</summary>
/// <param name="Path">Relative to the workspace, with forward slashes.</param>
/// <param name="Sha256">64 lower-case hex digits; null when there is no such file.</param>
/// <param name="Size">In bytes.</param>
public sealed record FileObservation(string Path, string? Sha256, long Size);

/// <summary>What became of a file between two looks at it.</summary>
public enum FileChange
{
    /// <summary>The first look: nothing is known of what was before.</summary>
    Observed,
    /// <summary>The same content as before.</summary>
    Unchanged,
    /// <summary>It was not there before.</summary>
    Created,
    /// <summary>Other content than before.</summary>
    Modified,
    /// <summary>It is no longer there.</summary>
    Deleted,
}

/// <summary>What became of a file in the course of a task.</summary>
/// <param name="Path">Relative to the workspace, with forward slashes.</param>
/// <param name="Change">What became of it.</param>
/// <param name="Before">SHA-256 at the look before; null when there was no file, or no look.</param>
/// <param name="After">SHA-256 now; null when there is no file.</param>
/// <param name="Size">In bytes, now.</param>
public sealed record FileOperation(string Path, FileChange Change, string? Before, string? After, long Size);

/// <summary>The last look at a file.</summary>
public sealed record TrackedFile(string? Sha256, long Size, string By, DateTimeOffset At);
