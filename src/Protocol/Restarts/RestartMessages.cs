namespace Orchestrator.Protocol.Restarts;

/// <summary>A wish about restarts. Answered by an <see cref="IRestartReply"/> after the write.</summary>
public interface IRestartCommand;

/// <summary>What kind of restart somebody wants.</summary>
/// <param name="Reason">One of <see cref="RestartReasons"/>, or any text.</param>
/// <param name="Graceful">Whether calls in flight are awaited.</param>
/// <param name="PreserveState">Whether claims go on; else they are released.</param>
/// <param name="TimeoutSeconds">How long calls in flight are awaited at most.</param>
/// <param name="Folder">The program folder that is to serve; null for the same program.</param>
public sealed record RestartWish(string Reason, bool Graceful, bool PreserveState, int TimeoutSeconds, string? Folder);

/// <summary>The commands of restarts.</summary>
public static class RestartCommands
{
    /// <summary>Asks for a restart. While one runs, the request joins it; repeated, it meets the same one.</summary>
    public sealed record Ask(CommandId CommandId, string By, RestartWish Wish, ProcessFacts From) : IRestartCommand;

    /// <summary>The next step of the walk has been taken.</summary>
    public sealed record Record(IRestartEvent Fact) : IRestartCommand;

    /// <summary>A process has opened the database: what that means for a restart that was under way.</summary>
    /// <param name="Me">The process.</param>
    /// <param name="By">Who writes it down.</param>
    /// <param name="ServingSince">When it published its socket.</param>
    /// <param name="DowntimeMs">How long nobody served, where it is known.</param>
    /// <param name="Cause">Why the process has taken everything back, if it has.</param>
    /// <param name="MigrationUndone">Whether it took a migration back, too.</param>
    public sealed record TakeUp(
        ProcessFacts Me, string By, DateTimeOffset ServingSince, double DowntimeMs, string? Cause, bool MigrationUndone) : IRestartCommand;
}

/// <summary>What can be asked about restarts.</summary>
public static class RestartQueries
{
    /// <summary>Asks for the last restarts; answered by <see cref="RestartReplies.History"/>.</summary>
    public sealed record GetHistory;

    /// <summary>Asks for the end of the restart that a request began or joined; answered by <see cref="RestartReplies.Accepted"/> then.</summary>
    public sealed record AwaitEnd(CommandId Request);
}

/// <summary>The answer to an <see cref="IRestartCommand"/>.</summary>
public interface IRestartReply;

/// <summary>The answers about restarts.</summary>
public static class RestartReplies
{
    /// <summary>It is so and on disk.</summary>
    /// <param name="Restart">The restart that the command was about; null when it was about none.</param>
    /// <param name="HasBegun">True for exactly the request that began it.</param>
    public sealed record Accepted(Restart? Restart, bool HasBegun) : IRestartReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(Refusal Refusal) : IRestartReply;

    /// <summary>The last restarts, oldest first.</summary>
    public sealed record History(IReadOnlyList<Restart> Restarts) : IRestartReply;
}
