namespace Orchestrator.Protocol.Restarts;

/// <summary>Work on the store that wants a moment in which nobody uses it. In the order in which it is done.</summary>
public enum WindowWork
{
    /// <summary>Snapshots that a later one has replaced go, and the write-ahead log is taken in. Events stay: they are the history.</summary>
    Compact,
    /// <summary>Backups that are no longer kept go, and what was archived for a time that is over.</summary>
    Retention,
    /// <summary>The database file is written anew without its gaps.</summary>
    Vacuum,
}

/// <summary>What somebody wants done within the next planned restart.</summary>
/// <param name="Work">What.</param>
/// <param name="BudgetSeconds">How much longer the restart may take for it.</param>
public sealed record WindowWish(IReadOnlyList<WindowWork> Work, int BudgetSeconds);

/// <summary>How one piece of work ended.</summary>
public enum WindowOutcome
{
    /// <summary>It is done.</summary>
    Done,
    /// <summary>It was not begun: it would not have fitted.</summary>
    Skipped,
    /// <summary>It was begun and taken back: the time was over.</summary>
    Stopped,
    /// <summary>It failed, and what it had not done whole is as it was.</summary>
    Failed,
}

/// <summary>One piece of work, measured.</summary>
/// <param name="Work">Which.</param>
/// <param name="Outcome">How it ended.</param>
/// <param name="What">What was done, or why not.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Items">How many things were removed.</param>
/// <param name="BytesBefore">The size of the database file before.</param>
/// <param name="BytesAfter">And afterwards.</param>
public sealed record WindowResult(WindowWork Work, WindowOutcome Outcome, string What, double Ms, long Items, long BytesBefore, long BytesAfter);

/// <summary>Where a request for a window is.</summary>
public enum WindowPhase
{
    /// <summary>It waits for a planned restart.</summary>
    Pending,
    /// <summary>It has been run; each piece of work says how it ended.</summary>
    Ran,
    /// <summary>Processes have ended in the middle of it again and again; it is not tried again.</summary>
    Failed,
}

/// <summary>A window as its facts tell it.</summary>
/// <param name="Id">The request that it began with.</param>
/// <param name="By">Who asked.</param>
/// <param name="AskedAt">When.</param>
/// <param name="Wish">For what; what others asked for meanwhile is in it.</param>
public sealed record Window(CommandId Id, string By, DateTimeOffset AskedAt, WindowWish Wish)
{
    /// <summary>Requests that came while it waited.</summary>
    public IReadOnlyList<CommandId> Joined { get; init; } = [];
    /// <summary>Where it is.</summary>
    public WindowPhase Phase { get; init; }
    /// <summary>How often a process has ended in the middle of it.</summary>
    public int CutOff { get; init; }
    /// <summary>Why it was cut off the last time.</summary>
    public string? Cause { get; init; }
    /// <summary>When it was run or given up.</summary>
    public DateTimeOffset? EndedAt { get; init; }
    /// <summary>How long it took, in milliseconds.</summary>
    public double? Ms { get; init; }
    /// <summary>What was done.</summary>
    public IReadOnlyList<WindowResult> Results { get; init; } = [];
}
