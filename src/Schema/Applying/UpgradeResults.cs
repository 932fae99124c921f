using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Applying;

/// <summary>What a look at a database finds.</summary>
public abstract record UpgradeCheck;

/// <summary>It is as it is wanted.</summary>
/// <param name="IsStamped">Whether the next look costs one read only.</param>
public sealed record UpToDate(bool IsStamped) : UpgradeCheck;

/// <summary>It can be brought there.</summary>
/// <param name="Plan">By what.</param>
/// <param name="Drift">What somebody changed by hand since the last time.</param>
public sealed record UpgradeNeeded(SchemaPlan Plan, IReadOnlyList<string> Drift) : UpgradeCheck;

/// <summary>It cannot, and nothing was changed.</summary>
/// <param name="Code">A word for programs: newer, rows, conflict, history, locked, space, damaged, wanted, backup.</param>
/// <param name="Reason">What stands in the way.</param>
/// <param name="NextStep">What to do about it.</param>
public sealed record UpgradeRefusal(string Code, string Reason, string NextStep) : UpgradeCheck;

/// <summary>What became of an upgrade.</summary>
public abstract record UpgradeOutcome;

/// <summary>Nothing was to be done.</summary>
public sealed record NothingToDo : UpgradeOutcome;

/// <summary>It was done.</summary>
/// <param name="Version">Its number in the history.</param>
/// <param name="Plan">What was done.</param>
/// <param name="Backup">The database as it was before, or null when it was empty.</param>
/// <param name="Duration">How long it took.</param>
public sealed record Upgraded(long Version, SchemaPlan Plan, string? Backup, TimeSpan Duration) : UpgradeOutcome;

/// <summary>The last migration was taken back, or a backup was put in place.</summary>
/// <param name="Version">The number of what was taken back.</param>
/// <param name="Backup">The database as it was before, or null.</param>
public sealed record TakenBack(long Version, string? Backup) : UpgradeOutcome;

/// <summary>It was refused before anything was changed.</summary>
/// <param name="Refusal">Why.</param>
public sealed record Refused(UpgradeRefusal Refusal) : UpgradeOutcome;

/// <summary>It was begun, failed, and left exactly the database that was there.</summary>
/// <param name="Reason">Why.</param>
/// <param name="NextStep">What to do about it.</param>
public sealed record Failed(string Reason, string NextStep) : UpgradeOutcome;

/// <summary>Ends an upgrade from within: the transaction is rolled back and the refusal is the outcome.</summary>
internal sealed class RefusalException(UpgradeRefusal refusal) : Exception(refusal.Reason)
{
    public UpgradeRefusal Refusal { get; } = refusal;
}
