using System.Diagnostics;
using System.Runtime.InteropServices;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Faults;

/// <summary>
/// One life of a backend with a fault in it, from its start in a new data directory over one write to its orderly end; then a healthy one, which
/// must serve and hold what was acknowledged, once.
/// </summary>
internal sealed partial class FaultyRun(Workspace workspace, string plan)
{
    private const int Terminate = 15;
    private readonly string _fired = Path.Join(workspace.Root, "fired");
    private readonly string _list = Path.Join(workspace.Root, "list");

    /// <summary>The call at which it happened; null when the run ended before.</summary>
    public string? Fired => File.Exists(_fired) ? File.ReadLines(_fired).First() : null;

    /// <summary>Everything that the backend did to its files.</summary>
    public IReadOnlyList<string> Calls => File.Exists(_list) ? File.ReadAllLines(_list) : [];

    /// <summary>The write was acknowledged.</summary>
    public bool IsAcknowledged { get; private set; }

    public async Task Play()
    {
        using var backend = StartBackend();
        var output = (backend.StandardOutput.ReadToEndAsync(), backend.StandardError.ReadToEndAsync());
        await Until.Found(
            async () => backend.HasExited ? "" : await DirectClient.TryConnect(workspace.Data, workspace.Home) is { } first ? Closed(first) : null,
            "a backend that serves or has died");
        var client = await workspace.Connect(name: "faulty");
        IsAcknowledged = (await client.Call("plan_task", new { title = "written under a fault", description = "d" })).Refusal is null;
        await client.Leave();
        Assert.Empty(client.Violations);
        await End(backend);
        await Task.WhenAll(output.Item1, output.Item2);

        // If a healthy one took its place, that one is killed: the next start must cope with whatever lies there.
        Processes.With(workspace.Data).ToList().ForEach(p => Processes.Kill(p));
        await Until.True(() => Processes.With(workspace.Data).Count == 0, "the end of all backends");
        await Verify();
    }

    private static string Closed(DirectClient client)
    {
        client.Dispose();
        return "";
    }

    private Process StartBackend() => workspace.Start(
    [
        .. FaultLibrary.Prefix(workspace.Data, plan, _list, _fired), .. workspace.Program.Host, "backend", "--data-dir", workspace.Data,
    ]);

    private static async Task End(Process backend)
    {
        if (!backend.HasExited)
        {
            _ = Kill(backend.Id, Terminate);
            using var patience = new CancellationTokenSource(Until.Patience);
            await backend.WaitForExitAsync(patience.Token);
        }
    }

    private async Task Verify()
    {
        var next = await workspace.Connect(name: "next");
        var titles = (await next.AllTasks()).Select(t => t.Text("title")).ToList();
        Assert.True(
            titles.Count == 1 || (titles.Count == 0 && !IsAcknowledged),
            $"{plan} fired at '{Fired}': acknowledged {IsAcknowledged}, found {titles.Count}.");
        await next.Plan("served again");
        await next.Leave();
        Assert.Empty(next.Violations);
        Campaign.JournalAudit.Run(workspace.Database);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Kill(int process, int signal);
}
