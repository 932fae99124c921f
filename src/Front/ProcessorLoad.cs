using System.Globalization;

namespace Orchestrator.Front;

/// <summary>Whether there is more to do on this machine than it can.</summary>
internal static class ProcessorLoad
{
    private const int MuchForEach = 4;

    /// <summary>True when, at this moment, several threads for each processor want to run.</summary>
    public static bool IsHigh()
    {
        try
        {
            return Runnable(File.ReadAllText("/proc/loadavg")) > MuchForEach * Environment.ProcessorCount;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    /// <summary>How many want to run, from a text such as <c>0.20 0.18 0.12 3/512 11206</c>; 0 when it does not say.</summary>
    public static int Runnable(string loadAverage) =>
        loadAverage.Split(' ') is [_, _, _, var threads, ..]
            && int.TryParse(threads.Split('/')[0], NumberStyles.None, CultureInfo.InvariantCulture, out var runnable)
                ? runnable
                : 0;
}
