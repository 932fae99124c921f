using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>How the process that stands by comes and goes: with its backend, its version and the wish for one.</summary>
public class StandbyLifeSpecs
{
    [SkippableFact]
    public async Task One_that_is_stopped_or_ends_is_replaced()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var backend = workspace.Backend()!.Value;
        var first = await StandingBy.Of(workspace, client);
        await Processes.Stop(first.Process);
        await Until.True(() => Processes.CommandLine(first.Process).Length == 0, "the end of the one that was stopped");
        var second = await StandingBy.Of(workspace, client);
        Processes.Signal("TERM", second.Process);
        await Until.True(() => Processes.CommandLine(second.Process).Length == 0, "its end");
        var third = await StandingBy.Of(workspace, client);
        Assert.Equal(3, new[] { first.Process, second.Process, third.Process }.Distinct().Count());
        Assert.Equal(backend, workspace.Backend());
        Assert.Equal(new[] { backend, third.Process }.Order(), workspace.Backends().Order());
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task After_an_upgrade_a_process_of_the_new_version_stands_by_and_the_old_one_is_gone()
    {
        var same = OtherVersion.Same;
        await using var workspace = new Workspace { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var old = await StandingBy.Of(workspace, client);
        var upgrade = await CommandLine.Run(workspace, "upgrade", "--to", same);
        Assert.True(upgrade.ExitCode == 0, upgrade.Error);
        Assert.Equal("", Processes.CommandLine(old.Process));
        var next = await StandingBy.Of(workspace, client);
        Assert.Contains(same, Processes.CommandLine(next.Process), StringComparison.Ordinal);
        await workspace.KillBackend();
        var health = (await client.Call("health_check", new { })).Done;
        Assert.Equal(next.Process, health.Number("pid"));
        Assert.StartsWith("0.2.0", health.Text("build"), StringComparison.Ordinal);
        Assert.Equal("before", (await client.AllTasks()).Single().Text("title"));
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task One_of_an_old_version_does_not_serve_what_belongs_to_a_newer_one()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var standby = await StandingBy.Of(workspace, client);
        // As a newer version leaves it behind that has served and migrated: it is to be started, and nobody else.
        var newer = Directory.CreateDirectory(Path.Join(workspace.Root, "newer")).FullName;
        var program = Path.Join(newer, "orchestrator");
        await File.WriteAllTextAsync(program, "#!/bin/sh\necho 'the newer one was started'\nexit 3\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        await File.WriteAllLinesAsync(Path.Join(workspace.Data, "program"), [newer, "99.0.0+test", "free"]);
        await workspace.KillBackend();
        var answer = client.Call("plan_task", new { title = "after", description = "d" });
        var log = Path.Join(workspace.Data, "logs/backend.log");
        await Until.True(() => File.ReadAllText(log).Contains("the newer one was started", StringComparison.Ordinal), "the start of the newer one");
        Assert.Contains("another version is to serve", await File.ReadAllTextAsync(log), StringComparison.Ordinal);
        Assert.Equal("", Processes.CommandLine(standby.Process));
        File.Delete(Path.Join(workspace.Data, "program"));
        Assert.Null((await answer).Refusal);
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task Stop_ends_both_and_leaves_no_trace()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var standby = await StandingBy.Of(workspace, client);
        var status = await CommandLine.Run(workspace, "status");
        Assert.Matches($"standby         process {standby.Process}, [0-9]+ MiB in memory, [0-9]+ MiB of them its own", status.Out);
        await client.Leave();
        await Processes.Stop(standby.Process);   // it does not go when it is told to: its end takes longer than most
        var stop = await CommandLine.Run(workspace, "stop");
        Assert.True(stop.ExitCode == 0, stop.Error);
        Assert.Empty(workspace.Backends());
        Assert.Contains("standby         none", (await CommandLine.Run(workspace, "status")).Out, StringComparison.Ordinal);
        Assert.DoesNotContain(Directory.EnumerateFileSystemEntries(workspace.RunDirectory), f => f.EndsWith(".heir", StringComparison.Ordinal) || f.EndsWith(".try", StringComparison.Ordinal));
    }

    [SkippableFact]
    public async Task When_the_data_directory_is_deleted_both_end()
    {
        await using var workspace = new Workspace(Form.Published) { Settings = StandingBy.On };
        var client = await workspace.Connect();
        await client.Plan("before");
        var standby = await StandingBy.Of(workspace, client);
        await client.Leave();
        Directory.Delete(workspace.Data, recursive: true);
        await Until.True(() => workspace.Backends().Count == 0, "the end of both");
        Assert.False(Directory.Exists(workspace.Data));
        Assert.Equal("", Processes.CommandLine(standby.Process));
    }

    [SkippableTheory, InlineData("off"), InlineData("auto"), InlineData("sometimes")]
    public async Task None_is_started_where_none_is_wanted(string word)
    {
        await using var workspace = new Workspace(Form.Published) { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STANDBY"] = word } };
        var client = await workspace.Connect();
        await client.Plan("before");
        var since = Stopwatch.GetTimestamp();
        await Until.True(() => workspace.Backends().Count > 1 || Stopwatch.GetElapsedTime(since) > TimeSpan.FromSeconds(18), "longer than it takes with 'on'");
        Assert.Equal([workspace.Backend()!.Value], workspace.Backends());
        var health = (await client.Call("health_check", new { })).Done.GetProperty("standby");
        Assert.Equal((word == "auto" ? "auto" : "off", "none"), (health.Text("mode"), health.Text("state")));
        Assert.Equal(word == "sometimes", health.TryGetProperty("trouble", out var trouble) && trouble.GetString()!.Contains("on, off or auto", StringComparison.Ordinal));
    }
}
