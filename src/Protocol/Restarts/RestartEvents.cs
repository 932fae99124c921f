namespace Orchestrator.Protocol.Restarts;

/// <summary>A fact in the history of restarts. Its <see cref="IStoredEvent.CommandId"/> is the request that the restart began with.</summary>
public interface IRestartEvent : IStoredEvent;

/// <summary>The facts of restarts.</summary>
public static class RestartEvents
{
    /// <summary>Somebody wants a restart.</summary>
    /// <param name="CommandId">The request; the restart's identity.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Wish">What exactly.</param>
    /// <param name="From">The process that serves.</param>
    public sealed record Requested(CommandId CommandId, string By, DateTimeOffset At, RestartWish Wish, ProcessFacts From) : IRestartEvent;

    /// <summary>Somebody else wanted one meanwhile and gets the same answer.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who.</param>
    /// <param name="At">When.</param>
    /// <param name="Request">Their own request.</param>
    public sealed record Joined(CommandId CommandId, string By, DateTimeOffset At, CommandId Request) : IRestartEvent;

    /// <summary>The new process runs.</summary>
    public sealed record SuccessorStarted(CommandId CommandId, string By, DateTimeOffset At, int ProcessId) : IRestartEvent;

    /// <summary>The new process could serve.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When.</param>
    /// <param name="To">The new process.</param>
    /// <param name="Plan">What it will do to the database, step by step; empty when nothing.</param>
    public sealed record SuccessorProved(
        CommandId CommandId, string By, DateTimeOffset At, ProcessFacts To, IReadOnlyList<string> Plan) : IRestartEvent;

    /// <summary>New calls wait.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When.</param>
    /// <param name="Clients">The fronts that are expected back, by instance id.</param>
    /// <param name="InFlight">Calls that had begun.</param>
    public sealed record DrainingBegan(
        CommandId CommandId, string By, DateTimeOffset At, IReadOnlyList<string> Clients, int InFlight) : IRestartEvent;

    /// <summary>What is in work is written down.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When.</param>
    /// <param name="Active">Claims that were open.</param>
    /// <param name="Claims">Those that go on; empty when they were released.</param>
    /// <param name="Unfinished">Calls that were not finished in time; they are sent again to the new process.</param>
    public sealed record WorkSuspended(
        CommandId CommandId, string By, DateTimeOffset At, int Active, IReadOnlyList<SuspendedClaim> Claims, int Unfinished) : IRestartEvent;

    /// <summary>The point of no return: the last fact that the old process writes.</summary>
    public sealed record HandedOver(CommandId CommandId, string By, DateTimeOffset At) : IRestartEvent;

    /// <summary>The new process serves.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When its socket was published.</param>
    /// <param name="DowntimeMs">From the moment that calls began to wait.</param>
    public sealed record Served(CommandId CommandId, string By, DateTimeOffset At, double DowntimeMs) : IRestartEvent;

    /// <summary>The clients are back, or were waited for long enough.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When.</param>
    /// <param name="Reconnected">How many of those expected.</param>
    /// <param name="Resumed">How many of the suspended claims are held on.</param>
    public sealed record Completed(CommandId CommandId, string By, DateTimeOffset At, int Reconnected, int Resumed) : IRestartEvent;

    /// <summary>It came to nothing.</summary>
    public sealed record Failed(CommandId CommandId, string By, DateTimeOffset At, string Cause) : IRestartEvent;

    /// <summary>The old process serves again.</summary>
    /// <param name="CommandId">The restart.</param>
    /// <param name="By">Who wrote it down.</param>
    /// <param name="At">When.</param>
    /// <param name="Cause">Why.</param>
    /// <param name="DowntimeMs">How long nobody served.</param>
    /// <param name="MigrationUndone">Whether the new process had changed the database, and the change was taken back.</param>
    public sealed record RolledBack(
        CommandId CommandId, string By, DateTimeOffset At, string Cause, double DowntimeMs, bool MigrationUndone) : IRestartEvent;
}
