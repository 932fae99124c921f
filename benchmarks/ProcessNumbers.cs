using System.Globalization;

namespace Orchestrator.Benchmarks;

/// <summary>What Linux says about a process.</summary>
internal static class ProcessNumbers
{
    private const double TicksPerSecond = 100;   // USER_HZ, the same on every Linux that .NET runs on

    /// <summary>Resident memory in MB (10^6 bytes would flatter; these are MiB): all of it, and the part that no file backs.</summary>
    public static (double Total, double Anonymous) Memory(int process) => (Status(process, "VmRSS"), Status(process, "RssAnon"));

    /// <summary>Its share of memory in MiB: what it has for itself, and of what it shares with others an equal part.</summary>
    public static double Share(int process) => Value(File.ReadAllLines($"/proc/{process}/smaps_rollup"), "Pss") / 1024;

    public static double Peak(int process) => Status(process, "VmHWM");

    public static int Threads(int process) => Directory.GetDirectories($"/proc/{process}/task").Length;

    /// <summary>Seconds of processor time used so far.</summary>
    public static double Cpu(int process)
    {
        var stat = File.ReadAllText($"/proc/{process}/stat");
        var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');   // the name before may hold blanks
        return (Number(fields[11]) + Number(fields[12])) / TicksPerSecond;
    }

    /// <summary>How often its threads have gone to sleep so far: each time, something had woken them.</summary>
    public static double Wakeups(int process) =>
        Directory.GetDirectories($"/proc/{process}/task").Sum(t => Value(File.ReadAllLines(Path.Combine(t, "status")), "voluntary_ctxt_switches"));

    private static double Status(int process, string name) => Value(File.ReadAllLines($"/proc/{process}/status"), name) / 1024;

    private static double Value(string[] lines, string name) =>
        Number(lines.First(l => l.StartsWith(name + ":", StringComparison.Ordinal))[(name.Length + 1)..].Replace("kB", "", StringComparison.Ordinal).Trim());

    private static double Number(string text) => double.Parse(text, CultureInfo.InvariantCulture);
}
