using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// One version after another under clients that stay. The versions are really different builds (<c>tests/versions.sh</c>): 0.2.0 with the same
/// schema, 0.3.0 with one more column; programs that crash or hang are stand-ins.
/// </summary>
public class UpgradeSpecs(ITestOutputHelper output)
{
    [SkippableFact]
    public async Task Another_version_takes_over_and_is_started_again_by_fronts_of_the_old_one_and_the_way_back_is_as_short()
    {
        var same = OtherVersion.Same;
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        var work = new SteadyWork(clients[1], TimeSpan.FromMilliseconds(5));
        await clients[0].Plan("before");
        var own = await Build(clients[0]);

        var (code, text) = await Run(workspace, "upgrade", "--to", same);
        output.WriteLine(text);
        Assert.Equal(0, code);
        Assert.StartsWith("0.2.0", await Build(clients[0]), StringComparison.Ordinal);

        await workspace.KillBackend();
        Assert.StartsWith("0.2.0", await Build(clients[0]), StringComparison.Ordinal);

        (code, text) = await Run(workspace, "rollback");
        output.WriteLine(text);
        Assert.Equal(0, code);
        Assert.Equal(own, await Build(clients[0]));
        await workspace.KillBackend();
        Assert.Equal(own, await Build(clients[0]));

        var done = (await work.End()).Select(d => d.Title);
        Assert.Equal(done.Append("before").Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableFact]
    public async Task A_version_with_another_schema_upgrades_the_database_and_the_way_back_is_refused_until_its_migration_may_be_taken_back()
    {
        var next = OtherVersion.Next;
        await using var workspace = new Workspace();
        var clients = await workspace.Connect(2);
        var work = new SteadyWork(clients[1], TimeSpan.FromMilliseconds(5));
        await clients[0].Plan("before");
        var own = await Build(clients[0]);
        Assert.False(OtherVersion.HasNewColumn(workspace));

        var (code, text) = await Run(workspace, "upgrade", "--to", next);
        output.WriteLine(text);
        Assert.Equal(0, code);
        Assert.StartsWith("0.3.0", await Build(clients[0]), StringComparison.Ordinal);
        Assert.True(OtherVersion.HasNewColumn(workspace));
        var last = (await clients[0].Call("restart_status", new { })).Done.GetProperty("last");
        Assert.NotEmpty(last.List("migration"));
        Assert.Equal("upgrade", last.Text("reason"));

        (code, text) = await Run(workspace, "rollback");
        output.WriteLine(text);
        Assert.Equal(1, code);
        Assert.Contains("orchestrator rollback --with-schema", text, StringComparison.Ordinal);
        Assert.StartsWith("0.3.0", await Build(clients[0]), StringComparison.Ordinal);

        await workspace.KillBackend();
        Assert.StartsWith("0.3.0", await Build(clients[0]), StringComparison.Ordinal);

        (code, text) = await Run(workspace, "rollback", "--with-schema");
        output.WriteLine(text);
        Assert.Equal(0, code);
        Assert.Equal(own, await Build(clients[0]));
        Assert.False(OtherVersion.HasNewColumn(workspace));
        last = (await clients[0].Call("restart_status", new { })).Done.GetProperty("last");
        Assert.NotEmpty(last.List("migration"));
        Assert.All(last.List("migration"), step => Assert.StartsWith("take back: ", step.GetString(), StringComparison.Ordinal));
        await workspace.KillBackend();
        Assert.Equal(own, await Build(clients[0]));
        var done = (await work.End()).Select(d => d.Title);
        Assert.Equal(done.Append("before").Order(), (await clients[0].AllTasks()).Select(t => t.Text("title")).Order());
        Assert.All(clients, c => Assert.Empty(c.Violations));
    }

    [SkippableTheory, InlineData(true), InlineData(false)]
    public async Task A_version_that_fails_after_its_migration_leaves_the_old_schema_and_the_old_version_serving(bool isKilled)
    {
        var next = OtherVersion.Next;
        await using var workspace = new Workspace { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = "new:opened" } };
        var client = await workspace.Connect();
        await client.Plan("before");
        var own = await Build(client);
        var upgrading = Run(workspace, "upgrade", "--to", next);
        var stopped = 0;
        await Until.True(() => (stopped = workspace.Backends().FirstOrDefault(Processes.IsStopped)) != 0, "the migrated database");
        Assert.True(OtherVersion.HasNewColumn(workspace));
        if (isKilled)
        {
            Processes.Kill(stopped);
        }

        var (code, text) = await upgrading;
        output.WriteLine(text);
        Assert.Equal(1, code);
        Assert.Equal(own, await Build(client));
        Assert.False(OtherVersion.HasNewColumn(workspace));
        Assert.Equal("rolled_back", (await client.Call("restart_status", new { })).Done.GetProperty("last").Text("phase"));
        Assert.Equal("before", (await client.AllTasks()).Single().Text("title"));
        await client.Plan("after");
        Assert.Empty(client.Violations);
    }

