using System.CommandLine;
using System.Globalization;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Commands;

/// <summary><c>orchestrator migrate rollback</c>: takes migrations back, the last one first.</summary>
internal static class MigrateRollback
{
    public static Command Create(MigrateOptions options)
    {
        var to = new Option<long?>("--to")
        {
            Description = "Take back everything after the migration of this number (0: everything); else only the last.",
        };
        to.Validators.Add(result =>
        {
            // What is no number is refused anyway; asking for its value would throw.
            if (result.Tokens is [{ Value: var text }] && long.TryParse(text, CultureInfo.InvariantCulture, out var number) && number < 0)
            {
                result.AddError("--to must be 0 or the number of a migration.");
            }
        });
        var rollback = new Command("rollback", "Take the last migration back, keeping what was written since as far as the older schema holds it.")
        {
            to,
        };
        options.Act(rollback, needsWanted: false, async (parsed, target) =>
        {
            target.MustExist();
            using var held = await target.Lock(CancellationToken.None);
            var left = Applied(target).ToList();
            var downTo = parsed.GetValue(to);
            if (downTo is > 0 && !target.Upgrade().History().Any(r => r.Version == downTo))
            {
                throw new WrongUseException(string.Create(
                    CultureInfo.InvariantCulture, $"--to {downTo}: there is no migration of that number; see: orchestrator migrate history"));
            }

            var count = downTo is null ? Math.Min(1, left.Count) : left.Count(v => v > downTo);
            if (count == 0)
            {
                Console.WriteLine("Nothing to take back.");
            }

            for (; count > 0; count--)
            {
                var outcome = target.Upgrade().Rollback();
                if (outcome is not TakenBack done)
                {
                    return await MigrateOutcome.Of(outcome);
                }

                Console.WriteLine(string.Create(
                    CultureInfo.InvariantCulture, $"Taken back: migration {done.Version}. The database as it was: {done.Backup}"));
            }

            return MigrateExit.Done;
        });
        return rollback;
    }

    private static IEnumerable<long> Applied(MigrationTarget target) =>
        target.Upgrade().History().Where(r => r.Status == "applied").Select(r => r.Version);
}
