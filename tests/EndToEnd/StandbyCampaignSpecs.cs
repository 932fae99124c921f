using System.Globalization;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// Backends that are killed as soon as a process stands by, again and again. A backend serves for twelve seconds before it gets one, so several stores
/// go side by side: 20 fronts and about 200 calls a second in all. STANDBY_KILLS sets how often in all (without it nothing is run: StandbySpecs does it
/// three times), STANDBY_STORES how many stores (two for each processor), CAMPAIGN_SEED the moments.
/// </summary>
[Collection(Alone.Name), Trait("Category", "StandbyKills")]
public class StandbyCampaignSpecs(ITestOutputHelper output)
{
    private const int Fronts = 20;
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(500);
    private static readonly TimeSpan StandsByWithin = TimeSpan.FromMinutes(2);

    [SkippableFact]
    public async Task Nothing_is_lost_or_done_twice_when_the_one_that_stands_by_takes_over_from_one_that_was_killed()
    {
        var kills = Setting.Number("STANDBY_KILLS") ?? 0;
        Skip.If(kills == 0, "A campaign: tests/campaign.sh standby.");
        var (stores, seed) = (Setting.Number("STANDBY_STORES") ?? 2 * Environment.ProcessorCount, Setting.Number("CAMPAIGN_SEED") ?? Random.Shared.Next());
        await using var beside = new Workspace(Form.Published);
        using var end = new CancellationTokenSource();
        var coldStarts = new ColdStarts(beside);
        var measuring = coldStarts.Run(end.Token);
        var done = await Task.WhenAll(Enumerable.Range(0, stores).Select(i => Play(kills / stores, Fronts / stores, seed + (100 * i))));
        await end.CancelAsync();
        await measuring;
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"CAMPAIGN_SEED={seed}: {done.Sum(d => d.Kills)} kills in {stores} stores, {done.Sum(d => d.Changes)} changes acknowledged; "
            + $"{done.Sum(d => d.Taken)} times the one that stood by took over"));
        output.WriteLine($"from a kill to the next answer: {KillLog.Show(done.SelectMany(d => d.Pauses), coldStarts.Times)}");
        Assert.Equal(done.Sum(d => d.Kills), done.Sum(d => d.Taken));
    }

    private async Task<(int Kills, int Taken, int Changes, IReadOnlyList<TimeSpan> Pauses)> Play(int kills, int fronts, int seed)
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var clients = await workspace.Connect(fronts + 1);
        using var end = new CancellationTokenSource();
        var (pool, random) = (new TaskPool(), new Random(seed));
        var workers = clients[1..].Select((c, i) => new Worker(c, pool, new Random(seed + i + 1), Worker.Unhurried)).ToList();
        var working = workers.Select(w => Task.Run(() => w.Run(end.Token))).ToList();
        var (standby, taken) = (0, 0);
        var killer = new Killer(workspace, async (killer, token) =>
        {
            var next = await Standing(clients[0]);
            taken += killer.Kills > 0 && workspace.Backend() == standby ? 1 : 0;
            standby = next;
            await Task.Delay(TimeSpan.FromSeconds(random.NextDouble()), token);
        });
        await killer.Run(CancellationToken.None, kills);
        await Until.True(() => workspace.Backend() is not null, "a backend after the last kill");
        taken += workspace.Backend() == standby ? 1 : 0;
        await end.CancelAsync();
        await Task.WhenAll(working);
        var log = new AcknowledgedLog(workers.Select(w => w.Acknowledged));
        Assert.All(clients, c => Assert.Empty(c.Violations));
        await new StoreAudit(clients[0]).Compare(log);
        output.WriteLine(JournalAudit.Run(workspace.Database));
        return (killer.Kills, taken, log.Count, [.. killer.Pauses(log.All)]);
    }

    // Looks seldom: to answer, the backend writes to its journal.
    private static async Task<int> Standing(RawClient client)
    {
        using var deadline = new CancellationTokenSource(StandsByWithin);
        using var ticks = new PeriodicTimer(LookEvery);
        while (await ticks.WaitForNextTickAsync(deadline.Token))
        {
            if (await StandingBy.Ready(client) is { } standby)
            {
                return standby.Process;
            }
        }

        throw new TimeoutException("Nobody stands by.");
    }
}
