using System.Collections.Concurrent;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Benchmarks;

/// <summary>A client as small as it can be: JSON lines over the pipes of a process, which it ends.</summary>
internal sealed class McpClient : IDisposable
{
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(60);

    private readonly Process _process;
    private readonly ConcurrentDictionary<int, TaskCompletionSource<JsonNode>> _waiting = [];
    private readonly Lock _writing = new();
    private int _last;

    public McpClient(Process process)
    {
        _process = process;
        _ = Task.Run(Read);
    }

    public int ProcessId => _process.Id;

    public async Task Initialize()
    {
        await Request("initialize", new JsonObject
        {
            ["protocolVersion"] = "2025-11-25",
            ["capabilities"] = new JsonObject(),
            ["clientInfo"] = new JsonObject { ["name"] = "benchmark", ["version"] = "1" },
        });
        Write(new JsonObject { ["jsonrpc"] = "2.0", ["method"] = "notifications/initialized" });
    }

    public Task<JsonNode> ListTools() => Request("tools/list", []);

    public Task Status() => Call("get_status", []);

    public Task Plan(int number) => Call("plan_task", new JsonObject
    {
        ["title"] = $"Write the documentation of part {number}",
        ["description"] = $"Describe part {number} for its users: purpose, examples, limits.",
    });

    /// <summary>Closes our end; the front leaves by itself.</summary>
    public void Close() => _process.StandardInput.Close();

    public void Dispose()
    {
        Close();
        if (!_process.WaitForExit(10_000))
        {
            _process.Kill();
            _process.WaitForExit();
        }

        _process.Dispose();
    }

    private async Task Call(string tool, JsonObject arguments) => await Ask("orchestrator_" + tool, arguments);

    /// <summary>Calls a tool by its full name and returns its result.</summary>
    public async Task<JsonNode> Ask(string tool, JsonObject arguments)
    {
        var result = await Request("tools/call", new JsonObject { ["name"] = tool, ["arguments"] = arguments });
        if (result["isError"]?.GetValue<bool>() == true)
        {
            throw new InvalidOperationException(result.ToJsonString());
        }

        return result;
    }

    private async Task<JsonNode> Request(string method, JsonObject parameters)
    {
        var id = Interlocked.Increment(ref _last);
        var answer = _waiting[id] = new TaskCompletionSource<JsonNode>(TaskCreationOptions.RunContinuationsAsynchronously);
        Write(new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters });
        return await answer.Task.WaitAsync(AnswersWithin);
    }

    private void Write(JsonObject message)
    {
        var line = message.ToJsonString() + "\n";
        lock (_writing)
        {
            _process.StandardInput.Write(line);
            _process.StandardInput.Flush();
        }
    }

    private async Task Read()
    {
        while (await _process.StandardOutput.ReadLineAsync() is { } line)
        {
            var message = JsonNode.Parse(line)!;
            if (message["id"] is { } id && id.GetValueKind() == JsonValueKind.Number && _waiting.TryRemove(id.GetValue<int>(), out var waiting))
            {
                _ = message["result"] is { } result
                    ? waiting.TrySetResult(result)
                    : waiting.TrySetException(new InvalidOperationException(line));
            }
        }

        foreach (var waiting in _waiting.Values)
        {
            waiting.TrySetException(new InvalidOperationException("The server has ended."));
        }
    }
}
