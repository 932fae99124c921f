using Microsoft.Extensions.Logging;
using Orchestrator.Front;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Processes of a restart that came to nothing, which somebody has stopped: whoever waited for them is gone, too, and they would keep their memory, and
/// perhaps the lock by which fronts elect who starts a backend.
/// </summary>
internal static class Leftovers
{
    /// <summary>Ends them. Those that run end by themselves.</summary>
    public static void End(Restart restart, BackendOptions options, ILogger log)
    {
        foreach (var id in new[] { restart.From.ProcessId, restart.SuccessorId ?? 0 })
        {
            if (ServerProcess.Find(id) is { IsStopped: true } process && Serves(id, options.Location.Path) && process.Kill())
            {
                log.LogWarning("Process {Id} of the restart {Restart} was stopped by somebody; it has been ended.", id, restart.Id);
            }
        }
    }

    // Numbers are used again.
    private static bool Serves(int id, string dataDirectory)
    {
        try
        {
            var words = File.ReadAllText($"/proc/{id}/cmdline").Split('\0');
            return words.Contains("backend") && words.Contains(dataDirectory);
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }
}
