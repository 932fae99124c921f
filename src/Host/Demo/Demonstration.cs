using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using Orchestrator.Front;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol.Locations;
using Spectre.Console;

namespace Orchestrator.Host.Demo;

/// <summary>
/// The main job, for a person to watch: a plan with dependencies, two agents that race for its tasks, a backend that is killed in the middle, and
/// the synthesis. It keeps its own book of what was acknowledged and holds the store against it at the end.
/// </summary>
internal sealed class Demonstration
{
    private static readonly TimeSpan Patience = TimeSpan.FromMinutes(2);

    private static readonly Dictionary<string, object>[] Plan =
    [
        Part("design", "Design the search API", "architect"),
        Part("index", "Build the index", "coder", "design"),
        Part("api", "Serve queries", "coder", "design"),
        Part("page", "Make the search page", "coder", "design"),
        Part("load", "Test under load", "tester", "index", "api"),
        Part("guide", "Write the guide", "documenter", "page"),
        Part("review", "Review everything", "reviewer", "load", "guide"),
    ];

    private readonly DataDirectory _location;
    private readonly CancellationToken _cancellation;
    private readonly ConcurrentDictionary<string, (string Agent, string Artifact, string Work)> _acknowledged = new();
    private readonly List<string> _wrong = [];
    private int _killing;
    private int? _killed;

    private Demonstration(DataDirectory location, CancellationToken cancellation) => (_location, _cancellation) = (location, cancellation);

    /// <summary>Returns 0 when everything that was acknowledged is there, once; else 1.</summary>
    public static async Task<int> Run(CancellationToken cancellation)
    {
        var workspace = Directory.CreateTempSubdirectory("orchestrator-demo-").FullName;
        using var deadline = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        deadline.CancelAfter(Patience);
        var location = DataDirectory.Resolve(Path.Combine(workspace, ".task_orchestrator"), workspace);
        var demonstration = new Demonstration(location, deadline.Token);
        try
        {
            await demonstration.Show(workspace, OwnProgram.Command);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            demonstration._wrong.Add($"it was not done within {Patience.TotalMinutes:0} minutes");
        }
        finally
        {
            await demonstration.CleanUp(workspace);
        }

        return demonstration.Verdict();
    }

    private async Task Show(string workspace, BackendCommand program)
    {
        Say("1", $"Two agents connect, each by a process of its own. Workspace: {workspace}");
        await using var ada = await DemoAgent.Start("ada", program, workspace, _cancellation);
        await using var bob = await DemoAgent.Start("bob", program, workspace, _cancellation);
        var session = await ada.Call("initialize_session", new() { ["working_directory"] = workspace }, _cancellation);
        Tell($"Session {session.GetProperty("session_id")}, backend process {await BackendProbe.ProcessId(_location, _cancellation)}");

        Say("2", "Ada plans a project: seven tasks, all or nothing.");
        var plan = await ada.Call("plan_task", new()
        {
            ["title"] = "Ship a search page",
            ["description"] = "Users find documents by words.",
            ["session_id"] = session.GetProperty("session_id").GetString(),
            ["tasks"] = Plan,
        }, _cancellation);
        var root = plan.GetProperty("task_id").GetString()!;
        foreach (var task in plan.GetProperty("tasks").EnumerateArray())
        {
            Tell($"{task.GetProperty("task_id")}  {task.GetProperty("title")}{(task.TryGetProperty("ready", out _) ? "  (ready)" : "")}");
        }

        Say("3", "Both want the same task. One gets it.");
        await Race(ada, bob, plan.GetProperty("tasks")[0].GetProperty("task_id").GetString()!);

        Say("4", "Both work through the plan. In the middle, the backend is killed with kill -9.");
        await Task.WhenAll(Work(ada, root), Work(bob, root));

        Say("5", "Synthesis, and what the store says against what the agents were told.");
        var synthesis = await bob.Call("synthesize_results", new() { ["parent_task_id"] = root }, _cancellation);
        await Verify(bob, synthesis);
    }

    private async Task Race(DemoAgent ada, DemoAgent bob, string task)
    {
        var results = await Task.WhenAll(new[] { ada, bob }.Select(async agent =>
            (agent, answer: await agent.Try("execute_task", new() { ["task_id"] = task }, _cancellation))));
        foreach (var (agent, answer) in results)
        {
            Tell(answer.Refused is null
                ? $"{agent.Name}: has it until {answer.Result.GetProperty("lease_until")}, "
                    + $"with the role of {answer.Result.GetProperty("specialist").GetProperty("name")}"
                : $"{agent.Name}: {answer.Refused}. {answer.Result.GetProperty("next_step")}");
        }

        var winners = results.Where(r => r.answer.Refused is null).ToList();
        Check(winners.Count == 1, $"{winners.Count} agents won the race for one task");
        await Complete(winners[0].agent, winners[0].answer.Result);
    }

    private async Task Work(DemoAgent agent, string root)
    {
        while (true)
        {
            var (order, refused) = await agent.Try("execute_task", [], _cancellation);
            if (refused is null && order.GetProperty("task_id").GetString() != root)
            {
                await Complete(agent, order);
                continue;
            }

            if (refused is null)
            {
                // The project itself: everything below it is closed.
                await agent.Call("update_task", Named(order, ("status", "pending")), _cancellation);
                return;
            }

            var status = await agent.Call("get_status", new() { ["parent_task_id"] = root }, _cancellation);
            if (status.GetProperty("parent").GetProperty("open").GetInt32() == 0)
            {
                return;
            }

            await Task.Delay(50, _cancellation);   // the other agent holds what we wait for
        }
    }

