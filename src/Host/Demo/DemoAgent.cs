using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;
using Orchestrator.Front;

namespace Orchestrator.Host.Demo;

/// <summary>An assistant with a client process of its own, as Claude Code or Cursor would be one.</summary>
internal sealed class DemoAgent : IAsyncDisposable
{
    private readonly McpClient _client;

    private DemoAgent(string name, McpClient client) => (Name, _client) = (name, client);

    public string Name { get; }

    /// <summary>Starts the program the way a client's configuration would.</summary>
    public static async Task<DemoAgent> Start(string name, BackendCommand program, string workspace, CancellationToken cancellation)
    {
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Name = name,
            Command = program.Executable,
            Arguments = [.. program.Arguments, "--workspace", workspace],
            // Whoever runs the demo may have a data directory of their own.
            EnvironmentVariables = new Dictionary<string, string?> { ["ORCHESTRATOR_DATA_DIR"] = null },
        });
        var options = new McpClientOptions { ClientInfo = new Implementation { Name = name, Version = BuildInfo.Version } };
        return new DemoAgent(name, await McpClient.CreateAsync(transport, options, cancellationToken: cancellation));
    }

    /// <summary>Calls a tool; a refusal comes back as its code.</summary>
    public async Task<(JsonElement Result, string? Refused)> Try(string tool, Dictionary<string, object?> arguments, CancellationToken cancellation)
    {
        var result = await _client.CallToolAsync($"orchestrator_{tool}", arguments, cancellationToken: cancellation);
        var content = result.StructuredContent ?? throw new InvalidOperationException($"{tool} gave no structured result.");
        return (content, result.IsError == true ? content.GetProperty("code").GetString() : null);
    }

    /// <summary>Calls a tool that has no reason to refuse.</summary>
    public async Task<JsonElement> Call(string tool, Dictionary<string, object?> arguments, CancellationToken cancellation)
    {
        var (result, refused) = await Try(tool, arguments, cancellation);
        return refused is null ? result : throw new InvalidOperationException($"{tool} was refused: {result}");
    }

    public ValueTask DisposeAsync() => _client.DisposeAsync();
}
