using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>Kills whichever backend lives, at random moments.</summary>
internal sealed class Killer(Workspace workspace, Random random)
{
    private readonly HashSet<int> _seen = [];

    /// <summary>How many it has killed.</summary>
    public int Kills { get; private set; }

    /// <summary>How many different ones it has met.</summary>
    public int Backends => _seen.Count;

    public async Task Run(CancellationToken end)
    {
        try
        {
            while (true)
            {
                await Task.Delay(TimeSpan.FromSeconds(0.3 + (random.NextDouble() * 1.7)), end);
                var pid = await workspace.KillBackend();
                Kills++;
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
