using System.Text.Encodings.Web;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Front;
using Spectre.Console;

namespace Orchestrator.Host.Commands;

/// <summary>What a person sees who starts the program by hand: what it is, and the line for each client's configuration.</summary>
internal static class Explanation
{
    private static readonly JsonSerializerOptions Readable = new() { Encoder = JavaScriptEncoder.UnsafeRelaxedJsonEscaping };

    public static int Print()
    {
        var command = OwnProgram.ForClients;
        AnsiConsole.MarkupLineInterpolated($"[bold]Orchestrator {BuildInfo.Version}[/] keeps the plans, tasks and results of AI coding assistants.");
        AnsiConsole.WriteLine("An assistant starts it by itself, over stdio. Add it to your client once:\n");
        foreach (var (client, where, text) in Clients(command))
        {
            AnsiConsole.MarkupLineInterpolated($"[bold]{client}[/]  {where}");
            Console.WriteLine($"  {text}\n");   // not wrapped: it is there to be copied
        }

        AnsiConsole.WriteLine("See it work:  orchestrator demo        All options:  orchestrator --help");
        return 0;
    }

    /// <summary>The clients, where each keeps its configuration, and what to put there.</summary>
    public static IEnumerable<(string Client, string Where, string Text)> Clients(BackendCommand command)
    {
        var shell = string.Join(' ', command.Arguments.Prepend(command.Executable).Select(Quote));
        yield return ("Claude Code", "run once", $"claude mcp add orchestrator -- {shell}");
        yield return ("Cursor", "~/.cursor/mcp.json, or .cursor/mcp.json in the project", Json("mcpServers", Server(command)));
        yield return ("VS Code", ".vscode/mcp.json", Json("servers", Server(command, ("type", "stdio"))));
        yield return ("Claude Desktop", "claude_desktop_config.json", Json("mcpServers", Server(command)));
        yield return ("Codex", "run once", $"codex mcp add orchestrator -- {shell}");
        yield return ("Gemini CLI", "~/.gemini/settings.json", Json("mcpServers", Server(command)));
        yield return ("Windsurf", "~/.codeium/windsurf/mcp_config.json", Json("mcpServers", Server(command)));
        yield return ("Zed", "~/.config/zed/settings.json", Json("context_servers", Server(command)));
    }

    private static JsonObject Server(BackendCommand command, params (string Name, string Value)[] more)
    {
        var server = new JsonObject();
        foreach (var (name, value) in more)
        {
            server[name] = value;
        }

        server["command"] = command.Executable;
        server["args"] = new JsonArray([.. command.Arguments.Select(a => (JsonNode)JsonValue.Create(a))]);
        return server;
    }

    private static string Json(string key, JsonObject server) =>
        new JsonObject { [key] = new JsonObject { ["orchestrator"] = server } }.ToJsonString(Readable);

    private static string Quote(string part) => part.All(c => char.IsAsciiLetterOrDigit(c) || c is '/' or '.' or '-' or '_')
        ? part
        : $"'{part.Replace("'", "'\\''")}'";
}
