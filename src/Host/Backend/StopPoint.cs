using System.Runtime.InteropServices;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Where tests stop a process of a restart, to kill it there or to let it lie: at the point that ORCHESTRATOR_STOP_AT names, the process sends
/// itself SIGSTOP, which everybody can see. Without the variable nothing happens.
/// </summary>
internal static partial class StopPoint
{
    private const int StopSignal = 19;   // SIGSTOP on Linux

    private static readonly string? Wanted = Environment.GetEnvironmentVariable("ORCHESTRATOR_STOP_AT");

    /// <summary>The point has been reached.</summary>
    public static void Reached(string point)
    {
        if (Wanted == point)
        {
            _ = Raise(StopSignal);   // for this very thread: sent to the process, another one might take it and this one go on for a while
        }
    }

    [LibraryImport("libc", EntryPoint = "raise")]
    private static partial int Raise(int signal);
}
