using System.Buffers;
using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.IO.Pipelines;
using System.Text;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>
/// A client that writes exact bytes and any number of requests without waiting, and holds every line that it gets against the rules: one answer
/// for each request, nothing else, and no end before it has closed its own.
/// </summary>
internal sealed class RawClient(Process front, string protocol, string name) : IAsyncDisposable
{
    public const string Latest = "2025-11-25";
    public const string Modern = "2026-07-28";

    private readonly ConcurrentDictionary<string, (TaskCompletionSource<Reply> Answer, long Sent)> _waiting = new();
    private readonly BlockingCollection<JsonElement> _withoutId = [];
    private readonly ConcurrentQueue<string> _violations = new();
    private readonly ConcurrentQueue<JsonElement> _notifications = new();
    private readonly SemaphoreSlim _writing = new(1);
    private Task _reading = Task.CompletedTask;
    private Task<string> _errors = Task.FromResult("");
    private int _lastId;
    private bool _closed;

    public string Name => name;

    /// <summary>The process of its front.</summary>
    public int FrontId => front.Id;

    /// <summary>All that the front has written to standard error; complete at its end.</summary>
    public Task<string> Errors => _errors;

    /// <summary>Nothing is read until this has ended.</summary>
    public Task Pause { get; set; } = Task.CompletedTask;

    /// <summary>What came without being an answer, in its order.</summary>
    public IReadOnlyCollection<JsonElement> Notifications => _notifications;

    /// <summary>What broke the rules. Empty at the end of every good test.</summary>
    public IReadOnlyCollection<string> Violations => _violations;