    // The one that has taken the migration back dies or lies there, alone or with the one that waits for it.
    [SkippableTheory, InlineData(true, false), InlineData(false, false), InlineData(true, true)]
    public async Task A_way_back_that_fails_after_the_migration_was_taken_back_leaves_the_newer_version_serving_its_schema(bool isKilled, bool both)
    {
        var next = OtherVersion.Next;
        await using var workspace = new Workspace { Settings = new Dictionary<string, string> { ["ORCHESTRATOR_STOP_AT"] = "new:taken-back" } };
        var client = await workspace.Connect();
        await client.Plan("before");
        Assert.Equal(0, (await Run(workspace, "upgrade", "--to", next)).ExitCode);
        var waiting = workspace.Backend()!.Value;

        var goingBack = Run(workspace, "rollback", "--with-schema");
        var stopped = 0;
        await Until.True(() => (stopped = workspace.Backends().FirstOrDefault(Processes.IsStopped)) != 0, "the database of before");
        Assert.False(OtherVersion.HasNewColumn(workspace));
        if (both)
        {
            Processes.Kill(waiting);
        }

        if (isKilled)
        {
            Processes.Kill(stopped);
        }

        var (code, text) = await goingBack;
        output.WriteLine(text);
        Assert.Equal(1, code);
        Assert.StartsWith("0.3.0", await Build(client), StringComparison.Ordinal);
        Assert.True(OtherVersion.HasNewColumn(workspace));
        Assert.Equal("before", (await client.AllTasks()).Single().Text("title"));
        await client.Plan("after");
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData("exit 3", "exit code 3"), InlineData("exec sleep 600", "not said a word"), InlineData("kill -9 $$", "exit code 137")]
    public async Task A_program_that_cannot_serve_is_refused_and_nobody_notices(string script, string reason)
    {
        await using var workspace = new Workspace();
        var folder = Directory.CreateDirectory(Path.Join(workspace.Root, "broken")).FullName;
        var program = Path.Join(folder, "orchestrator");
        await File.WriteAllTextAsync(program, $"#!/bin/sh\n{script}\n");
        File.SetUnixFileMode(program, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var client = await workspace.Connect();
        var work = new SteadyWork(client, TimeSpan.FromMilliseconds(5));
        await Until.True(() => work.Done.Count > 1, "work");
        var before = workspace.Backend();

        var (code, text) = await Run(workspace, "upgrade", "--to", folder);
        output.WriteLine(text);
        Assert.Equal(1, code);
        Assert.Contains(reason, text, StringComparison.Ordinal);
        Assert.Equal(before, workspace.Backend());
        await work.End();
        Assert.Empty(client.Violations);
    }

    [SkippableFact]
    public async Task A_newer_front_brings_its_version_and_an_older_one_is_served_by_it()
    {
        var same = OtherVersion.Same;
        await using var workspace = new Workspace();
        var old = await workspace.Connect(name: "old");
        await old.Plan("before");
        var newer = await workspace.Connect(name: "newer", program: ["dotnet", Path.Join(same, "orchestrator.dll")]);
        await Until.Found(async () => (await Build(newer)).StartsWith("0.2.0", StringComparison.Ordinal) ? "" : null, "the newer version");
        Assert.StartsWith("0.2.0", await Build(old), StringComparison.Ordinal);
        Assert.Equal("before", (await old.AllTasks()).Single().Text("title"));
        Assert.Empty(old.Violations);
        Assert.Empty(newer.Violations);
    }

    private static async Task<(int ExitCode, string Text)> Run(Workspace workspace, params string[] words)
    {
        var run = await CommandLine.Run(workspace, words);
        return (run.ExitCode, $"{run.Out}\n{run.Error}");
    }

    private static async Task<string> Build(RawClient client) => (await client.Call("health_check", new { })).Done.Text("build");
}
