using System.Globalization;
using Orchestrator.EndToEnd.Campaign;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// The clients that most products embed, twenty of them and the Inspector's mcpdo, at 200 calls a second, while the backend is killed again and
/// again. CAMPAIGN_KILLS sets how often (without it nothing is run), CAMPAIGN_SEED the moments.
/// </summary>
[Collection(Alone.Name), Trait("Category", "Kills")]
public class RealClientSpecs(ITestOutputHelper output)
{
    private const int PerKind = 5;
    private const double CallsPerSecond = 200;
    private const int ShortCampaign = 20;
    private static readonly string[] Kinds = ["sdk1", "legacy", "auto", "pinned"];

    [SkippableFact]
    public async Task Real_clients_notice_nothing_of_backends_that_are_killed()
    {
        NodeTools.RequireNode22();
        var (kills, seed) = (Setting.Number("CAMPAIGN_KILLS") ?? ShortCampaign, Setting.Number("CAMPAIGN_SEED") ?? Random.Shared.Next());
        await using var workspace = new Workspace(Form.Published)
        {
            MoreVariables = new Dictionary<string, string?> { ["ORCHESTRATOR_TEST_TOOLS"] = "1" },
        };
        await using var beside = new Workspace(Form.Published);
        var starts = new CountedStarts(Path.GetDirectoryName(workspace.Program.Host[0])!, Path.Join(workspace.Root, "bin"));
        workspace.Program = workspace.Program with { Front = [starts.Front] };

        await using var inspector = new InspectorClient(workspace);
        var clients = Kinds.Select((k, i) => ClientProcess.Start(workspace, k, PerKind, CallsPerSecond / Kinds.Length, seed + (100 * i))).ToList();
        using var end = new CancellationTokenSource();
        try
        {
            await Task.WhenAll(clients.Select(c => c.Ready()));
            await inspector.Connect();
            var (inspecting, coldStarts) = (inspector.Run(end.Token), new ColdStarts(beside));
            var measuring = coldStarts.Run(end.Token);
            var before = starts.Count;
            var killer = new Killer(workspace, Killer.AfterServing(new Random(seed), () => clients.SelectMany(c => c.LastServed)));
            await killer.Run(CancellationToken.None, kills);
            await end.CancelAsync();
            await Task.WhenAll([inspecting, measuring, .. clients.Select(c => c.End())]);

            var calls = clients.SelectMany(c => c.Calls).ToList();
            var log = new AcknowledgedLog(clients.Select(c => c.Acknowledged).Append(inspector.Acknowledged));
            output.WriteLine(string.Create(
                CultureInfo.InvariantCulture,
                $"CAMPAIGN_SEED={seed}: {calls.Count} calls answered, {log.Count} changes acknowledged ({log}), {killer.Kills} kills, "
                + $"{starts.Count - before} backends started ({(starts.Count - before) / (double)killer.Kills:0.00} a kill)"));
            var pauses = KillLog.Pauses(killer.Times, calls);
            output.WriteLine($"pause until a client is served: {KillLog.Show(pauses.Select(p => p.First), coldStarts.Times)}");
            output.WriteLine($"pause until all are served: {KillLog.Show(pauses.Select(p => p.Last).OfType<TimeSpan>(), coldStarts.Times)}");
            output.WriteLine($"waits for an answer: {log.Waits}");
            var problems = clients.SelectMany(c => c.Problems).Concat(inspector.Problems).ToList();
            problems.Take(20).ToList().ForEach(output.WriteLine);   // before the audit, which may fail, too
            var witness = await workspace.Connect(name: "witness");
            await new StoreAudit(witness).Compare(log);
            output.WriteLine(JournalAudit.Run(workspace.Database));
            Assert.Empty(problems);
        }
        finally
        {
            clients.ForEach(c => c.Dispose());
        }
    }
}
