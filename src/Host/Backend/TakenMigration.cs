using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Migrations;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Backend;

/// <summary>The migration of a successor that has failed: this build cannot serve its database, so it is taken back, with every row.</summary>
internal static class TakenMigration
{
    private static readonly TimeSpan Patience = TimeSpan.FromSeconds(10);

    /// <summary>Takes it back if there is one. Returns whether there was.</summary>
    public static async Task<bool> Undo(BackendOptions options, TimeProvider clock, ILoggerFactory loggers)
    {
        var log = loggers.CreateLogger(nameof(TakenMigration));
        using var held = await DatabaseLock.Take(options.Location, Patience, clock, _ => { });
        var upgrade = OrchestratorDatabase.Upgrade(
            options.Database, new UpgradeOptions { Who = $"backend {Environment.ProcessId}", Program = BuildInfo.Build, Clock = clock });
        if (upgrade.Check() is not UpgradeRefusal { Code: "newer" })
        {
            return false;
        }

        var outcome = upgrade.Rollback();
        if (outcome is TakenBack)
        {
            return true;
        }

        log.LogError("The migration of the new process could not be taken back: {Outcome}. See orchestrator migrate.", outcome);
        return false;
    }
}
