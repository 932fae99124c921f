using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>What a client hears when the store cannot be used, and that it heals without a restart.</summary>
public class StorageFailureSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_file_that_is_no_database_is_named_by_every_call_until_it_is_moved_away(Form form)
    {
        await using var workspace = new Workspace(form);
        Directory.CreateDirectory(workspace.Data);
        await File.WriteAllTextAsync(workspace.Database, string.Concat(Enumerable.Repeat("This is a letter, not a database.\n", 200)));
        var client = await workspace.Connect();
        var calls = await client.CallAtOnce(
        [
            ("initialize_session", new { }), ("plan_task", new { title = "t", description = "d" }), ("query_tasks", new { }), ("get_status", new { }),
            ("execute_task", new { }), ("get_artifact", new { artifact_id = "art_0000000000000" }),
        ]);
        Assert.All(await Task.WhenAll(calls), r =>
        {
            Assert.Equal("DATABASE_UNAVAILABLE", r.Refusal);
            Assert.Contains(workspace.Database, r.Text, StringComparison.Ordinal);
        });
        Assert.StartsWith("This is a letter", await File.ReadAllTextAsync(workspace.Database), StringComparison.Ordinal);

        var backend = workspace.Backend();
        File.Move(workspace.Database, workspace.Database + ".letter");
        await Until.Found(
            async () => (await client.Call("plan_task", new { title = "t", description = "d" })) is { Refusal: null } done ? done : null,
            "a database", TimeSpan.FromSeconds(15));
        Assert.Equal(backend, workspace.Backend());
        Assert.Single(await client.AllTasks());
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_data_directory_without_the_right_to_write_is_named_until_the_right_is_given(Form form)
    {
        const string tool = "/usr/bin/setpriv";
        Skip.If(Environment.UserName == "root" && !File.Exists(tool), $"Root may write everywhere; {tool}, which could take that right away, is not there.");
        string[] prefix = Environment.UserName == "root" ? [tool, "--bounding-set", "-dac_override,-dac_read_search"] : [];
        await using var workspace = new Workspace(form) { Prefix = prefix };
        Directory.CreateDirectory(workspace.Data, UnixFileMode.UserRead | UnixFileMode.UserExecute);
        var client = await workspace.Connect();
        var refused = await client.Call("plan_task", new { title = "t", description = "d" });
        Assert.Contains(refused.Refusal, new[] { "DATABASE_UNAVAILABLE", "BACKEND_UNAVAILABLE" });
        Assert.Contains(workspace.Data, refused.Text, StringComparison.Ordinal);

        File.SetUnixFileMode(workspace.Data, UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute);
        await Until.Found(
            async () => (await client.Call("plan_task", new { title = "t", description = "d" })) is { Refusal: null } done ? done : null, "a database");
        Assert.Single(await client.AllTasks());
        Assert.Empty(client.Violations);
    }
}
