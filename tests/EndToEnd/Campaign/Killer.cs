using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// Kills each backend 0.3 to 2 s after it took its lock (times <paramref name="slower"/>, for a form that starts more slowly): some while they
/// start, most while they serve. Counted from the last kill instead, nearly all would die while they start, and nothing would be in flight.
/// </summary>
internal sealed class Killer(Workspace workspace, Random random, double slower)
{
    private readonly HashSet<int> _seen = [];

    private readonly List<long> _times = [];

    /// <summary>How many it has killed.</summary>
    public int Kills => _times.Count;

    /// <summary>How many different ones it has met.</summary>
    public int Backends => _seen.Count;

    /// <summary>From each kill to the next answer that anybody got; without those kills that hit again before anything was answered.</summary>
    public IEnumerable<TimeSpan> Pauses(IEnumerable<Acknowledged> acknowledged)
    {
        var answers = acknowledged.Select(a => a.At).Order().ToList();
        foreach (var (kill, next) in _times.Zip([.. _times.Skip(1), long.MaxValue]))
        {
            if (answers.FirstOrDefault(a => a > kill) is > 0 and var first && first < next)
            {
                yield return Stopwatch.GetElapsedTime(kill, first);
            }
        }
    }

    public async Task Run(CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Until.True(() => workspace.Backend() is not null, "a backend to kill");
                await Task.Delay(TimeSpan.FromSeconds((0.3 + (random.NextDouble() * 1.7)) * slower), end);
                var pid = await workspace.KillBackend();
                _times.Add(Stopwatch.GetTimestamp());
                _seen.Add(pid);
            }
        }
        catch (OperationCanceledException)
        {
            // The campaign is over; whoever waits is still answered by one more backend.
        }

        await Until.True(() => workspace.Backend() is { } last && _seen.Add(last), "a backend after the last kill");
    }
}
