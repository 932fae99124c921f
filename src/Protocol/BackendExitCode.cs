namespace Orchestrator.Protocol;

/// <summary>Exit codes by which a backend tells the front that started it what to do.</summary>
public static class BackendExitCode
{
    /// <summary>
    /// Another backend holds the data directory: it serves, is about to, or is on its way out. The front goes on looking for its socket and does
    /// not count this as a failure.
    /// </summary>
    public const int AlreadyServed = 75;

    /// <summary>Another process has taken over the database.</summary>
    public const int Superseded = 4;

    /// <summary>Somebody has deleted the data directory.</summary>
    public const int Deleted = 5;

    /// <summary>
    /// The surroundings do not allow a start, such as a missing right or a directory in the place of a file; it has said which. No defect of the
    /// program, so it does not count as a crash: as soon as it is put right, the next start serves.
    /// </summary>
    public const int CannotStart = 78;
}
