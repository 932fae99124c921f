using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>From an empty home to a client whose configuration starts a server that answers, and back.</summary>
public class InstallVerbSpecs
{
    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task The_entry_that_is_written_starts_a_server_that_serves(Form form)
    {
        await using var workspace = new Workspace(form);
        Directory.CreateDirectory(Path.Join(workspace.Home, ".cursor"));
        Directory.CreateDirectory(Path.Join(workspace.Project, ".git"));   // the server is started without a word about where

        var install = (await workspace.Run("install", "--json")).Json("install/1");
        var client = (await workspace.Run("clients", "--json")).Json("clients/1").List("clients").Single(c => c.Text("client") == "cursor");

        Assert.Equal(("cursor", "added"), (install.List("clients").Single().Text("client"), install.List("clients").Single().Text("action")));
        Assert.Equal("configured", client.Text("state"));
        Assert.Equal(form == Form.Published, client.Text("command").EndsWith("/orchestrator-front", StringComparison.Ordinal));
        var raw = new RawClient(
            workspace.Start([client.Text("command"), .. client.List("arguments").Select(a => a.GetString()!)]), RawClient.Latest, "cursor");
        await using (raw)
        {
            await raw.Open();
            await raw.Plan("by its own configuration");
            Assert.Empty(raw.Violations);
        }

        Assert.Equal(0, (await workspace.Run("uninstall")).ExitCode);
        Assert.False(File.Exists(Path.Join(workspace.Home, ".cursor/mcp.json")));
    }

    [SkippableFact]
    public async Task A_part_that_is_left_untouched_shows_in_the_exit_code()
    {
        await using var workspace = new Workspace();
        Directory.CreateDirectory(Path.Join(workspace.Home, ".cursor"));
        Directory.CreateDirectory(Path.Join(workspace.Home, ".gemini"));
        File.WriteAllText(Path.Join(workspace.Home, ".gemini/settings.json"), "{ broken");

        var both = await workspace.Run("install");
        var one = await workspace.Run("install", "--client", "gemini", "--json");

        Assert.Equal((3, 1), (both.ExitCode, one.ExitCode));
        Assert.Equal("CONFIG_LEFT_UNTOUCHED", one.Json("install/1").List("clients").Single().Text("code"));
        Assert.Equal("{ broken", File.ReadAllText(Path.Join(workspace.Home, ".gemini/settings.json")));
    }

    [SkippableFact]
    public async Task A_project_gets_a_configuration_of_its_own()
    {
        await using var workspace = new Workspace();

        var install = await workspace.Run("install", "--project", "--client", "claude-code", "--client", "vscode");

        Assert.Equal(0, install.ExitCode);
        Assert.Contains("orchestrator", File.ReadAllText(Path.Join(workspace.Project, ".mcp.json")), StringComparison.Ordinal);
        Assert.Contains("servers", File.ReadAllText(Path.Join(workspace.Project, ".vscode/mcp.json")), StringComparison.Ordinal);
    }
}
