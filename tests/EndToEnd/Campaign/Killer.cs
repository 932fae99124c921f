using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// Kills each backend at a moment that <paramref name="moment"/> awaits, counted from when it took its lock. Counted from the last kill instead,
/// nearly all would die while they start, and nothing would be in flight.
/// </summary>
internal sealed class Killer(Workspace workspace, Func<Killer, CancellationToken, Task> moment)
{
    private readonly HashSet<int> _seen = [];

    private readonly List<long> _times = [];

    /// <summary>0.3 to 2 s after the lock (times <paramref name="slower"/>, for a form that starts more slowly): some while they start, most while they serve.</summary>
    public static Func<Killer, CancellationToken, Task> AfterTheLock(Random random, double slower) =>
        (_, end) => Task.Delay(TimeSpan.FromSeconds((0.3 + (random.NextDouble() * 1.7)) * slower), end);

    /// <summary>
    /// One in five while it starts, one in five while it gives the first answers, the others up to a second after all clients are served again,
    /// however long that takes on this machine today.
    /// </summary>
    /// <param name="random">Of the moments.</param>
    /// <param name="lastServed">Of each client: when the last call was sent that has been answered.</param>
    public static Func<Killer, CancellationToken, Task> AfterServing(Random random, Func<IEnumerable<long>> lastServed) => async (killer, end) =>
    {
        var (dice, last) = (random.NextDouble(), killer.Times.Count == 0 ? 0 : killer.Times[^1]);
        if (dice >= 0.2)
        {
            await Until.True(() => dice < 0.4 ? lastServed().Any(s => s > last) : lastServed().All(s => s > last), "answers after a kill");
        }

        await Task.Delay(TimeSpan.FromSeconds(random.NextDouble() * (dice < 0.4 ? 0.3 : 1)), end);
    };

    /// <summary>When it killed, as timestamps of <see cref="Stopwatch"/>.</summary>
    public IReadOnlyList<long> Times => _times;

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

    /// <summary>Kills until <paramref name="end"/>, or until it has killed so often.</summary>
    public async Task Run(CancellationToken end, int most = int.MaxValue)
    {
        try
        {
            while (Kills < most)
            {
                await Until.True(() => workspace.Backend() is not null, "a backend to kill");
                await moment(this, end);
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
