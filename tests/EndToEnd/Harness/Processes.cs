using System.Diagnostics;
using System.Text;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>What the system says about processes.</summary>
internal static class Processes
{
    /// <summary>The arguments of a live process; empty when it is gone or only waits to be reaped.</summary>
    public static string CommandLine(int pid) => Words($"/proc/{pid}/cmdline");

    /// <summary>All live processes whose arguments contain a text that only they can have.</summary>
    public static IReadOnlyList<int> With(string text) => Where("cmdline", text);

    /// <summary>All live processes that were started with this home directory.</summary>
    public static IReadOnlyList<int> WithHome(string home) => Where("environ", $"HOME={home} ");

    /// <summary>Whether a process has been stopped and not continued.</summary>
    public static bool IsStopped(int pid) => StateIn($"/proc/{pid}") is 'T' or 't';

    /// <summary><c>kill -STOP</c>; returns when none of its threads does anything any more, also when somebody else has ended it meanwhile.</summary>
    public static async Task Stop(int pid)
    {
        Signal("STOP", pid);
        await Until.True(() => StatesOf(pid).All(state => state is 'T' or 't' or 'Z' or 'X'), $"the stop of process {pid}");
    }

    /// <summary><c>kill -9</c>; returns when nothing of it is left but what its parent has to reap: its files and lines are closed.</summary>
    public static async Task End(int pid)
    {
        Kill(pid);
        await Until.True(() => StatesOf(pid).All(state => state is 'Z' or 'X'), $"the end of process {pid}");
    }

    /// <summary>Sends a signal by its name.</summary>
    public static void Signal(string name, int pid) => Process.Start("/bin/kill", [$"-{name}", $"{pid}"]).WaitForExit();

    /// <summary><c>kill -9</c>. False when it was gone already.</summary>
    public static bool Kill(int pid)
    {
        try
        {
            using var process = Process.GetProcessById(pid);
            process.Kill();
            return true;
        }
        catch (Exception gone) when (gone is ArgumentException or InvalidOperationException)
        {
            return false;
        }
    }

    private static IReadOnlyList<int> Where(string file, string text) =>
    [
        .. Directory.EnumerateDirectories("/proc").Select(d => int.TryParse(Path.GetFileName(d), out var pid) ? pid : 0)
            .Where(pid => pid > 0 && pid != Environment.ProcessId && Words($"/proc/{pid}/{file}").Contains(text, StringComparison.Ordinal)),
    ];

    // Its strings, a space behind each.
    private static string Words(string file)
    {
        try
        {
            return Encoding.UTF8.GetString(File.ReadAllBytes(file)).Replace('\0', ' ');
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return "";
        }
    }

    // Of each of its threads; of none when it is gone.
    private static IReadOnlyList<char> StatesOf(int pid)
    {
        try
        {
            return [.. Directory.EnumerateDirectories($"/proc/{pid}/task").Select(StateIn)];
        }
        catch (DirectoryNotFoundException)
        {
            return [];
        }
    }

    // 'X' for one that has ended in this moment.
    private static char StateIn(string folder)
    {
        try
        {
            var stat = File.ReadAllText(Path.Join(folder, "stat"));
            return stat[stat.LastIndexOf(')') + 2];
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException)
        {
            return 'X';
        }
    }
}
