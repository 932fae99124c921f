using System.Runtime.InteropServices;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Gives memory back when nothing happens any more. The collector itself runs only when somebody allocates: a server that was busy once, and for hours
/// is not, would keep what it needed then.
/// </summary>
internal sealed partial class MemoryAtRest
{
    /// <summary>How often to look.</summary>
    public static readonly TimeSpan Period = TimeSpan.FromSeconds(30);

    // Less than that in one period is timers and heartbeats.
    private const long Quiet = 1024 * 1024;

    private long _allocated;
    private bool _isBusy = true;

    private MemoryAtRest()
    {
    }

    /// <summary>Looks from now on, until the timer is disposed.</summary>
    public static ITimer Watch(TimeProvider clock)
    {
        var memory = new MemoryAtRest();
        return clock.CreateTimer(_ => memory.Look(), null, Period, Period);
    }

    private void Look()
    {
        var allocated = GC.GetTotalAllocatedBytes();
        var isQuiet = allocated - _allocated < Quiet;
        if (isQuiet && _isBusy)
        {
            GC.Collect(GC.MaxGeneration, GCCollectionMode.Aggressive);   // some 30 ms in which nobody asks for anything
            TrimNative();
        }

        (_allocated, _isBusy) = (allocated, !isQuiet);
    }

    // What SQLite and the runtime's compiler have freed, the C library keeps.
    private static void TrimNative()
    {
        try
        {
            _ = Trim(0);
        }
        catch (EntryPointNotFoundException)
        {
            // Not glibc: others give back by themselves.
        }
    }

    [LibraryImport("libc", EntryPoint = "malloc_trim")]
    private static partial int Trim(nuint keep);
}
