using System.Globalization;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>How long clients waited.</summary>
internal static class Pauses
{
    public static string Show(IEnumerable<TimeSpan> pauses)
    {
        var sorted = pauses.Select(p => p.TotalMilliseconds).Order().ToList();
        return sorted.Count == 0 ? "none" : string.Create(
            CultureInfo.InvariantCulture, $"p50 {sorted[sorted.Count / 2]:0} ms, p99 {sorted[sorted.Count * 99 / 100]:0} ms, max {sorted[^1]:0} ms of {sorted.Count}");
    }
}
