using System.Globalization;

namespace Orchestrator.Host.Diagnosis;

/// <summary>Memory, as the system counts it.</summary>
internal static class Memory
{
    /// <summary>Bytes of a process that are in memory now; null when the system does not say.</summary>
    public static long? ResidentOf(int process) => Find(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/status"), "VmRSS:");

    /// <summary>Bytes of a process that it shares with no other, so that its end would free them; null when the system does not say.</summary>
    public static long? OwnOf(int process)
    {
        var path = string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/smaps_rollup");
        return Find(path, "Private_Clean:") + Find(path, "Private_Dirty:");
    }

    /// <summary>As people read it.</summary>
    public static string Show(int process) => ResidentOf(process) is { } resident
        ? string.Create(CultureInfo.InvariantCulture, $"{resident >> 20} MiB in memory, {OwnOf(process) >> 20} MiB of them its own")
        : "size unknown";

    /// <summary>Bytes that can be had without pushing others out, within what this process may have at all; 0 when the system does not say.</summary>
    public static long Available()
    {
        var limit = GC.GetGCMemoryInfo().TotalAvailableMemoryBytes;   // of the container, where there is one
        return Math.Min(Find("/proc/meminfo", "MemAvailable:") ?? 0, Math.Max(limit - Environment.WorkingSet, 0));
    }

    private static long? Find(string path, string name)
    {
        try
        {
            return File.ReadLines(path).FirstOrDefault(l => l.StartsWith(name, StringComparison.Ordinal))
                ?.Split(' ', StringSplitOptions.RemoveEmptyEntries | StringSplitOptions.TrimEntries) is [_, var size, ..]
                && long.TryParse(size, NumberStyles.None, CultureInfo.InvariantCulture, out var kilobytes)
                    ? kilobytes * 1024
                    : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
