using System.Collections.Concurrent;
using System.Diagnostics;
using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>One client that keeps every byte it gets.</summary>
internal sealed class Script(Process front, string protocol) : IDisposable
{
    private const string Accepted = """{"action":"accept","content":{"answer":"yes"}}""";

    private readonly BlockingCollection<string> _arrived = [];
    private readonly List<string> _lines = [];
    private readonly List<JsonElement> _unread = [];
    private Task _reading = Task.CompletedTask;
    private int _last;

    public IReadOnlyList<string> Lines => _lines;

    public async Task Open()
    {
        _ = front.StandardError.ReadToEndAsync();
        _reading = Task.Run(Read);
        if (protocol != RawClient.Modern)
        {
            const string who = """ "capabilities":{"elicitation":{}},"clientInfo":{"name":"transcript","version":"1"} """;
            await Answer(await Begin("initialize", $$"""{"protocolVersion":"{{protocol}}",{{who}}}"""));
            await Write("""{"jsonrpc":"2.0","method":"notifications/initialized"}""");
        }
    }

    public Task<int> Call(string tool, string arguments, bool progress = false, string more = "") =>
        Begin("tools/call", $$"""{"name":"orchestrator_{{tool}}","arguments":{{arguments}}{{more}}}""", progress);

    public async Task<int> Begin(string method, string parameters, bool progress = false)
    {
        var id = ++_last;
        var meta = new List<string>();
        if (progress)
        {
            meta.Add(string.Create(CultureInfo.InvariantCulture, $"\"progressToken\":{id}"));
        }

        if (protocol == RawClient.Modern)
        {
            meta.Add("""
                "io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{"elicitation":{}}
                """);
        }

        var members = parameters[1..^1] + (parameters.Length > 2 && meta.Count > 0 ? "," : "");
        var whole = $$"""{{{members}}{{(meta.Count > 0 ? $"\"_meta\":{{{string.Join(',', meta)}}}" : "")}}}""";
        await Write(string.Create(CultureInfo.InvariantCulture, $$"""{"jsonrpc":"2.0","id":{{id}},"method":"{{method}}","params":{{whole}}}"""));
        return id;
    }

    /// <summary>Waits for the answer to a request.</summary>
    public Task<JsonElement> Answer(int id) =>
        Next(m => !m.TryGetProperty("method", out _) && m.TryGetProperty("id", out var of) && of.TryGetInt32(out var number) && number == id, $"answer {id}");

    /// <summary>Waits for a notification, perhaps one about a request.</summary>
    public Task<JsonElement> Line(string method, int? token = null) => Next(
        m => m.TryGetProperty("method", out var name) && name.GetString() == method
            && (token is null || m.GetProperty("params").GetProperty("progressToken").GetInt32() == token), method);

    /// <summary>Answers the question of a call: with a handshake it is a request, without one a result that must be followed by a new call.</summary>
    public async Task AnswerQuestion(int call, string question)
    {
        if (protocol != RawClient.Modern)
        {
            var asked = await Line("elicitation/create");
            Assert.Equal(question, asked.GetProperty("params").Text("message"));
            await Write($$"""{"jsonrpc":"2.0","id":{{asked.GetProperty("id").GetRawText()}},"result":""" + Accepted + "}");
            return;
        }

        var result = (await Answer(call)).GetProperty("result");
        Assert.Equal("input_required", result.Text("resultType"));
        var state = result.GetProperty("requestState").GetRawText();
        var again = await Call(
            "test_rehearse", $$"""{"ask":"{{question}}"}""",
            more: $$""","inputResponses":{"answer":{{Accepted}}},"requestState":{{state}}""");
        var answered = await Answer(again);
        Assert.Equal("yes", answered.GetProperty("result").GetProperty("structuredContent").Text("answer"));
        _unread.Add(JsonElement.Parse(string.Create(CultureInfo.InvariantCulture, $$"""{"id":{{call}}}""")));   // it has been read above
    }

    public async Task Close()
    {
        front.StandardInput.Close();
        await front.WaitForExitAsync().WaitAsync(Until.Patience);
        await _reading;
        while (_arrived.TryTake(out var line))
        {
            _lines.Add(line);
        }
    }

    public void Dispose()
    {
        _arrived.Dispose();
        front.Dispose();
    }

    private async Task<JsonElement> Next(Func<JsonElement, bool> wanted, string what)
    {
        if (_unread.FindIndex(m => wanted(m)) is >= 0 and var known)
        {
            var message = _unread[known];
            _unread.RemoveAt(known);
            return message;
        }

        return await Task.Run(() =>
        {
            while (_arrived.TryTake(out var line, Until.Patience))
            {
                _lines.Add(line);
                var message = JsonElement.Parse(line);
                if (wanted(message))
                {
                    return message;
                }

                _unread.Add(message);
            }

            throw new TimeoutException($"{what} has not come; before it: {string.Join('\n', _lines.TakeLast(5))}");
        });
    }

    private async Task Write(string line)
    {
        await front.StandardInput.BaseStream.WriteAsync(Encoding.UTF8.GetBytes(line + "\n"));
        await front.StandardInput.BaseStream.FlushAsync();
    }

    private async Task Read()
    {
        while (await front.StandardOutput.ReadLineAsync() is { } line)
        {
            _arrived.Add(line);
        }
    }
}
