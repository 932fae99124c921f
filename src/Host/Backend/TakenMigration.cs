using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Migrations;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Backend;

/// <summary>
/// A migration that is taken back, because this build cannot serve its database: that of a successor that has failed, or that of the version which
/// somebody goes back from. Every row stays that the schema of before can hold; the database as it was is backed up.
/// </summary>
internal static class TakenMigration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>What would be taken back, one line for each step.</summary>
    public static IReadOnlyList<string> Plan(BackendOptions options, TimeProvider clock) =>
        UpgradeOf(options, clock).History().LastOrDefault(row => row.Status == "applied") is { } last
            ? [.. last.Steps.Reverse().Select(step => $"take back: {step.Summary}")]
            : [];

    /// <summary>Takes it back if there is one. Returns whether there was.</summary>
    public static async Task<bool> Undo(BackendOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        var log = loggers.CreateLogger(nameof(TakenMigration));
        using var held = await DatabaseLock.Take(options.Location, Patience, clock, _ => { });
        var upgrade = UpgradeOf(options, clock);
        if (upgrade.Check() is not UpgradeRefusal { Code: "newer" })
        {
            return false;
        }

        var outcome = upgrade.Rollback();
        if (outcome is TakenBack)
        {
            return true;
        }

        log.LogError("The migration could not be taken back: {Outcome}. See orchestrator migrate.", outcome);
        return false;
    }

    private static DatabaseUpgrade UpgradeOf(BackendOptions options, TimeProvider clock) => OrchestratorDatabase.Upgrade(
        options.Database, new UpgradeOptions { Who = $"backend {Environment.ProcessId}", Program = BuildInfo.Build, Clock = clock });
}
