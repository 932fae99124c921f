using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>Looking at a backend and stopping it, with the real program.</summary>
public class BackendVerbSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Looking_starts_nothing_and_creates_nothing(Form form)
    {
        await using var workspace = new Workspace(form);

        var status = (await workspace.Run("status", "--json")).Json("status/1");
        var stop = await workspace.Run("stop", "--json");
        var board = await workspace.Run("tasks", "board", "--json");

        Assert.Equal("not_running", status.GetProperty("backend").Text("state"));
        Assert.Equal("not_running", stop.Json("stop/1").List("backends").Single().Text("outcome"));
        Assert.Equal((4, "NO_STORE"), (board.ExitCode, board.Json("error/1").Text("code")));
        Assert.False(Directory.Exists(workspace.Data));
        Assert.Null(workspace.Backend());
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task A_serving_backend_is_shown_with_its_clients_and_claims_and_stopped(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        var id = await client.Plan("seen from outside");
        Assert.Null((await client.Call("execute_task", new { task_id = id })).Refusal);

        var status = (await workspace.Run("status", "--json")).Json("status/1");
        var list = (await workspace.Run("list", "--json")).Json("list/1");

        Assert.Equal("serving", status.GetProperty("backend").Text("state"));
        Assert.Equal(workspace.Backend(), status.GetProperty("backend").GetProperty("process_id").GetInt32());
        Assert.Equal("open", status.Text("gate"));
        Assert.Equal(1, status.GetProperty("backend").Number("clients"));
        Assert.Equal(id, status.List("claims").Single().Text("task_id"));
        Assert.Equal(workspace.Data, list.List("data_directories").Single().Text("path"));

        await client.Leave();
        var backend = workspace.Backend()!.Value;
        var stop = await workspace.Run("stop");

        Assert.Equal(0, stop.ExitCode);
        Assert.Empty(Processes.CommandLine(backend));
        Assert.Null(workspace.Backend());
    }

    [SkippableFact]
    public async Task Who_only_looks_is_no_client_and_keeps_no_backend_from_leaving()
    {
        await using var workspace = new Workspace();
        using var backend = workspace.Start([.. workspace.Program.Host, "backend", "--data-dir", workspace.Data, "--idle-minutes", "0.1"]);
        using var watch = workspace.Start([.. workspace.Program.Host, "status", "--watch", "--json", "--data-dir", workspace.Data]);

        var seen = 0;
        string? line;
        do
        {
            line = await watch.StandardOutput.ReadLineAsync().Soon("the end of a backend without a client");
            seen += line!.Contains("\"serving\"", StringComparison.Ordinal) && line.Contains("\"clients\":0", StringComparison.Ordinal) ? 1 : 0;
        }
        while (seen == 0 || !line.Contains("not_running", StringComparison.Ordinal));

        await backend.WaitForExitAsync().WaitAsync(Until.Patience);
        Assert.Equal(0, backend.ExitCode);
        await Interrupt(workspace, watch);
    }

    [SkippableFact]
    public async Task The_last_restart_is_shown_with_its_reason()
    {
        await using var workspace = new Workspace();
        await (await workspace.Connect()).Plan("restarted");
        Assert.Equal(0, (await workspace.Run("restart")).ExitCode);

        var restart = (await workspace.Run("status", "--json")).Json("status/1").GetProperty("last_restart");

        Assert.Equal(("manual_request", "completed"), (restart.Text("reason"), restart.Text("state")));
    }

    [SkippableFact]
    public async Task A_stopped_backend_is_called_silent_and_named_by_the_doctor()
    {
        await using var workspace = new Workspace();
        await (await workspace.Connect()).Plan("frozen");
        var backend = workspace.Backend()!.Value;
        using (var freeze = workspace.Start(["kill", "-STOP", $"{backend}"]))
        {
            await freeze.WaitForExitAsync();
        }

        var doctor = await workspace.Run("doctor", "--json");

        Assert.Equal(5, doctor.ExitCode);
        Assert.Contains(doctor.Json("doctor/1").List("findings"), f => f.Text("check") == "backend-answers" && f.Text("verdict") == "fault");
    }

    [SkippableFact]
    public async Task A_wrong_command_line_has_an_exit_code_of_its_own()
    {
        await using var workspace = new Workspace();

        Assert.Equal(2, (await workspace.Run("status", "--nonsense")).ExitCode);
        Assert.Equal(2, (await workspace.Run("install", "--client", "nobody")).ExitCode);
        Assert.Equal(4, (await workspace.Run("logs")).ExitCode);
        Assert.Equal(4, (await workspace.Run("install")).ExitCode);
    }

    [SkippableFact]
    public async Task A_log_is_followed_through_its_replacement()
    {
        await using var workspace = new Workspace();
        var log = Path.Join(Directory.CreateDirectory(Path.Join(workspace.Data, "logs")).FullName, "backend.log");
        File.WriteAllText(log, "one\ntwo\n");
        using var logs = workspace.Start([.. workspace.Program.Host, "logs", "-f", "-n", "1", "--data-dir", workspace.Data]);

        Assert.Equal("two", await logs.StandardOutput.ReadLineAsync().Soon("the end of the log"));
        File.AppendAllText(log, "three\n");
        Assert.Equal("three", await logs.StandardOutput.ReadLineAsync().Soon("what is written"));
        File.Move(log, $"{log}.1");
        File.WriteAllText(log, "four\n");
        Assert.Equal("four", await logs.StandardOutput.ReadLineAsync().Soon("the next log"));
        await Interrupt(workspace, logs);
        Assert.Equal(0, logs.ExitCode);
    }

    [SkippableFact]
    public async Task A_watched_status_tells_each_change()
    {
        await using var workspace = new Workspace();
        using var watch = workspace.Start([.. workspace.Program.Host, "status", "--watch", "--json", "--data-dir", workspace.Data]);

        Assert.Contains("not_running", await watch.StandardOutput.ReadLineAsync().Soon("the first status"), StringComparison.Ordinal);
        await (await workspace.Connect()).Plan("seen at once");
        string? line;
        do
        {
            line = await watch.StandardOutput.ReadLineAsync().Soon("a status with the task");
        }
        while (line is not null && !line.Contains("\"tasks\":1", StringComparison.Ordinal));
        Assert.NotNull(line);
        await Interrupt(workspace, watch);
        Assert.Equal(0, watch.ExitCode);
    }

    private static async Task Interrupt(Workspace workspace, System.Diagnostics.Process process)
    {
        using var kill = workspace.Start(["kill", "-INT", $"{process.Id}"]);
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
    }
}
