using System.Diagnostics;

namespace Orchestrator.Benchmarks;

/// <summary>Durations of one kind of operation, in milliseconds.</summary>
internal sealed class Samples
{
    private readonly List<double> _values = [];

    public double Median => At(0.50);

    public double P95 => At(0.95);

    public async Task Time(Func<Task> operation)
    {
        var start = Stopwatch.GetTimestamp();
        await operation();
        Add(start);
    }

    public void Add(long start) => _values.Add(Stopwatch.GetElapsedTime(start).TotalMilliseconds);

    private double At(double share)
    {
        var sorted = _values.Order().ToList();
        return sorted[(int)Math.Min(sorted.Count - 1, Math.Floor(share * sorted.Count))];
    }
}
