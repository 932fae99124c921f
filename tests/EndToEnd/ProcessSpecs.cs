using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>Which processes there are, when they begin and end, and what they leave to others.</summary>
public class ProcessSpecs
{
    private const UnixFileMode OwnerFile = UnixFileMode.UserRead | UnixFileMode.UserWrite;
    private const UnixFileMode OwnerFolder = OwnerFile | UnixFileMode.UserExecute;

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Fronts_that_start_together_share_one_backend(Form form)
    {
        await using var workspace = new Workspace(form);
        var clients = await workspace.Connect(4);
        await Task.WhenAll(clients.Select(c => c.Plan(c.Name)));
        Assert.Equal(4, (await clients[0].AllTasks()).Count);
        Assert.Equal([workspace.Backend()!.Value], Processes.With(workspace.Root).Where(p => Processes.CommandLine(p).Contains(" backend ")));
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_end_of_a_client_ends_its_front_and_not_the_backend(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("kept");
        var backend = workspace.Backend();
        var (code, took) = await client.Leave();
        Assert.Equal(0, code);
        Assert.True(took < TimeSpan.FromSeconds(2), $"It took {took.TotalSeconds:0.0} s.");
        Assert.NotNull(backend);
        Assert.Equal(backend, workspace.Backend());
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_backend_without_clients_leaves_and_the_next_client_finds_everything(Form form)
    {
        await using var workspace = new Workspace(form);
        using var backend = workspace.Start([.. workspace.Program.Host, "backend", "--data-dir", workspace.Data, "--idle-minutes", "0.05"]);
        await Until.True(() => workspace.Backend() == backend.Id, "the backend");
        var client = await workspace.Connect();
        await client.Plan("kept");
        Assert.Equal(backend.Id, workspace.Backend());
        await client.Leave();
        await backend.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(0, backend.ExitCode);
        Assert.True(new FileInfo(workspace.Database + "-wal") is { Exists: false } or { Length: 0 }, "It leaves everything in one file.");

        var next = await workspace.Connect();
        Assert.Equal("kept", (await next.AllTasks()).Single().Text("title"));
        Assert.NotEqual(backend.Id, workspace.Backend());
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_second_backend_gives_way(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await client.Plan("kept");
        var first = workspace.Backend();
        using var second = workspace.Start([.. workspace.Program.Host, "backend", "--data-dir", workspace.Data]);
        await second.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(75, second.ExitCode);
        Assert.Equal(first, workspace.Backend());
        await client.Plan("too");
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Nobody_else_can_reach_the_socket_or_the_data(Form form)
    {
        await using var workspace = new Workspace(form);
        await (await workspace.Connect()).Plan("private");
        var socket = Directory.EnumerateFiles(workspace.RunDirectory, "*.sock").Single();
        Assert.Equal(OwnerFile, File.GetUnixFileMode(socket));
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(workspace.RunDirectory));
        Assert.Equal(OwnerFolder, File.GetUnixFileMode(workspace.Data));
    }
}
