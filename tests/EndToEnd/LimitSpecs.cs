using System.Globalization;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>A system that gives no more: no file for another connection, no process for another backend. Who is served goes on, and the rest waits.</summary>
public class LimitSpecs
{
    private const int Files = 400;
    private const string Groups = "/sys/fs/cgroup/pids";

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task When_the_backend_may_open_no_more_files_who_is_there_goes_on_and_who_comes_is_told_and_served_later(Form form)
    {
        Skip.IfNot(File.Exists("/bin/bash"));
        await using var workspace = new Workspace(form) { Prefix = ["/bin/bash", "-c", $"ulimit -n {Files} && exec \"$@\"", "bash"] };
        var client = await workspace.Connect();
        await client.Plan("before");
        var backend = workspace.Backend();
        var crowd = new List<DirectClient>();
        var refused = await Assert.ThrowsAsync<RefusedConnectionException>(async () =>
        {
            for (var i = 0; i < Files; i++)
            {
                crowd.Add((await DirectClient.TryConnect(workspace.Data, workspace.Home))!);
            }
        });
        Assert.Contains($"it may open {Files} files", refused.Message, StringComparison.Ordinal);
        Assert.True(crowd.Count > 8, $"{crowd.Count} connections");

        var task = await client.Plan("meanwhile");
        var late = await workspace.Connect(RawClient.Modern, "late");
        Assert.Contains("ulimit", (await late.Call("query_tasks", new { })).Text, StringComparison.Ordinal);
        Assert.Equal(["before", "meanwhile"], (await client.AllTasks()).Select(t => t.Text("title")).Order());
        Assert.Null((await client.Call(
            "complete_task", new { task_id = task, summary = "s", detailed_work = "There are files left for this.", next_action = "continue" })).Refusal);
        crowd.ForEach(c => c.Dispose());
        await Until.Found(
            async () => await late.Call("plan_task", new { title = "after", description = "d" }) is { Refusal: null } done ? done : null, "a place");
        Assert.Equal(["after", "before", "meanwhile"], (await client.AllTasks()).Select(t => t.Text("title")).Order());
        Assert.Equal(backend, workspace.Backend());
        Assert.Empty(client.Violations);
        Assert.Empty(late.Violations);
    }

    // A runtime that compiles as it goes cannot live where it gets no thread.
    [SkippableFact]
    public async Task When_the_system_starts_no_process_the_front_lives_and_tries_until_it_does()
    {
        var group = Path.Join(Groups, Path.GetRandomFileName());
        Skip.IfNot(TryCreate(group) && File.Exists("/bin/bash"), "A limit of the number of processes can only be set by root, with cgroups of the first version.");
        try
        {
            await using var workspace = new Workspace(Form.Published) { Prefix = ["/bin/bash", "-c", $"echo $$ > {group}/cgroup.procs && exec \"$@\"", "bash"] };
            var client = await workspace.Connect();
            await client.Plan("before");
            var limit = Path.Join(group, "pids.max");
            var backend = workspace.Backend()!.Value;
            // No more than the front has: what the backend leaves free is not given to anybody.
            var others = Number(Path.Join(group, "pids.current")) - Directory.EnumerateDirectories($"/proc/{backend}/task").Count();
            await File.WriteAllTextAsync(limit, others.ToString(CultureInfo.InvariantCulture));
            var failures = Failures(group);
            Processes.Kill(backend);
            var call = client.Call("plan_task", new { title = "meanwhile", description = "d" });
            await Until.True(() => Failures(group) > failures, "a process that could not be started");
            Assert.Null(workspace.Backend());

            await File.WriteAllTextAsync(limit, "max");
            Assert.Null((await call).Refusal);
            Assert.Equal(["before", "meanwhile"], (await client.AllTasks()).Select(t => t.Text("title")).Order());
            Assert.Empty(client.Violations);
        }
        finally
        {
            await Until.True(() => TryRemove(group), "the end of the group's processes");
        }
    }

    private static int Number(string path) => int.Parse(File.ReadAllText(path), CultureInfo.InvariantCulture);

    // How often the system has refused: the proof that it did.
    private static int Failures(string group) =>
        int.Parse(File.ReadAllText(Path.Join(group, "pids.events")).Split(' ')[1], CultureInfo.InvariantCulture);

    private static bool TryCreate(string group)
    {
        try
        {
            return Directory.Exists(Groups) && Directory.CreateDirectory(group).Exists && File.Exists(Path.Join(group, "pids.max"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return false;
        }
    }

    private static bool TryRemove(string group)
    {
        try
        {
            Directory.Delete(group);
            return true;
        }
        catch (IOException)
        {
            return false;
        }
    }
}
