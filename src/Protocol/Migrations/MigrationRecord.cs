namespace Orchestrator.Protocol.Migrations;

/// <summary>What became of a migration.</summary>
public enum MigrationOutcome
{
    /// <summary>The database had no history and was taken as it was found.</summary>
    Adopted,
    /// <summary>The database was changed.</summary>
    Applied,
    /// <summary>It was begun, failed, and the database was left as it was.</summary>
    Failed,
    /// <summary>It was applied and taken back later.</summary>
    TakenBack,
}

/// <summary>One migration of the database.</summary>
/// <param name="Version">Its number in the database's history, 1 and up.</param>
/// <param name="Name">It in a few words.</param>
/// <param name="SchemaVersion">The schema's number in the program that did it; null when it had none.</param>
/// <param name="Program">The build that did it.</param>
/// <param name="StartedAt">When it began, as the history has it.</param>
/// <param name="DurationMs">How long it took, in milliseconds.</param>
/// <param name="Steps">What was done, one line a step.</param>
/// <param name="Backup">The database as it was before; null when nothing was there to lose.</param>
/// <param name="Reason">Why it failed or was taken back; else null.</param>
public sealed record MigrationRecord(
    long Version, string Name, int? SchemaVersion, string Program, string StartedAt, long DurationMs, IReadOnlyList<string> Steps, string? Backup,
    string? Reason);

/// <summary>A migration with what became of it.</summary>
public sealed record MigrationEntry(MigrationOutcome Outcome, MigrationRecord Migration);
