using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// The Inspector's mcpdo: a daemon keeps one connection open, each command is a process of its own. The daemon would quietly connect again, so
/// its front must be the same process at the end.
/// </summary>
internal sealed class InspectorClient(Workspace workspace) : IAsyncDisposable
{
    private const string Connection = "@campaign";
    private static readonly TimeSpan Between = TimeSpan.FromSeconds(1);   // each command takes a quarter of a second of a processor

    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<string> _problems = [];
    private int _front;

    public IReadOnlyList<Acknowledged> Acknowledged => _acknowledged;

    public IReadOnlyList<string> Problems => _problems;

    public async Task Connect()
    {
        var before = Fronts();
        await Command(["connect", Connection, .. Variables(), "--", .. workspace.FrontCommand]);
        _front = Assert.Single(Fronts().Except(before));
    }

    public async Task Run(CancellationToken end)
    {
        for (var i = 1; !end.IsCancellationRequested; i++)
        {
            var title = string.Create(CultureInfo.InvariantCulture, $"mcpdo plan {i}");
            var start = Stopwatch.GetTimestamp();
            try
            {
                var arguments = JsonSerializer.Serialize(new { title, description = "d" });
                var answer = await Command([Connection, "tools/call", "orchestrator_plan_task", arguments]);
                var facts = (answer.TryGetProperty("result", out var result) ? result : answer).GetProperty("structuredContent");
                _acknowledged.Add(new Acknowledged(
                    Change.Planned, facts.Text("task_id"), title, facts.Number("version"), Stopwatch.GetElapsedTime(start), Stopwatch.GetTimestamp()));
            }
            catch (Exception e) when (e is InvalidOperationException or KeyNotFoundException or JsonException)
            {
                _problems.Add($"mcpdo: {title}: {e.Message}");
            }

            await Task.Delay(Between, end).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        }

        if (!Fronts().Contains(_front))
        {
            _problems.Add("mcpdo: its connection was lost, and it has made another one.");
        }
    }

    public async ValueTask DisposeAsync() => await Command(["daemon", "stop"]);

    // The daemon passes on little of its environment.
    private IEnumerable<string> Variables() => workspace.MoreVariables.SelectMany(v => new[] { "-e", $"{v.Key}={v.Value}" });

    private HashSet<int> Fronts() =>
        [.. Processes.With(workspace.Data).Where(p => Processes.CommandLine(p).StartsWith(workspace.Program.Front[0], StringComparison.Ordinal))];

    private async Task<JsonElement> Command(IReadOnlyList<string> arguments)
    {
        var mcpdo = NodeTools.Package("@modelcontextprotocol/inspector/clients/mcpdo/build/mcp-bin.js");
        using var process = workspace.Start([NodeTools.Node, mcpdo, "--format", "json", .. arguments]);
        process.StandardInput.Close();
        var (output, errors) = (process.StandardOutput.ReadToEndAsync(), process.StandardError.ReadToEndAsync());
        await process.WaitForExitAsync().WaitAsync(Until.Patience);
        if (process.ExitCode != 0)
        {
            throw new InvalidOperationException($"{arguments[^1]}: {await output} {await errors}");
        }

        using var parsed = JsonDocument.Parse(await output);
        return parsed.RootElement.Clone();
    }
}
