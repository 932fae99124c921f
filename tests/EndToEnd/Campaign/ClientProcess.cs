using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>One process of tests/clients/campaign.mjs: several clients of one library, and what they were told.</summary>
internal sealed class ClientProcess : IDisposable
{
    private readonly Process _process;
    private readonly string _kind;
    private readonly TaskCompletionSource<bool> _ready = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly TaskCompletionSource<bool> _done = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private readonly List<Acknowledged> _acknowledged = [];
    private readonly List<CallTime> _calls = [];
    private readonly List<string> _problems = [];
    private readonly ConcurrentDictionary<string, long> _lastServed = new();

    private ClientProcess(Process process, string kind)
    {
        (_process, _kind) = (process, kind);
        _ = ReadAll();
    }

    /// <summary>Changes that were acknowledged.</summary>
    public IReadOnlyList<Acknowledged> Acknowledged => _acknowledged;

    /// <summary>Every call that was answered.</summary>
    public IReadOnlyList<CallTime> Calls => _calls;

    /// <summary>Of each client: when the last call was sent that has been answered.</summary>
    public IEnumerable<long> LastServed => _lastServed.Values;

    /// <summary>What a client must never see.</summary>
    public IReadOnlyList<string> Problems => _problems;

    public static ClientProcess Start(Workspace workspace, string kind, int clients, double callsPerSecond, int seed)
    {
        string[] numbers = [.. new[] { clients, callsPerSecond, seed }.Select(n => n.ToString(CultureInfo.InvariantCulture))];
        var process = workspace.Start([NodeTools.Node, NodeTools.Script("campaign.mjs"), kind, .. numbers, .. workspace.FrontCommand]);
        return new ClientProcess(process, kind);
    }

    /// <summary>All of its clients are connected.</summary>
    public Task Ready() => _ready.Task.Soon($"{_kind}: the connections");

    /// <summary>No new work; returns when all that was begun is answered and the connections are closed.</summary>
    public Task End()
    {
        _process.StandardInput.Close();
        return _done.Task.Soon($"{_kind}: the last answers");
    }

    public void Dispose()
    {
        if (!_process.HasExited)
        {
            _process.Kill();
        }

        _process.Dispose();
    }

    private async Task ReadAll()
    {
        var errors = _process.StandardError.ReadToEndAsync();
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            using var record = JsonDocument.Parse(line);
            Take(record.RootElement);
        }

        var ended = new EndOfStreamException($"{_kind}: the process ended: {await errors} {string.Join('\n', _problems)}");
        _ready.TrySetException(ended);
        _done.TrySetException(ended);
    }

    private void Take(JsonElement record)
    {
        switch (record.Text("kind"))
        {
            case "ready":
                _ready.SetResult(true);
                break;
            case "done":
                _done.SetResult(true);
                break;
            case "problem":
                _problems.Add(record.Text("text"));
                break;
            case var kind:
                var call = new CallTime(record.Text("client"), At(record, "sent"), At(record, "got"));
                _calls.Add(call);
                _lastServed.AddOrUpdate(call.Client, call.Sent, (_, last) => Math.Max(last, call.Sent));
                if (Enum.TryParse<Change>(kind, ignoreCase: true, out var change))
                {
                    _acknowledged.Add(new Acknowledged(
                        change, record.Text("task"), record.Text("text"), record.Number("version"), Stopwatch.GetElapsedTime(call.Sent, call.Got), call.Got));
                }

                break;
        }
    }

    // Node's and .NET's clocks are the same one of the kernel; theirs comes in microseconds.
    private static long At(JsonElement record, string name) => (long)(record.GetProperty(name).GetDouble() * Stopwatch.Frequency / 1e6);
}

/// <summary>When a client's call was sent and answered, as timestamps of <see cref="Stopwatch"/>.</summary>
internal readonly record struct CallTime(string Client, long Sent, long Got);
