namespace Orchestrator.Protocol.Restarts;

/// <summary>When a restart came into a phase.</summary>
public sealed record PhaseTime(RestartPhase Phase, DateTimeOffset At);

/// <summary>One restart as its facts tell it.</summary>
/// <param name="Id">The request that it began with.</param>
/// <param name="By">Who asked.</param>
/// <param name="Wish">For what.</param>
/// <param name="From">The process that served before.</param>
/// <param name="Phases">The phases so far, each with its time; the last one is where it is.</param>
public sealed record Restart(CommandId Id, string By, RestartWish Wish, ProcessFacts From, IReadOnlyList<PhaseTime> Phases)
{
    /// <summary>Requests that came meanwhile.</summary>
    public IReadOnlyList<CommandId> Joined { get; init; } = [];
    /// <summary>The new process's number, as soon as it runs.</summary>
    public int? SuccessorId { get; init; }
    /// <summary>The new process, as soon as it has proved itself.</summary>
    public ProcessFacts? To { get; init; }
    /// <summary>What is done to the database.</summary>
    public IReadOnlyList<string> Plan { get; init; } = [];
    /// <summary>The fronts that are expected back.</summary>
    public IReadOnlyList<string> Clients { get; init; } = [];
    /// <summary>Calls in flight when new ones began to wait.</summary>
    public int InFlight { get; init; }
    /// <summary>Calls that were not finished in time.</summary>
    public int Unfinished { get; init; }
    /// <summary>Open claims.</summary>
    public int Active { get; init; }
    /// <summary>Open claims that go on.</summary>
    public IReadOnlyList<SuspendedClaim> Suspended { get; init; } = [];
    /// <summary>Claims that were held on afterwards.</summary>
    public int Resumed { get; init; }
    /// <summary>Fronts that came back.</summary>
    public int Reconnected { get; init; }
    /// <summary>How long nobody served, in milliseconds.</summary>
    public double? DowntimeMs { get; init; }
    /// <summary>Why it failed.</summary>
    public string? Cause { get; init; }
    /// <summary>Whether a migration was taken back.</summary>
    public bool MigrationUndone { get; init; }
}
