using System.CommandLine;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate restore BACKUP</c>: puts a backup in the place of the database, after keeping what is there.</summary>
internal static class MigrateRestore
{
    public static Command Create(MigrateOptions options)
    {
        var backup = new Argument<string>("BACKUP") { Description = "The backup, as the history names it." };
        var restore = new Command(
            "restore",
            "Put a backup in the place of the database. What is there is backed up first; what was written since the backup is only there.")
        {
            backup,
        };
        options.Act(restore, needsWanted: false, async (parsed, target) =>
        {
            using var held = await target.Lock(CancellationToken.None);
            var outcome = target.Upgrade().Restore(parsed.GetValue(backup)!);
            if (outcome is not TakenBack done)
            {
                return await MigrateOutcome.Of(outcome);
            }

            Console.WriteLine($"Restored.{(done.Backup is null ? "" : $" The database as it was: {done.Backup}")}");
            return MigrateExit.Done;
        });
        return restore;
    }
}
