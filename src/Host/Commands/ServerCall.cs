using System.IO.Pipelines;
using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Orchestrator.Front;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Commands;

/// <summary>A command's call to the server of a data directory, by a relay of its own: it survives the restarts that it asks for.</summary>
internal static class ServerCall
{
    /// <summary>Calls a tool. A refusal comes back with the error flag.</summary>
    /// <param name="location">Whose server.</param>
    /// <param name="program">The folder of the program that a restart is to lead to; null for the same.</param>
    /// <param name="tool">The tool.</param>
    /// <param name="arguments">What it is told.</param>
    /// <param name="cancellation">Ends the wait.</param>
    public static async Task<CallToolResult> Make(
        DataDirectory location, string? program, string tool, Dictionary<string, object?> arguments, CancellationToken cancellation)
    {
        var (requests, replies) = (new Pipe(), new Pipe());
        var options = new FrontOptions(location, OwnProgram.Command.Serving(location)) { Program = program, Insists = program is not null };
        var relaying = FrontProcess.RunAsync(options, requests.Reader.AsStream(), replies.Writer.AsStream(), Console.Error, cancellation);
        CallToolResult result;
        var transport = new StreamClientTransport(requests.Writer.AsStream(), replies.Reader.AsStream());
        await using (var client = await McpClient.CreateAsync(
            transport, new McpClientOptions { ClientInfo = new Implementation { Name = "command", Version = BuildInfo.Version } }, cancellationToken: cancellation))
        {
            result = await client.CallToolAsync($"orchestrator_{tool}", arguments, cancellationToken: cancellation);
        }

        await requests.Writer.CompleteAsync();
        await relaying;
        return result;
    }

    /// <summary>Asks for a restart and prints how it went. Returns the exit code.</summary>
    public static async Task<int> Restart(
        DataDirectory location, string? program, Dictionary<string, object?> arguments, CancellationToken cancellation)
    {
        var result = await Make(location, program, "restart_server", arguments, cancellation);
        var text = result.Content.OfType<TextContentBlock>().First().Text;
        await (result.IsError == true ? Console.Error : Console.Out).WriteLineAsync(text);
        return result.IsError == true ? 1 : 0;
    }

    /// <summary>The restarts that the server remembers, the newest first.</summary>
    public static async Task<IReadOnlyList<JsonElement>> Restarts(DataDirectory location, CancellationToken cancellation)
    {
        var result = await Make(location, null, "restart_status", new() { ["include_history"] = true }, cancellation);
        return result.StructuredContent is { } status && status.TryGetProperty("history", out var history) ? [.. history.EnumerateArray().Reverse()] : [];
    }
}
