namespace Orchestrator.Host.Clients;

/// <summary>The table: every client that <c>install</c> knows.</summary>
internal static class KnownClients
{
    public static readonly IReadOnlyList<KnownClient> All =
    [
        new("claude-code", "Claude Code", "mcpServers", EntryShape.Stdio, PerSystem.Same("{home}/.claude.json"))
        {
            Project = ".mcp.json", Marker = PerSystem.Same("{home}/.claude"), Moved = ("CLAUDE_CONFIG_DIR", "/.claude.json"),
        },
        new("claude-desktop", "Claude Desktop", "mcpServers", EntryShape.Plain, new PerSystem(
            "{config}/Claude/claude_desktop_config.json",
            "{home}/Library/Application Support/Claude/claude_desktop_config.json",
            "{appdata}/Claude/claude_desktop_config.json")) { After = "Quit the application and start it again." },
        new("cursor", "Cursor", "mcpServers", EntryShape.Plain, PerSystem.Same("{home}/.cursor/mcp.json")) { Project = ".cursor/mcp.json" },
        new("vscode", "VS Code", "servers", EntryShape.Stdio, new PerSystem(
            "{config}/Code/User/mcp.json", "{home}/Library/Application Support/Code/User/mcp.json", "{appdata}/Code/User/mcp.json"))
        {
            Project = ".vscode/mcp.json",
        },
        new("windsurf", "Windsurf", "mcpServers", EntryShape.Plain, PerSystem.Same("{home}/.codeium/windsurf/mcp_config.json")),
        new("devin", "Devin Desktop", "mcpServers", EntryShape.Plain, new PerSystem(
            "{config}/devin/mcp_config.json", "{home}/.config/devin/mcp_config.json", "{appdata}/devin/mcp_config.json")),
        new("zed", "Zed", "context_servers", EntryShape.Plain, new PerSystem(
            "{config}/zed/settings.json", "{home}/.config/zed/settings.json", "{appdata}/Zed/settings.json")),
        new("cline", "Cline", "mcpServers", EntryShape.Plain, PerSystem.Same("{home}/.cline/data/settings/cline_mcp_settings.json"))
        {
            Marker = PerSystem.Same("{home}/.cline"), Moved = ("CLINE_MCP_SETTINGS_PATH", ""),
        },
        new("cline-vscode", "Cline in VS Code", "mcpServers", EntryShape.Plain, new PerSystem(
            "{config}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
            "{home}/Library/Application Support/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json",
            "{appdata}/Code/User/globalStorage/saoudrizwan.claude-dev/settings/cline_mcp_settings.json")),
        new("continue", "Continue", "mcpServers", EntryShape.Plain, PerSystem.Same("{home}/.continue/config.yaml"))
        {
            Format = ConfigFormat.Yaml, Project = ".continue/mcpServers/orchestrator.yaml", Legacy = "config.json",
        },
        new("codex", "Codex", "mcp_servers", EntryShape.Plain, PerSystem.Same("{home}/.codex/config.toml"))
        {
            Format = ConfigFormat.Toml, Project = ".codex/config.toml", Moved = ("CODEX_HOME", "/config.toml"),
        },
        new("gemini", "Gemini CLI", "mcpServers", EntryShape.Plain,
            PerSystem.Same("{home}/.gemini/settings.json")) { Project = ".gemini/settings.json" },
        new("opencode", "opencode", "mcp", EntryShape.OpenCode,
            new PerSystem("{config}/opencode/opencode.json", "{home}/.config/opencode/opencode.json", "{home}/.config/opencode/opencode.json"),
            new PerSystem("{config}/opencode/opencode.jsonc", "{home}/.config/opencode/opencode.jsonc", "{home}/.config/opencode/opencode.jsonc"))
        {
            Project = "opencode.json",
        },
        new("copilot", "Copilot CLI", "mcpServers", EntryShape.Copilot, PerSystem.Same("{home}/.copilot/mcp-config.json"))
        {
            Project = ".github/mcp.json", Moved = ("COPILOT_HOME", "/mcp-config.json"),
        },
    ];

    /// <summary>The client of this id; null when there is none.</summary>
    public static KnownClient? Find(string id) => All.FirstOrDefault(c => c.Id.Equals(id, StringComparison.OrdinalIgnoreCase));
}
