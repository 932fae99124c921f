using Orchestrator.Protocol.Migrations;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Actors.Migrations;

/// <summary>The table <c>migration_history</c> in the words of the actors.</summary>
internal sealed class MigrationLog(string database)
{
    private readonly DatabaseUpgrade _upgrade = new(database, OrchestratorDatabase.Wanted);

    /// <summary>Whether <paramref name="known"/> has every row with what became of it.</summary>
    public bool IsRecorded(IReadOnlyList<MigrationEntry> known) => _upgrade.Outline().All(row =>
        known.Any(k => k.Migration.Version == row.Version && k.Outcome == Outcome(row.Status)));

    /// <summary>All rows that changed or adopted something, oldest first.</summary>
    public IReadOnlyList<MigrationEntry> Read() => [.. _upgrade.History().Where(row => row.Before.Count > 0).Select(Entry)];

    private static MigrationEntry Entry(MigrationRow row) => new(Outcome(row.Status), new MigrationRecord(
        row.Version, row.Name, row.CodeVersion, row.Program, row.StartedAt, row.DurationMs,
        [.. row.Steps.Select(s => s.Summary)], row.Backup, row.Reason));

    private static MigrationOutcome Outcome(string status) => status switch
    {
        "baseline" => MigrationOutcome.Adopted,
        "applied" => MigrationOutcome.Applied,
        "failed" => MigrationOutcome.Failed,
        "rolled back" => MigrationOutcome.TakenBack,
        _ => throw new NotSupportedException($"migration_history: no rule for status '{status}'."),
    };
}
