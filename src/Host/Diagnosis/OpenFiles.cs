using System.Globalization;
using System.Runtime.InteropServices;
using Orchestrator.Front;

namespace Orchestrator.Host.Diagnosis;

/// <summary>
/// Who has a file open, and how many one may open, asked of the system. The lock itself is never touched: a look that took it, however briefly,
/// would turn away a backend that starts at that moment.
/// </summary>
internal static partial class OpenFiles
{
    /// <summary>SIGTERM: leave in order.</summary>
    public const int Terminate = 15;

    /// <summary>The processes of this user that have the file open; none where the system does not say.</summary>
    public static IReadOnlyList<int> HoldersOf(string path)
    {
        if (!OperatingSystem.IsLinux())
        {
            return [];
        }

        var holders = new List<int>();
        foreach (var folder in Directory.EnumerateDirectories("/proc"))
        {
            if (int.TryParse(Path.GetFileName(folder), NumberStyles.None, CultureInfo.InvariantCulture, out var process)
                && process != Environment.ProcessId && Holds(folder, path))
            {
                holders.Add(process);
            }
        }

        return holders;
    }

    /// <summary>How many files a process that this one starts may open, and this one itself; null where the system does not say.</summary>
    public static long? Limit()
    {
        try
        {
            var line = File.ReadLines("/proc/self/limits").FirstOrDefault(l => l.StartsWith("Max open files", StringComparison.Ordinal));
            return line?.Split(' ', StringSplitOptions.RemoveEmptyEntries) is [_, _, _, var soft, ..] && long.TryParse(soft, out var limit) ? limit
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Whether the process lives; one that only waits to be reaped does not.</summary>
    public static bool IsAlive(int process)
    {
        try
        {
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{process}/stat"));
            return stat[stat.LastIndexOf(')') + 2] is not ('Z' or 'X');
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>When the process started; null when it cannot be said.</summary>
    public static DateTimeOffset? StartedAt(int process)
    {
        const string boot = "btime ";
        const long ticksASecond = 100;   // what the kernel promises to everybody outside
        try
        {
            return ServerProcess.Find(process) is { } found && File.ReadLines("/proc/stat").First(l => l.StartsWith(boot, StringComparison.Ordinal)) is var line
                ? DateTimeOffset.FromUnixTimeMilliseconds(
                    (long.Parse(line[boot.Length..], CultureInfo.InvariantCulture) * 1000) + ((long)found.StartedAt * 1000 / ticksASecond))
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or InvalidOperationException or FormatException)
        {
            return null;
        }
    }

    /// <summary>Sends a signal; false when there is no such process of ours.</summary>
    public static bool Signal(int process, int signal) => process > 1 && Kill(process, signal) == 0;

    private static bool Holds(string folder, string path)
    {
        try
        {
            return Directory.EnumerateFiles(Path.Join(folder, "fd")).Any(fd => new FileInfo(fd).LinkTarget == path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;   // somebody else's, or gone by now
        }
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
