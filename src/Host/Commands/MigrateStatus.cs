using System.CommandLine;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate status</c>: is the database as it is wanted?</summary>
internal static class MigrateStatus
{
    public static Command Create(MigrateOptions options)
    {
        var status = new Command("status", "Say whether the database is as it is wanted, and what was done last.");
        options.Act(status, needsWanted: true, async (_, target) =>
        {
            Console.WriteLine($"database  {target.Address}{(target.Exists ? "" : " (not there yet)")}");
            var history = target.Exists ? target.Upgrade().History() : [];
            if (history.Count > 0)
            {
                Console.WriteLine($"last      {MigrateHistory.Line(history[^1])}");
            }

            switch (target.Upgrade().Check())
            {
                case UpToDate:
                    Console.WriteLine($"schema    up to date{Number(target)}");
                    return MigrateExit.Done;
                case UpgradeNeeded needed:
                    Console.WriteLine(
                        $"schema    {needed.Plan.Steps.Count} steps away from what is wanted{Number(target)}; see: orchestrator migrate plan");
                    foreach (var drift in needed.Drift)
                    {
                        Console.WriteLine($"drift     {drift}");
                    }

                    return MigrateExit.Done;
                case UpgradeRefusal refusal:
                    return await MigrateOptions.Refuse(refusal);
                case var other:
                    throw new NotSupportedException($"No rule for {other.GetType().Name}.");
            }
        });
        return status;
    }

    private static string Number(MigrationTarget target) => target.Wanted.Version is { } version ? $" (version {version})" : "";
}
