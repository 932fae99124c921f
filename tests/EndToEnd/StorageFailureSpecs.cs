using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>What a client hears when the store cannot be used, and that it heals without a restart.</summary>
public class StorageFailureSpecs
{
    private const UnixFileMode OwnerMayRead = UnixFileMode.UserRead;
    private const UnixFileMode OwnerMayAll = OwnerMayRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_file_that_is_no_database_is_named_by_every_call_until_it_is_moved_away(Form form)
    {
        await using var workspace = new Workspace(form);
        Directory.CreateDirectory(workspace.Data);
        await File.WriteAllTextAsync(workspace.Database, string.Concat(Enumerable.Repeat("This is a letter, not a database.\n", 200)));
        var client = await workspace.Connect();
        var calls = await client.CallAtOnce(
        [
            ("initialize_session", new { }), ("plan_task", new { title = "t", description = "d" }), ("query_tasks", new { }),
            ("execute_task", new { }), ("get_artifact", new { artifact_id = "art_0000000000000" }),
        ]);
        Assert.All(await Task.WhenAll(calls), r =>
        {
            Assert.Equal("DATABASE_UNAVAILABLE", r.Refusal);
            Assert.Contains(workspace.Database, r.Text, StringComparison.Ordinal);
        });
        var status = (await client.Call("get_status", new { })).Done.GetProperty("database");
        Assert.Equal(("safe_mode", "DATABASE_UNAVAILABLE"), (status.Text("state"), status.Text("code")));
        Assert.Contains(workspace.Database, status.Text("reason"), StringComparison.Ordinal);
        Assert.StartsWith("This is a letter", await File.ReadAllTextAsync(workspace.Database), StringComparison.Ordinal);

        var backend = workspace.Backend();
        File.Move(workspace.Database, workspace.Database + ".letter");
        await Until.Found(() => TryPlan(client), "a database", TimeSpan.FromSeconds(15));
        Assert.Equal(backend, workspace.Backend());
        Assert.Single(await client.AllTasks());
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_directory_without_the_right_to_write_is_named_until_the_right_is_given(Form form)
    {
        await using var workspace = new Workspace(form) { Prefix = WithoutRootsRights() };
        Directory.CreateDirectory(workspace.Data, OwnerMayRead | UnixFileMode.UserExecute);
        await IsRefusedUntil(workspace, workspace.Data, "BACKEND_UNAVAILABLE", () => File.SetUnixFileMode(workspace.Data, OwnerMayAll));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_database_without_the_right_to_write_is_named_until_the_right_is_given(Form form)
    {
        await using var workspace = new Workspace(form) { Prefix = WithoutRootsRights() };
        Directory.CreateDirectory(workspace.Data);
        await File.WriteAllBytesAsync(workspace.Database, []);
        File.SetUnixFileMode(workspace.Database, OwnerMayRead);
        await IsRefusedUntil(workspace, workspace.Database, "DATABASE_UNAVAILABLE", () => File.SetUnixFileMode(workspace.Database, OwnerMayAll));
    }

    private static async Task IsRefusedUntil(Workspace workspace, string named, string code, Action putRight)
    {
        var client = await workspace.Connect(RawClient.Modern);
        var refused = await client.Call("plan_task", new { title = "t", description = "d" });
        Assert.Equal(code, refused.Refusal);
        Assert.Contains(named, refused.Text, StringComparison.Ordinal);
        putRight();
        await Until.Found(() => TryPlan(client), "a database");
        Assert.Single(await client.AllTasks());
        Assert.Empty(client.Violations);
    }

    private static async Task<Reply?> TryPlan(RawClient client) =>
        await client.Call("plan_task", new { title = "t", description = "d" }) is { Refusal: null } done ? done : null;

    internal static string[] WithoutRootsRights()
    {
        const string tool = "/usr/bin/setpriv";
        var isRoot = Environment.UserName == "root";
        Skip.If(isRoot && !File.Exists(tool), $"Root may write everywhere, and {tool}, which could take that right away, is not there.");
        return isRoot ? [tool, "--bounding-set", "-dac_override,-dac_read_search"] : [];
    }
}
