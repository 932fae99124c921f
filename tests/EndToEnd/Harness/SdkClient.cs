using System.Text.Json;
using ModelContextProtocol.Client;
using ModelContextProtocol.Protocol;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>The official C# client over standard input and output.</summary>
internal sealed class SdkClient(McpClient client) : IAsyncDisposable
{
    public static async Task<SdkClient> Connect(Workspace workspace, string? protocol)
    {
        var command = workspace.FrontCommand;
        var transport = new StdioClientTransport(new StdioClientTransportOptions
        {
            Command = command[0],
            Arguments = [.. command.Skip(1)],
            WorkingDirectory = workspace.Project,
            EnvironmentVariables = workspace.Variables().ToDictionary(),
        });
        var options = new McpClientOptions { ProtocolVersion = protocol, ClientInfo = new Implementation { Name = "sdk", Version = "1" } };
        return new SdkClient(await McpClient.CreateAsync(transport, options).Soon("the handshake"));
    }

    public string? Protocol => client.NegotiatedProtocolVersion;

    public async Task<IReadOnlyList<string>> Tools() => [.. (await client.ListToolsAsync()).Select(t => t.Name)];

    public async Task<CallToolResult> Call(string tool, Dictionary<string, object?> arguments) =>
        await client.CallToolAsync("orchestrator_" + tool, arguments).AsTask().Soon(tool);

    /// <summary>The facts of a call that must have gone well.</summary>
    public async Task<JsonElement> Do(string tool, Dictionary<string, object?> arguments)
    {
        var result = await Call(tool, arguments);
        Assert.False(result.IsError ?? false, $"{tool}: {(result.Content.Count > 0 ? (result.Content[0] as TextContentBlock)?.Text : "")}");
        return result.StructuredContent!.Value;
    }

    public ValueTask DisposeAsync() => client.DisposeAsync();
}
