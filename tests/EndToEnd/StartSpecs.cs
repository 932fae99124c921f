using System.Diagnostics;
using System.Globalization;
using Orchestrator.EndToEnd.Harness;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.EndToEnd;

/// <summary>What stands in the way of a start, and what a person who looks at standard error is told to do about it.</summary>
public sealed class StartSpecs
{
    private const UnixFileMode Everybody = (UnixFileMode)511;

    [SkippableTheory, InlineData(Form.Relayed, 8), InlineData(Form.Published, 50)]
    public async Task Fronts_that_start_together_with_no_backend_start_one(Form form, int fronts)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(fronts);
        await Task.WhenAll(clients.Select(c => c.Plan(c.Name)));
        Assert.Equal(fronts, (await clients[0].AllTasks()).Count);
        Assert.All(clients, c => Assert.Empty(c.Violations));
        Assert.Single(Processes.With(workspace.Root), p => Processes.CommandLine(p).Contains(" backend ", StringComparison.Ordinal));

        // Nobody started one that had to give way: each that serves takes an epoch.
        Assert.Equal(1, Epoch(workspace));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_stale_socket_or_a_file_in_its_place_is_replaced(Form form)
    {
        await using var workspace = new Workspace(form);
        var location = Locate(workspace);
        location.PrepareRunDirectory();
        await File.WriteAllTextAsync(location.SocketPath, "not a socket");
        await (await workspace.Connect()).Plan("one");
        await workspace.KillBackend();
        Assert.True(File.Exists(location.SocketPath), "A killed backend leaves its socket.");
        Assert.Equal("one", (await (await workspace.Connect()).AllTasks()).Single().Text("title"));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_directory_in_the_place_of_the_socket_is_named_until_it_is_removed(Form form)
    {
        await using var workspace = new Workspace(form);
        var socket = Locate(workspace).SocketPath;
        Directory.CreateDirectory(socket);
        await IsToldUntil(workspace, $"rm -r {socket}", () => Directory.Delete(socket));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_directory_in_the_place_of_the_lock_is_named_until_it_is_removed(Form form)
    {
        await using var workspace = new Workspace(form);
        var path = Locate(workspace).LockPath;
        Directory.CreateDirectory(path);
        await IsToldUntil(workspace, path, () => Directory.Delete(path));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_run_directory_of_another_user_is_not_used(Form form)
    {
        Skip.IfNot(Environment.UserName == "root", "Only root can give a directory to another user.");
        await using var workspace = new Workspace(form);
        var run = Directory.CreateDirectory(Locate(workspace).RunDirectory).FullName;
        Chown(run, "12345");
        await IsToldUntil(workspace, $"{run} belongs to another user. Remove it, or start with HOME set to your own directory.", () => Chown(run, "0"));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_run_directory_that_is_open_to_others_is_closed(Form form)
    {
        await using var workspace = new Workspace(form);
        var run = Directory.CreateDirectory(Locate(workspace).RunDirectory).FullName;
        File.SetUnixFileMode(run, Everybody);
        await (await workspace.Connect()).Plan("t");
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute, File.GetUnixFileMode(run));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Two_names_of_one_data_directory_have_one_backend(Form form)
    {
        await using var workspace = new Workspace(form);
        var link = Path.Join(workspace.Root, "link");
        Directory.CreateDirectory(workspace.Data);
        Directory.CreateSymbolicLink(link, workspace.Data);
        var client = await workspace.Connect();
        await client.Plan("by its name");
        var other = await workspace.Connect(dataDirectory: link);
        await other.Plan("by the link");
        Assert.Equal(2, (await client.AllTasks()).Count);
        Assert.Equal(1, Epoch(workspace));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task What_cannot_be_used_is_said_at_once_and_with_what_to_do(Form form)
    {
        await using var workspace = new Workspace(form);
        var file = Path.Join(workspace.Root, "file");
        await File.WriteAllTextAsync(file, "");
        Assert.Contains($"{file} is a file. Name another directory with --data-dir.", await Refused(workspace, file, workspace.Home), StringComparison.Ordinal);
        var deep = Directory.CreateDirectory(Path.Join(workspace.Root, new string('x', 100))).FullName;
        var told = await Refused(workspace, workspace.Data, deep);
        Assert.Contains("longer than 107 bytes", told, StringComparison.Ordinal);
        Assert.Contains("Start with HOME set to a shorter path.", told, StringComparison.Ordinal);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task When_the_run_directory_is_removed_everybody_goes_on_and_newcomers_are_let_in(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("before");
        var backend = workspace.Backend();
        Directory.Delete(workspace.RunDirectory, recursive: true);
        await client.Plan("after");
        Assert.Equal(2, (await (await workspace.Connect()).AllTasks()).Count);
        Assert.Equal(backend, workspace.Backend());
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task When_the_data_directory_is_removed_nothing_is_written_where_nobody_will_find_it(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("gone");
        var backend = workspace.Backend()!.Value;
        Directory.Delete(workspace.Data, recursive: true);
        await Until.True(() => Processes.CommandLine(backend).Length == 0, "the end of the backend");
        await client.Plan("kept");
        Assert.Equal("kept", (await client.AllTasks()).Single().Text("title"));
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task On_a_full_disk_it_is_said_that_there_is_no_space_until_there_is(Form form)
    {
        await using var workspace = new Workspace(form);
        Directory.CreateDirectory(workspace.Data);
        using var mount = Process.Start("/bin/mount", ["-t", "tmpfs", "-o", "size=64k", "tmpfs", workspace.Data]);
        await mount.WaitForExitAsync();
        Skip.If(mount.ExitCode != 0, "A small file system can only be mounted by root.");
        try
        {
            await File.WriteAllBytesAsync(Path.Join(workspace.Data, "filler"), new byte[48 * 1024]);
            var client = await workspace.Connect(RawClient.Modern);
            var refused = await client.Call("plan_task", new { title = "t", description = "d" });
            Assert.NotNull(refused.Refusal);
            Assert.Matches("Make room|full", refused.Text);
            using var grow = Process.Start("/bin/mount", ["-o", "remount,size=64m", workspace.Data]);
            await grow.WaitForExitAsync();
            await Until.Found(
                async () => await client.Call("plan_task", new { title = "kept", description = "d" }) is { Refusal: null } done ? done : null, "space");
            Assert.Equal("kept", (await client.AllTasks()).Single().Text("title"));
            Assert.Empty(client.Violations);
        }
        finally
        {
            await Until.True(() => Processes.With(workspace.Root).Select(Processes.Kill).ToList().Count == 0, "the end of all processes");
            using var unmount = Process.Start("/bin/umount", ["-l", workspace.Data]);
            await unmount.WaitForExitAsync();
        }
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Without_standard_error_a_client_is_served_all_the_same(Form form)
    {
        Skip.IfNot(File.Exists("/bin/sh"));
        await using var workspace = new Workspace(form) { Prefix = ["/bin/sh", "-c", "exec \"$@\" 2>&-", "sh"] };
        var client = await workspace.Connect();
        await client.Plan("one");
        await workspace.KillBackend();
        await client.Plan("two");
        Assert.Equal(2, (await client.AllTasks()).Count);
        Assert.Empty(client.Violations);
    }

    private static async Task IsToldUntil(Workspace workspace, string told, Action putRight)
    {
        var client = await workspace.Connect(RawClient.Modern);
        var refused = await client.Call("plan_task", new { title = "t", description = "d" });
        Assert.Equal("BACKEND_UNAVAILABLE", refused.Refusal);
        Assert.Contains(told, refused.Text, StringComparison.Ordinal);
        putRight();
        await Until.Found(
            async () => await client.Call("plan_task", new { title = "t", description = "d" }) is { Refusal: null } done ? done : null, "a backend");
        Assert.Single(await client.AllTasks());
        await client.Leave();
        Assert.Contains(told, await client.Errors, StringComparison.Ordinal);
        Assert.Empty(client.Violations);
    }

    private static async Task<string> Refused(Workspace workspace, string data, string home)
    {
        using var front = workspace.Start(["/usr/bin/env", $"HOME={home}", .. workspace.Program.Front, "--data-dir", data]);
        var told = await front.StandardError.ReadToEndAsync().Soon("the end");
        await front.WaitForExitAsync();
        Assert.Equal(1, front.ExitCode);
        return told;
    }

    private static DataDirectory Locate(Workspace workspace) =>
        DataDirectory.Resolve(workspace.Data, workspace.Project, name => name == "HOME" ? workspace.Home : null, workspace.Project);

    private static long Epoch(Workspace workspace)
    {
        using var db = new Microsoft.Data.Sqlite.SqliteConnection($"Data Source={workspace.Database};Mode=ReadOnly;Pooling=False");
        db.Open();
        using var command = db.CreateCommand();
        command.CommandText = "SELECT max(epoch) FROM writer";
        return Convert.ToInt64(command.ExecuteScalar(), CultureInfo.InvariantCulture);
    }

    private static void Chown(string path, string user) => Process.Start("/bin/chown", [user, path]).WaitForExit();
}
