using System.Diagnostics;
using System.Globalization;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>What clients noticed of the kills, in numbers.</summary>
internal static class KillLog
{
    /// <summary>
    /// From each kill to the first answer to a call that was sent after it, for each client: such an answer can only come from a successor. Without
    /// clients that were not answered before the next kill.
    /// </summary>
    /// <returns>For each kill after which anybody was answered: when the first client was served, and the last when all were.</returns>
    public static IReadOnlyList<(TimeSpan First, TimeSpan? Last)> Pauses(IReadOnlyList<long> kills, IReadOnlyList<CallTime> calls)
    {
        var clients = calls.Select(c => c.Client).Distinct().Count();
        var pauses = new List<(TimeSpan, TimeSpan?)>();
        for (var i = 0; i < kills.Count; i++)
        {
            var (kill, next) = (kills[i], i + 1 < kills.Count ? kills[i + 1] : long.MaxValue);
            var served = calls.Where(c => c.Sent > kill && c.Got < next).GroupBy(c => c.Client).Select(c => c.Min(a => a.Got)).ToList();
            if (served.Count > 0)
            {
                pauses.Add((
                    Stopwatch.GetElapsedTime(kill, served.Min()), served.Count == clients ? Stopwatch.GetElapsedTime(kill, served.Max()) : null));
            }
        }

        return pauses;
    }

    /// <summary>p50, p99 and the longest, in milliseconds and as a multiple of the median cold start.</summary>
    public static string Show(IEnumerable<TimeSpan> pauses, IEnumerable<TimeSpan> coldStarts)
    {
        var (sorted, cold) = (Sorted(pauses), Sorted(coldStarts));
        if (sorted.Count == 0)
        {
            return "none";
        }

        var floor = At(cold, 0.5);
        var shares = new[] { ("p50", 0.5), ("p99", 0.99), ("max", 1.0) }.Select(
            s => string.Create(CultureInfo.InvariantCulture, $"{s.Item1} {At(sorted, s.Item2):0} ms ({At(sorted, s.Item2) / floor:0.0}x)"));
        return string.Create(
            CultureInfo.InvariantCulture, $"{string.Join(", ", shares)} of {sorted.Count}; cold start p50 {floor:0} ms, max {cold[^1]:0} ms of {cold.Count}");
    }

    private static List<double> Sorted(IEnumerable<TimeSpan> times) => [.. times.Select(t => t.TotalMilliseconds).Order()];

    private static double At(List<double> sorted, double share) => sorted[(int)Math.Min(sorted.Count - 1, share * sorted.Count)];
}
