using System.Globalization;
using System.Net.Sockets;
using System.Text;
using System.Text.Json.Nodes;
using Microsoft.Extensions.Logging;
using Microsoft.Extensions.Logging.Abstractions;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>
/// A whole service on a scratch store, from the hello of a front to a completed task. It proves that this program can serve on this machine, and
/// leaves everything loaded and compiled, so that the real beginning is short.
/// </summary>
internal static class Rehearsal
{
    private const string Protocol = "2025-11-25";

    /// <summary>Serves a short life. Throws when anything in it goes wrong.</summary>
    public static async Task Run(BackendOptions options, TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var folder = Path.Join(options.Location.RunDirectory, string.Create(CultureInfo.InvariantCulture, $"{Environment.ProcessId}.try"));
        RemoveLeftovers(options.Location.RunDirectory);
        Directory.CreateDirectory(folder);
        try
        {
            var scratch = new BackendOptions(DataDirectory.Resolve(Path.Join(folder, "d"), null), options.IdleAfter);
            scratch.Location.PrepareDataDirectory();
            // What it does to the scratch store would read in the log as if it were done to the real one.
            var gate = new Gate(progress => Storage.Open(scratch, clock, () => { }, progress), clock, NullLogger<Gate>.Instance);
            try
            {
                await gate.Enter(cancellation);
                await Serve(scratch, gate, Path.Join(folder, "s"), loggers, cancellation);
            }
            finally
            {
                await gate.Close();
            }
        }
        finally
        {
            Directory.Delete(folder, recursive: true);
        }
    }

    // Of those that were killed in the middle.
    private static void RemoveLeftovers(string directory)
    {
        foreach (var left in Directory.EnumerateDirectories(directory, "*.try"))
        {
            if (int.TryParse(Path.GetFileNameWithoutExtension(left), CultureInfo.InvariantCulture, out var id)
                && (id == Environment.ProcessId || !Directory.Exists($"/proc/{id}")))
            {
                Directory.Delete(left, recursive: true);
            }
        }
    }

    private static async Task Serve(BackendOptions scratch, Gate gate, string path, ILoggerFactory loggers, CancellationToken cancellation)
    {
        using var listener = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        listener.Bind(new UnixDomainSocketEndPoint(path));
        listener.Listen(1);
        var socket = new Socket(AddressFamily.Unix, SocketType.Stream, ProtocolType.Unspecified);
        await socket.ConnectAsync(new UnixDomainSocketEndPoint(path), cancellation);
        await using var client = new Client(new FrameStream(new NetworkStream(socket, ownsSocket: true)), cancellation);
        using var ending = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        var serving = new FrontConnection(
            await listener.AcceptAsync(cancellation), scratch, new Fronts(), ToolList.Create(gate, loggers).ServerOptions, gate, loggers).Run(ending.Token);
        await client.Greet(scratch.Location.Identity);
        await client.Work();
        await ending.CancelAsync();
        await serving.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
    }

    private sealed class Client(FrameStream frames, CancellationToken cancellation) : IAsyncDisposable
    {
        private long _sequence;

        public async Task Greet(string identity)
        {
            var hello = new Hello(Hello.OldestVersion, Hello.Version, BuildInfo.Build, identity, new string('0', 32), 0, Environment.ProcessId);
            await frames.WriteAsync(FrameKind.Hello, 0, 0, hello.ToUtf8(), cancellation);
            if (await frames.ReadAsync(cancellation) is not { Kind: FrameKind.Hello })
            {
                throw new InvalidOperationException("The rehearsal was not greeted.");
            }

            await Ask("initialize", new JsonObject
            {
                ["protocolVersion"] = Protocol,
                ["capabilities"] = new JsonObject(),
                ["clientInfo"] = new JsonObject { ["name"] = "rehearsal", ["version"] = BuildInfo.Version },
            });
            await frames.WriteAsync(
                FrameKind.Message, ++_sequence, 0, """{"jsonrpc":"2.0","method":"notifications/initialized"}"""u8.ToArray(), cancellation);
        }

        public async Task Work()
        {
            await Ask("tools/list", []);
            await Call("initialize_session", []);
            var plan = await Call("plan_task", new JsonObject
            {
                ["title"] = "rehearsal",
                ["description"] = "rehearsal",
                ["tasks"] = new JsonArray(
                    new JsonObject { ["ref"] = "a", ["title"] = "a" },
                    new JsonObject { ["ref"] = "b", ["title"] = "b", ["depends_on"] = new JsonArray("a") }),
            });
            var parent = plan["task_id"]!.GetValue<string>();
            var work = await Call("execute_task", []);
            var (task, claim) = (work["task_id"]!.GetValue<string>(), work["claim"]!.GetValue<string>());
            await Call("update_task", new JsonObject { ["task_id"] = task, ["claim"] = claim, ["note"] = "rehearsal", ["progress"] = 50 });
            var done = await Call("complete_task", new JsonObject
            {
                ["task_id"] = task,
                ["claim"] = claim,
                ["summary"] = "rehearsal",
                ["detailed_work"] = "rehearsal",
                ["next_action"] = "complete",
            });
            await Call("get_artifact", new JsonObject { ["artifact_id"] = done["artifact_id"]!.GetValue<string>() });
            await Call("query_tasks", new JsonObject { ["parent_task_id"] = parent });
            await Call("get_status", []);
            await Call("synthesize_results", new JsonObject { ["parent_task_id"] = parent });
        }

        public ValueTask DisposeAsync() => frames.DisposeAsync();

        private async Task<JsonObject> Call(string tool, JsonObject arguments)
        {
            var result = await Ask("tools/call", new JsonObject { ["name"] = $"orchestrator_{tool}", ["arguments"] = arguments });
            return result["isError"]?.GetValue<bool>() == true
                ? throw new InvalidOperationException($"{tool}: {result["content"]?[0]?["text"]}")
                : result["structuredContent"]!.AsObject();
        }

        private async Task<JsonObject> Ask(string method, JsonObject parameters)
        {
            var id = ++_sequence;
            var line = new JsonObject { ["jsonrpc"] = "2.0", ["id"] = id, ["method"] = method, ["params"] = parameters };
            await frames.WriteAsync(FrameKind.Message, id, 0, Encoding.UTF8.GetBytes(line.ToJsonString()), cancellation);
            while (await frames.ReadAsync(cancellation) is { } frame)
            {
                if (frame.Kind == FrameKind.Message && JsonNode.Parse(frame.Payload.Span) is JsonObject answer && answer["id"]?.GetValue<long>() == id)
                {
                    return answer["result"]?.AsObject() ?? throw new InvalidOperationException($"{method}: {answer["error"]}");
                }
            }

            throw new InvalidOperationException($"{method}: the connection ended.");
        }
    }
}
