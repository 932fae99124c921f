using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Migrations;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Backend;

/// <summary>
/// A backend that is to take another one's place, until it has the lock: it proves itself beside the old one, opens nothing that the old one
/// owns, says that it is ready, and waits.
/// </summary>
internal static class Successor
{
    private static readonly TimeSpan LockWithin = TimeSpan.FromSeconds(3);

    /// <summary>Proves this program and waits for its turn.</summary>
    public static async Task<(Turn Turn, Predecessor? Predecessor)> Prepare(
        BackendOptions options, ProcessFacts me, Standby standby, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var log = loggers.CreateLogger(nameof(Successor));
        if (await Predecessor.Find(options.Predecessor!) is not { } predecessor)
        {
            log.LogWarning("Nobody waits for this process to take his place.");
            return (Turn.Never, null);
        }

        StopPoint.Reached("new:started");
        try
        {
            await Rehearsal.Run(options, clock, loggers, cancellation);
            StopPoint.Reached("new:proved");
            await predecessor.SayReady(me, LookAtDatabase(options, clock));
            StopPoint.Reached("new:ready");
            var turn = await predecessor.LetsGo(standby, cancellation);
            if (turn == Turn.HandedOver)
            {
                StopPoint.Reached("new:going");
            }

            return (turn, predecessor);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            log.LogError(e, "This process cannot serve.");
            await predecessor.Say(HandoverMessage.Unable, $"The new process cannot serve: {e.Message.TrimEnd('.')}.");
        }

        return (Turn.Never, predecessor);
    }

    /// <summary>What this build would do to the database: looks, and changes nothing.</summary>
    /// <exception cref="InvalidOperationException">It could not work with the database; the message says why.</exception>
    private static IReadOnlyList<string> LookAtDatabase(BackendOptions options, TimeProvider clock) =>
        OrchestratorDatabase.Upgrade(options.Database, new UpgradeOptions { Program = BuildInfo.Build, Clock = clock }).Check() switch
        {
            UpgradeNeeded needed => [.. needed.Plan.Steps.Select(step => step.Summary)],
            UpgradeRefusal { Code: "newer" } when options.TakesBack => TakenMigration.Plan(options, clock),
            UpgradeRefusal refusal => throw new InvalidOperationException($"the database cannot be upgraded: {refusal.Reason}; {refusal.NextStep}"
                + (refusal.Code == "newer" ? ", or take its migration back: orchestrator rollback --with-schema" : "")),
            _ => [],
        };

    /// <summary>Takes the lock that the old process has let go of. Null when somebody else was faster.</summary>
    public static async Task<BackendLock?> TakeLock(BackendOptions options, CancellationToken cancellation)
    {
        for (var waited = TimeSpan.Zero; waited < LockWithin; waited += TimeSpan.FromMilliseconds(5))
        {
            if (BackendLock.TryTake(options.Location.LockPath) is { } taken)
            {
                return taken;
            }

            await Task.Delay(5, cancellation);
        }

        return null;
    }
}
