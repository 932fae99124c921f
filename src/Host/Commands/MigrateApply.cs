using System.CommandLine;
using System.Globalization;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate apply</c>: brings the database to the wanted schema, or leaves it as it is.</summary>
internal static class MigrateApply
{
    public static Command Create(MigrateOptions options)
    {
        var destructive = MigratePlan.AllowDestructive();
        var progressive = new Option<bool>("--progressive")
        {
            Description = "With --database: fill new columns in small steps first, while other programs go on with the database.",
        };
        var apply = new Command("apply", "Bring the database to the wanted schema: backup, one transaction, verification.")
        {
            destructive, progressive,
        };
        options.Act(apply, needsWanted: true, async (parsed, target) =>
        {
            using var held = await target.Lock(CancellationToken.None);
            if (await Backfill(target, parsed.GetValue(progressive)) is { } refusal)
            {
                return await MigrateOptions.Refuse(refusal);
            }

            switch ((parsed.GetValue(destructive) ? target.Destructive() : target).Upgrade().Apply())
            {
                case NothingToDo:
                    Console.WriteLine("Nothing to do.");
                    return MigrateExit.Done;
                case Upgraded done:
                    Console.WriteLine(string.Create(
                        CultureInfo.InvariantCulture,
                        $"Done: migration {done.Version}, {done.Plan.Steps.Count} steps in {done.Duration.TotalMilliseconds:0} ms.")
                        + (done.Backup is null ? "" : $" The database as it was: {done.Backup}"));
                    return MigrateExit.Done;
                case var other:
                    return await MigrateOutcome.Of(other);
            }
        });
        return apply;
    }

    // What an earlier run has left unfilled is filled in any case: the migration alone would not know of it.
    private static async Task<UpgradeRefusal?> Backfill(MigrationTarget target, bool isAsked)
    {
        if (target.Location is not null)
        {
            return isAsked ? throw new WrongUseException("--progressive belongs to --database: this product's own database has no backfill.") : null;
        }

        if (!target.Exists)
        {
            return null;
        }

        var backfill = new ProgressiveBackfill(target.Address, target.Wanted, target.Options());
        if (target.Upgrade().Check() is UpgradeRefusal refusal)
        {
            return refusal;
        }

        if (isAsked || backfill.IsPending)
        {
            var rows = await backfill.Run();
            Console.WriteLine(string.Create(CultureInfo.InvariantCulture, $"Filled ahead: {rows} rows."));
        }

        return null;
    }
}

/// <summary>What commands say of outcomes that none of them is glad of.</summary>
internal static class MigrateOutcome
{
    public static Task<int> Of(UpgradeOutcome outcome) => outcome switch
    {
        Refused refused => MigrateOptions.Refuse(refused.Refusal),
        Failed failed => MigrateOptions.Fail(failed),
        _ => throw new NotSupportedException($"No rule for {outcome.GetType().Name}."),
    };
}
