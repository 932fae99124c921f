using Orchestrator.Actors.Migrations;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>
/// A backend that has crashed again and again does not touch the data for a while: it answers questions about itself, refuses the rest with the
/// reason, and leaves this state by itself or when somebody asks for a restart to recover.
/// </summary>
internal static class SafeMode
{
    // The gate does not try again more often.
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);
    private const int Attempts = 4;

    /// <summary>Opens the store, unless there were too many crashes.</summary>
    /// <exception cref="UpgradeRefusedException">There were.</exception>
    public static Task<Storage> Allows(BackendOptions options, TimeProvider clock, Func<Task<Storage>> open)
    {
        var crashes = CrashRecord.Recent(options.Location, clock.GetUtcNow());
        return crashes.Count < CrashRecord.Budget ? open() : throw new UpgradeRefusedException(
            new Refusal(
                RefusalCode.SafeMode,
                $"The server has crashed {crashes.Count} times within {CrashRecord.Window.TotalSeconds:0} s and does not touch the data now; its log is "
                + $"{options.Location.LogPath}.",
                $"It tries again by itself after {crashes[^CrashRecord.Budget] + CrashRecord.Window:yyyy-MM-dd'T'HH:mm:ss'Z'}; "
                + "orchestrator_restart_server with reason error_recovery, or orchestrator restart --reason error_recovery, tries at once."),
            hasBegun: false);
    }

    /// <summary>Somebody says that the cause is gone: the crashes are forgotten, and the store is opened.</summary>
    /// <exception cref="RefusedException">It cannot be opened.</exception>
    public static async Task<Storage> Leave(BackendOptions options, Gate gate, TimeProvider clock, CancellationToken cancellation)
    {
        CrashRecord.Clear(options.Location);
        for (var attempt = 1; ; attempt++)
        {
            try
            {
                return await gate.Enter(cancellation);
            }
            catch (RefusedException refused) when (refused.Refusal.Code == RefusalCode.SafeMode && attempt < Attempts)
            {
                await Task.Delay(Pause, clock, cancellation);
            }
        }
    }
}
