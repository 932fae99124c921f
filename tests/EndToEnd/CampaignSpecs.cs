using System.Globalization;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// Eight clients that write at once while the backend is killed again and again. Short in an ordinary run; <c>tests/campaign.sh</c> runs it for
/// as long as one likes. CAMPAIGN_SECONDS sets its length and CAMPAIGN_SEED the moments of the kills.
/// </summary>
[Trait("Category", "Campaign")]
public class CampaignSpecs(ITestOutputHelper output)
{
    private const int Clients = 8;

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Everything_acknowledged_is_there_once_however_often_the_backend_was_killed(Form form)
    {
        var seconds = Setting.Number("CAMPAIGN_SECONDS") ?? 6;
        Skip.If(form == Form.Relayed && seconds > 60, "A long campaign is run on the published form alone.");
        var seed = Setting.Number("CAMPAIGN_SEED") ?? Random.Shared.Next();
        output.WriteLine(string.Create(CultureInfo.InvariantCulture, $"{form}: {seconds} s, CAMPAIGN_SEED={seed}"));

        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(Clients);
        using var end = new CancellationTokenSource(TimeSpan.FromSeconds(seconds));
        var killer = new Killer(workspace, Killer.AfterTheLock(new Random(seed), slower: form == Form.Relayed ? 2 : 1));
        var killing = killer.Run(end.Token);
        var pool = new TaskPool();
        var workers = clients.Select((c, i) => new Worker(c, pool, new Random(seed + i + 1))).ToList();
        await Task.WhenAll(workers.Select(w => w.Run(end.Token)));
        await killing;

        var log = new AcknowledgedLog(workers.Select(w => w.Acknowledged));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{log.Count} changes acknowledged ({log}), {killer.Kills} kills, {killer.Backends} different backends; "
            + $"from a kill to the next answer: {Pauses.Show(killer.Pauses(log.All))}; waits for an answer: {log.Waits}"));
        Assert.True(killer.Kills > 0 && killer.Backends > killer.Kills, "Each kill must have ended a backend of its own.");
        Assert.All(clients, c => Assert.Empty(c.Violations));
        await new StoreAudit(clients[0]).Compare(log);

        Assert.All(clients, c => Assert.Empty(c.Violations));
        output.WriteLine(JournalAudit.Run(workspace.Database));
    }
}
