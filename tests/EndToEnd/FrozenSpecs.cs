using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>
/// Processes that somebody stops: a short stop is waited out, a long one is not, and a whole machine that stood still suspects nobody. FROZEN_SECONDS
/// sets for how long the machine stands still; without it somewhat longer than a backend may be silent.
/// </summary>
public sealed class FrozenSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_backend_that_stops_for_a_moment_is_waited_for(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("before");
        var backend = workspace.Backend()!.Value;
        await Processes.Stop(backend);
        var answer = client.Call("plan_task", new { title = "meanwhile", description = "d" });
        await Task.Delay(300);   // the length of the stop is what is tested
        Processes.Signal("CONT", backend);
        Assert.Null((await answer).Refusal);
        Assert.Equal(backend, workspace.Backend());
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_backend_that_stays_stopped_is_replaced_and_has_written_its_last(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(3);
        await clients[0].Plan("before");
        var backend = workspace.Backend()!.Value;
        await Processes.Stop(backend);
        var since = Stopwatch.GetTimestamp();
        var answers = await Task.WhenAll(clients.Select(c => c.Call("plan_task", new { title = c.Name, description = "d" })));
        Assert.All(answers, a => Assert.Null(a.Refusal));
        Assert.True(Stopwatch.GetElapsedTime(since) < TimeSpan.FromSeconds(30));
        Assert.NotEqual(backend, workspace.Backend());
        Processes.Signal("CONT", backend);   // there is nothing left that could wake
        Assert.Equal("", Processes.CommandLine(backend));
        Assert.Equal(["before", "raw1", "raw2", "raw3"], (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task When_everything_stands_still_nobody_is_suspected_afterwards(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(3);
        await clients[0].Plan("before");
        var backend = workspace.Backend()!.Value;
        var all = Processes.With(workspace.Root);
        foreach (var process in all)
        {
            await Processes.Stop(process);
        }

        var answers = clients.Select(c => c.Call("plan_task", new { title = c.Name, description = "d" })).ToList();
        await Task.Delay(TimeSpan.FromSeconds(Setting.Number("FROZEN_SECONDS") ?? 4));   // the length of the stop is what is tested
        foreach (var process in all)
        {
            Processes.Signal("CONT", process);
        }

        Assert.All(await Task.WhenAll(answers), a => Assert.Null(a.Refusal));
        Assert.Equal(backend, workspace.Backend());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }
}
