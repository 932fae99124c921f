using System.IO.Pipelines;
using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging.Abstractions;
using ModelContextProtocol.Server;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>
/// What this build answers to questions about itself, in every revision of the protocol: asked of a server of this very build, so that it cannot
/// differ from what a client gets later.
/// </summary>
internal static class SelfPortrait
{
    private const string Modern = "2026-07-28";
    private static readonly string[] Handshakes = ["2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25"];
    private static readonly string[] Lists = ["tools/list", "prompts/list", "resources/list", "resources/templates/list"];

    /// <summary>The content of the file that fronts of this profile read.</summary>
    public static async Task<byte[]> Record(ToolProfile profile, CancellationToken cancellation)
    {
        var answers = new JsonObject();
        foreach (var version in Handshakes)
        {
            answers[version] = await Ask(
                profile, [("initialize", Initialize(version)), .. Lists.Select(list => (list, new JsonObject()))], cancellation);
        }

        answers[Modern] = await Ask(profile, [.. Lists.Prepend("server/discover").Select(method => (method, Meta()))], cancellation);
        return JsonSerializer.SerializeToUtf8Bytes(new JsonObject { ["build"] = BuildInfo.Build, ["answers"] = answers });
    }

    private static JsonObject Initialize(string version) => new()
    {
        ["protocolVersion"] = version,
        ["capabilities"] = new JsonObject(),
        ["clientInfo"] = new JsonObject { ["name"] = "orchestrator-snapshot", ["version"] = BuildInfo.Version },
    };

    private static JsonObject Meta() => new()
    {
        ["_meta"] = new JsonObject
        {
            ["io.modelcontextprotocol/protocolVersion"] = Modern,
            ["io.modelcontextprotocol/clientCapabilities"] = new JsonObject(),
        },
    };

    // One connection, as one client has it.
    private static async Task<JsonObject> Ask(
        ToolProfile profile, (string Method, JsonObject Parameters)[] questions, CancellationToken cancellation)
    {
        var (requests, replies) = (new Pipe(), new Pipe());
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var loggers = NullLoggerFactory.Instance;
        var gate = new Gate(_ => throw new InvalidOperationException("Lists are told without the store."), TimeProvider.System, NullLogger<Gate>.Instance);
        await using var transport = new StreamServerTransport(requests.Reader.AsStream(), replies.Writer.AsStream(), "snapshot", loggers);
        await using var server = McpServer.Create(transport, ToolList.Create(gate, loggers).ServerOptions(profile), loggers);
        var serving = server.RunAsync(ending.Token);
        using var reader = new StreamReader(replies.Reader.AsStream());
        var answers = new JsonObject();
        foreach (var (method, parameters) in questions)
        {
            var question = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = method, ["method"] = method, ["params"] = parameters };
            await requests.Writer.WriteAsync(Encoding.UTF8.GetBytes(question.ToJsonString() + "\n"), cancellation);
            answers[method] = await Answer(reader, cancellation);
        }

        await ending.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        return answers;
    }

    private static async Task<JsonObject> Answer(StreamReader reader, CancellationToken cancellation)
    {
        var line = await reader.ReadLineAsync(cancellation) ?? throw new InvalidOperationException("The server has ended before it answered.");
        var whole = JsonNode.Parse(line)!.AsObject();
        var member = whole.ContainsKey("result") ? "result" : "error";
        return new JsonObject { [member] = whole[member]!.DeepClone() };
    }
}
