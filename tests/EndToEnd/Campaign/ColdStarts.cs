using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// How long a backend by itself takes from its start to its first answer to a call, measured beside a campaign on the same machine: what a pause
/// is compared with.
/// </summary>
internal sealed class ColdStarts(Workspace beside)
{
    private static readonly TimeSpan Rest = TimeSpan.FromSeconds(8);

    private readonly List<TimeSpan> _times = [];

    public IReadOnlyList<TimeSpan> Times => _times;

    public async Task Run(CancellationToken end)
    {
        await Measure();   // The first makes the database; those that follow find one, as after a kill.
        do
        {
            _times.Add(await Measure());
            await Task.Delay(Rest, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }
        while (!end.IsCancellationRequested);
    }

    private async Task<TimeSpan> Measure()
    {
        var start = Stopwatch.GetTimestamp();
        using var backend = beside.Start([.. beside.Program.Host, "backend", "--data-dir", beside.Data]);
        using var client = await Until.Found(() => DirectClient.TryConnect(beside.Data, beside.Home), "a backend beside the campaign");
        await client.Call("get_status", "{}");
        var took = Stopwatch.GetElapsedTime(start);
        backend.Kill();
        await backend.WaitForExitAsync();
        return took;
    }
}
