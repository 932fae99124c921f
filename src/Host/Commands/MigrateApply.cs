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
        var apply = new Command("apply", "Bring the database to the wanted schema: backup, one transaction, verification.") { destructive };
        options.Act(apply, needsWanted: true, async (parsed, target) =>
        {
            using var held = await target.Lock(CancellationToken.None);
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
