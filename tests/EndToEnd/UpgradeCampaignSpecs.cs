using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// To a version with another schema and back, again and again, under fronts that go on working. Short in an ordinary run;
/// <c>tests/restart-campaign.sh upgrades</c> does as many as one likes. UPGRADES sets how often it goes there and back.
/// </summary>
[Trait("Category", "UpgradeCampaign")]
public class UpgradeCampaignSpecs(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Every_upgrade_with_a_migration_and_every_way_back_loses_nothing_and_does_nothing_twice()
    {
        var next = OtherVersion.Next;
        var rounds = Setting.Number("UPGRADES") ?? 1;
        await using var workspace = new Workspace();
        var clients = await workspace.Connect((Setting.Number("RESTART_FRONTS") ?? 6) + 1);
        using var end = new CancellationTokenSource();
        var pool = new TaskPool();
        var workers = clients[1..].Select((c, i) => new Worker(c, pool, new Random(i), Worker.Unhurried)).ToList();
        var working = workers.Select(w => Task.Run(() => w.Run(end.Token))).ToList();
        var windows = new List<(long From, long To)>();
        for (var i = 0; i < rounds; i++)
        {
            await Walk(["upgrade", "--to", next], "0.3.0", hasNewColumn: true);
            await Walk(["rollback", "--with-schema"], "0.1.0", hasNewColumn: false);
        }

        await end.CancelAsync();
        await Task.WhenAll(working);
        var log = new AcknowledgedLog(workers.Select(w => w.Acknowledged));
        output.WriteLine(string.Create(
            CultureInfo.InvariantCulture,
            $"{rounds} times there and back under {workers.Count} fronts, {log.Count} changes acknowledged ({log})\n"
            + $"pause that clients saw: {Pauses.Show(windows.Select(log.LongestWithin))}"));
        Assert.All(clients, c => Assert.Empty(c.Violations));
        await new StoreAudit(clients[0]).Compare(log);
        output.WriteLine(JournalAudit.Run(workspace.Database));

        async Task Walk(string[] words, string version, bool hasNewColumn)
        {
            var from = Stopwatch.GetTimestamp();
            var run = await CommandLine.Run(workspace, words);
            windows.Add((from, Stopwatch.GetTimestamp()));
            Assert.True(run.ExitCode == 0, $"{string.Join(' ', words)} {windows.Count}: {run.Out}{run.Error}");
            Assert.StartsWith(version, (await clients[0].Call("health_check", new { })).Done.Text("build"), StringComparison.Ordinal);
            Assert.Equal(hasNewColumn, OtherVersion.HasNewColumn(workspace));
        }
    }
}