    public async Task Open()
    {
        _errors = front.StandardError.ReadToEndAsync();
        _reading = Read(PipeReader.Create(front.StandardOutput.BaseStream));
        if (protocol == Modern)
        {
            return;
        }

        var answer = await Request("initialize", new
        {
            protocolVersion = protocol,
            capabilities = new { },
            clientInfo = new { name, version = "1" },
        });
        Assert.Equal(protocol, answer.Result.Text("protocolVersion"));
        await Write("""{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray());
    }

    /// <summary>Calls a tool. Whoever does not await it pipelines.</summary>
    public Task<Reply> Call(string tool, object arguments) =>
        Request("tools/call", new { name = "orchestrator_" + tool, arguments });

    public Task<Reply> Request(string method, object parameters)
    {
        var (id, line) = Line(method, parameters);
        return Send(id, line);
    }

    /// <summary>Several calls of tools in one write.</summary>
    public async Task<IReadOnlyList<Task<Reply>>> CallAtOnce(IEnumerable<(string Tool, object Arguments)> calls)
    {
        var answers = new List<Task<Reply>>();
        using var all = new MemoryStream();
        foreach (var (tool, arguments) in calls)
        {
            var (id, line) = Line("tools/call", new { name = "orchestrator_" + tool, arguments });
            answers.Add(Expect(id));
            all.Write(line);
            all.WriteByte((byte)'\n');
        }

        await Write(all.ToArray(), newline: false);
        return answers;
    }

    /// <summary>Sends exactly these bytes as a line and waits for the answer to <paramref name="id"/>.</summary>
    public async Task<Reply> Send(string id, byte[] line)
    {
        using var parsed = JsonDocument.Parse(id);
        var answer = Expect(Key(parsed.RootElement));
        await Write(line);
        return await answer;
    }

    /// <summary>Sends exactly these bytes as a line and waits for a message that has no id, as those get whose id cannot be read.</summary>
    public async Task<JsonElement> SendUnidentified(byte[] line)
    {
        await Write(line);
        return await Task.Run(() => _withoutId.TryTake(out var message, TimeSpan.FromSeconds(10))
            ? message
            : throw new TimeoutException($"No answer to: {Encoding.Latin1.GetString(line.AsSpan(0, Math.Min(100, line.Length)))}"));
    }

    /// <summary>Closes our end, as a client that leaves does. Returns the exit code and the time it took.</summary>
    public async Task<(int ExitCode, TimeSpan Took)> Leave()
    {
        _closed = true;
        var start = Stopwatch.GetTimestamp();
        front.StandardInput.Close();
        await front.WaitForExitAsync().WaitAsync(Until.Patience);
        return (front.ExitCode, Stopwatch.GetElapsedTime(start));
    }

    public async ValueTask DisposeAsync()
    {
        _closed = true;
        if (!front.HasExited)
        {
            front.StandardInput.Close();
            using var deadline = new CancellationTokenSource(TimeSpan.FromSeconds(5));
            await front.WaitForExitAsync(deadline.Token).ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
            if (!front.HasExited)
            {
                front.Kill();
            }
        }

        await _reading;
        _writing.Dispose();
        _withoutId.Dispose();
        front.Dispose();
    }

    private (string Id, byte[] Line) Line(string method, object parameters)
    {
        var id = Interlocked.Increment(ref _lastId).ToString(CultureInfo.InvariantCulture);
        var json = JsonSerializer.SerializeToNode(parameters)!.AsObject();
        if (protocol == Modern)
        {
            json["_meta"] = JsonSerializer.SerializeToNode(new Dictionary<string, object>
            {
                ["io.modelcontextprotocol/protocolVersion"] = protocol,
                ["io.modelcontextprotocol/clientCapabilities"] = new { },
                ["io.modelcontextprotocol/clientInfo"] = new { name, version = "1" },
            });
        }

        return (id, Encoding.UTF8.GetBytes($$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{json.ToJsonString()}}}"""));
    }

    // An answer may escape a text in another way than the question.
    private static string Key(JsonElement id) => id.ValueKind == JsonValueKind.String ? $"s:{id.GetString()}" : id.GetRawText();

    /// <summary>The answer to a request that is written by hand, given its id as JSON.</summary>
    public Task<Reply> Expect(string id)
    {
        var answer = new TaskCompletionSource<Reply>(TaskCreationOptions.RunContinuationsAsynchronously);
        Assert.True(_waiting.TryAdd(id, (answer, Stopwatch.GetTimestamp())), $"id {id} is in use");
        return answer.Task.Soon($"{name}: answer to {id}");
    }

    /// <summary>Writes exactly these bytes.</summary>
    public async Task Write(byte[] bytes, bool newline = true)
    {
        await _writing.WaitAsync();
        try
        {
            await front.StandardInput.BaseStream.WriteAsync(bytes);
            if (newline)
            {
                await front.StandardInput.BaseStream.WriteAsync("\n"u8.ToArray());
            }

            await front.StandardInput.BaseStream.FlushAsync();
        }
        finally
        {
            _writing.Release();
        }
    }

    private async Task Read(PipeReader stdout)
    {
        while (true)
        {
            await Pause;
            var read = await stdout.ReadAsync();
            var buffer = read.Buffer;
            while (buffer.PositionOf((byte)'\n') is { } end)
            {
                Take(buffer.Slice(0, end).ToArray());
                buffer = buffer.Slice(buffer.GetPosition(1, end));
            }

            stdout.AdvanceTo(buffer.Start, buffer.End);
            if (read.IsCompleted)
            {
                break;
            }
        }

        if (!_closed)
        {
            _violations.Enqueue($"{name}: the connection ended: {await _errors}");
        }

        foreach (var (id, waiting) in _waiting)
        {
            waiting.Answer.TrySetException(new EndOfStreamException($"{name}: the connection ended before the answer to {id}."));
        }
    }

    private void Take(byte[] line)
    {
        JsonElement message;
        try
        {
            using var parsed = JsonDocument.Parse(line);
            message = parsed.RootElement.Clone();
        }
        catch (JsonException e)
        {
            _violations.Enqueue($"{name}: not JSON ({e.Message}): {Encoding.UTF8.GetString(line.AsSpan(0, Math.Min(200, line.Length)))}");
            return;
        }

        if (!message.TryGetProperty("id", out var id) || id.ValueKind == JsonValueKind.Null)
        {
            if (message.TryGetProperty("method", out _))
            {
                _notifications.Enqueue(message);
            }
            else
            {
                _withoutId.Add(message);
            }
        }
        else if (!_waiting.TryGetValue(Key(id), out var waiting)
            || !waiting.Answer.TrySetResult(new Reply(message, Stopwatch.GetElapsedTime(waiting.Sent))))
        {
            _violations.Enqueue($"{name}: an answer that nobody waits for: {message}");
        }
    }
}
