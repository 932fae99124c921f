using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Front;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>
/// The part of a hand-over after the point of no return, as the old process does it: the store is closed, and now the successor takes it or we
/// take it back.
/// </summary>
internal sealed class Handover(Heir heir, long heldAt, FileStream? election, ILogger log) : IDisposable
{
    // It has a migration to do, perhaps, and says all the time that it lives.
    private static readonly TimeSpan ServesWithin = TimeSpan.FromMinutes(5);
    private static readonly TimeSpan FirstCallWithin = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan ElectedWithin = TimeSpan.FromMilliseconds(200);

    /// <summary>When calls began to wait, in ticks of <see cref="Stopwatch"/>.</summary>
    public long HeldAt => heldAt;

    /// <summary>
    /// Keeps fronts from electing one that starts a backend: during the hand-over nobody holds the database for a moment. Null when one of them
    /// has just been elected; then the lock of the database decides.
    /// </summary>
    public static FileStream? Elect(DataDirectory location)
    {
        var spawnLock = new SpawnLock(location.SpawnLockPath);
        var start = Stopwatch.GetTimestamp();
        FileStream? taken;
        while ((taken = spawnLock.TryTake()) is null && Stopwatch.GetElapsedTime(start) < ElectedWithin)
        {
            Thread.Sleep(1);   // Calls wait meanwhile, and a front that only looks lets go at once: waiting for the kernel's word would take longer.
        }

        return taken;
    }

    /// <summary>Lets the successor begin and stays until it has served a first call. Returns why it failed, or null.</summary>
    public async Task<string?> Finish()
    {
        try
        {
            await heir.Tell(new HandoverMessage(HandoverMessage.Go) { HeldAt = heldAt });
            StopPoint.Reached("old:succeeded");
            await heir.Await(HandoverMessage.Serving, ServesWithin);
            try
            {
                await heir.Await(HandoverMessage.Served, FirstCallWithin);
            }
            catch (HeirFailedException) when (heir.IsThere)
            {
                // Nobody has asked it anything.
            }

            return null;
        }
        catch (HeirFailedException failed)
        {
            log.LogError("{Reason} This process takes its place again.", failed.Message);
            await heir.Kill();
            return failed.Message;
        }
    }

    public void Dispose()
    {
        heir.Dispose();
        election?.Dispose();
    }
}
