using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Host.Diagnosis;

/// <summary>
/// Who has a file open, asked of the system. The lock itself is never touched: a look that took it, however briefly, would turn away a backend
/// that starts at that moment.
/// </summary>
internal static partial class OpenFiles
{
    /// <summary>SIGTERM: leave in order.</summary>
    public const int Terminate = 15;

    /// <summary>The process of this user that has the file open; null when none has, or where the system does not say.</summary>
    public static int? HolderOf(string path) => HoldersOf(path) is [var first, ..] ? first : null;

    /// <summary>All of them.</summary>
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
        try
        {
            using var found = System.Diagnostics.Process.GetProcessById(process);
            return new DateTimeOffset(found.StartTime.ToUniversalTime());
        }
        catch (Exception e) when (e is ArgumentException or InvalidOperationException or System.ComponentModel.Win32Exception)
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