    private async Task Complete(DemoAgent agent, JsonElement order)
    {
        var task = order.GetProperty("task_id").GetString()!;
        var basis = order.TryGetProperty("builds_on", out var results) ? results.GetArrayLength() : 0;
        var work = $"# {order.GetProperty("title")}\nDone by {agent.Name}, on top of {basis} earlier results.\n{Guid.NewGuid()}\n";
        var call = agent.Call(
            "complete_task",
            Named(order, ("summary", $"{order.GetProperty("title")}: done"), ("detailed_work", work), ("next_action", "complete")), _cancellation);
        if (_acknowledged.Count == 3 && Interlocked.CompareExchange(ref _killing, 1, 0) == 0)
        {
            await Kill();
        }

        var watch = Stopwatch.StartNew();
        var done = await call;
        var artifact = done.GetProperty("artifact_id").GetString()!;
        Check(_acknowledged.TryAdd(task, (agent.Name, artifact, work)), $"{task} was completed twice");
        Tell($"{agent.Name}: {order.GetProperty("title")} -> {artifact}"
            + (watch.ElapsedMilliseconds > 100 ? $"  (waited {watch.ElapsedMilliseconds} ms)" : ""));
    }

    private async Task Kill()
    {
        _killed = await BackendProbe.ProcessId(_location, _cancellation) ?? throw new InvalidOperationException("No backend serves.");
        using var backend = Process.GetProcessById(_killed.Value);
        backend.Kill();   // SIGKILL: nothing is closed, nothing is flushed
        AnsiConsole.MarkupLineInterpolated($"     [red]kill -9 {_killed}[/], with a completion in flight");
    }

    private async Task Verify(DemoAgent agent, JsonElement synthesis)
    {
        var outcomes = synthesis.GetProperty("outcomes").EnumerateArray().ToList();
        var table = new Table().Border(TableBorder.Simple).AddColumns("Task", "Status", "By", "Artifact");
        foreach (var outcome in outcomes)
        {
            var task = outcome.GetProperty("task_id").GetString()!;
            var status = outcome.GetProperty("status").GetString()!;
            Check(_acknowledged.TryGetValue(task, out var told), $"{task} is {status}, but nobody was told so");
            var artifacts = outcome.TryGetProperty("artifact_ids", out var ids) ? ids.EnumerateArray().Select(i => i.GetString()).ToList() : [];
            Check(status == "completed", $"{task} was acknowledged as completed and is {status}");
            Check(
                artifacts.Count == 1 && artifacts[0] == told.Artifact,
                $"{task} has the artifacts {string.Join(", ", artifacts)} instead of {told.Artifact} once");
            var stored = await agent.Call("get_artifact", new() { ["artifact_id"] = told.Artifact }, _cancellation);
            Check(stored.GetProperty("text").GetString() == told.Work, $"{told.Artifact} is not what {told.Agent} handed in");
            table.AddRow(outcome.GetProperty("title").GetString()!.EscapeMarkup(), status, told.Agent, told.Artifact);
        }

        AnsiConsole.Write(table);
        var serving = await BackendProbe.ProcessId(_location, _cancellation);
        Check(outcomes.Count == Plan.Length, $"{outcomes.Count} of {Plan.Length} tasks are there");
        Check(_killed is not null && serving != _killed, $"the backend that was killed ({_killed}) is the one that serves ({serving})");
    }

    private int Verdict()
    {
        if (_wrong.Count == 0)
        {
            AnsiConsole.MarkupLineInterpolated(
                $"[green]Nothing was lost:[/] {_acknowledged.Count} completions were acknowledged, and all are stored, none twice, across the kill.");
            return 0;
        }

        foreach (var wrong in _wrong)
        {
            AnsiConsole.MarkupLineInterpolated($"[red]Wrong:[/] {wrong}");
        }

        return 1;
    }

    /// <summary>Ends the backend and removes what the demo made, also outside of its workspace.</summary>
    private async Task CleanUp(string workspace)
    {
        if (await BackendProbe.ProcessId(_location, CancellationToken.None) is { } id)
        {
            try
            {
                using var backend = Process.GetProcessById(id);
                backend.Kill();
                await backend.WaitForExitAsync(CancellationToken.None);
            }
            catch (ArgumentException)
            {
                // It has gone by itself.
            }
        }

        Directory.Delete(workspace, recursive: true);
        File.Delete(_location.SocketPath);
        File.Delete(_location.SpawnLockPath);
    }

    private void Check(bool holds, string otherwise)
    {
        if (!holds)
        {
            _wrong.Add(otherwise);
        }
    }

    private static Dictionary<string, object?> Named(JsonElement order, params (string Name, object? Value)[] more)
    {
        var arguments = new Dictionary<string, object?>
        {
            ["task_id"] = order.GetProperty("task_id").GetString(),
            ["claim"] = order.GetProperty("claim").GetString(),
        };
        foreach (var (name, value) in more)
        {
            arguments[name] = value;
        }

        return arguments;
    }

    private static Dictionary<string, object> Part(string reference, string title, string specialist, params string[] dependsOn) =>
        new() { ["ref"] = reference, ["title"] = title, ["specialist_type"] = specialist, ["depends_on"] = dependsOn };

    private static void Say(string step, string text) => AnsiConsole.MarkupLineInterpolated($"[bold]{step}.[/] {text}");

    private static void Tell(string text) => AnsiConsole.MarkupLineInterpolated($"     [grey]{text}[/]");
}
