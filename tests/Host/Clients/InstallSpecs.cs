using System.Runtime.Versioning;
using System.Text;
using Orchestrator.Front;
using Orchestrator.Host.Clients;

namespace Orchestrator.Host.Tests.Clients;

/// <summary>What installing does to a client's configuration: our entry, and not a character more.</summary>
[UnsupportedOSPlatform("windows")]
public sealed class InstallSpecs : IDisposable
{
    private readonly ClientHome _home = new();

    public static TheoryData<string> Clients => [.. KnownClients.All.Select(c => c.Id)];

    [Theory]
    [MemberData(nameof(Clients))]
    public void The_entry_is_added_and_everything_else_stays(string client)
    {
        var (_, before, after) = GoldenConfigs.All.Single(g => g.Client == client);
        var file = _home.Write(client, before);

        var outcome = _home.Install(client);

        Assert.True(outcome.Action is ClientAction.Added or ClientAction.Updated, outcome.Message);
        Assert.Equal(after, File.ReadAllText(file));
        Assert.Equal(before, File.ReadAllText(outcome.Backup!));
        Assert.Equal(ClientState.Configured, _home.Look(client));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_second_install_changes_nothing(string client)
    {
        var file = _home.Write(client, GoldenConfigs.All.Single(g => g.Client == client).Before);
        _home.Install(client);
        var (text, time) = (File.ReadAllText(file), File.GetLastWriteTimeUtc(file));

        var again = _home.Install(client);

        Assert.Equal(ClientAction.Unchanged, again.Action);
        Assert.Equal((text, time), (File.ReadAllText(file), File.GetLastWriteTimeUtc(file)));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void Uninstalling_gives_back_the_very_bytes(string client)
    {
        var before = GoldenConfigs.All.Single(g => g.Client == client).Before;
        var file = _home.Write(client, before);
        _home.Install(client);

        var outcome = _home.Uninstall(client);

        Assert.True(outcome.Action is ClientAction.Removed or ClientAction.Restored, outcome.Message);
        Assert.Equal(before, File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void Uninstalling_takes_out_only_our_entry_when_others_were_changed_since(string client)
    {
        var (_, before, after) = GoldenConfigs.All.Single(g => g.Client == client);
        var file = _home.Write(client, before);
        _home.Install(client);
        var comment = KnownClients.Find(client)!.Format == ConfigFormat.Json ? "// later\n" : "# later\n";
        File.WriteAllText(file, comment + after);

        var outcome = _home.Uninstall(client);

        var text = File.ReadAllText(file);
        Assert.NotEqual(ClientAction.LeftUntouched, outcome.Action);
        Assert.StartsWith(comment, text, StringComparison.Ordinal);
        Assert.DoesNotContain(ClientHome.Program, text, StringComparison.Ordinal);
        foreach (var word in before.Split([' ', '\n', '\r', '\t', ',', '{', '}'], StringSplitOptions.RemoveEmptyEntries))
        {
            Assert.Contains(word, text, StringComparison.Ordinal);
        }
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void Where_there_was_no_file_there_is_none_after_the_uninstall(string client)
    {
        var file = _home.FileOf(client);

        Assert.Equal(ClientAction.Added, _home.Install(client).Action);
        Assert.Equal(ClientState.Configured, _home.Look(client));
        Assert.Equal(UnixFileMode.UserRead | UnixFileMode.UserWrite, File.GetUnixFileMode(file));
        _home.Uninstall(client);

        Assert.False(File.Exists(file));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_file_that_cannot_be_understood_is_left_untouched_with_the_reason(string client)
    {
        var broken = KnownClients.Find(client)!.Format switch
        {
            ConfigFormat.Toml => "[mcp_servers\ncommand = \n",
            ConfigFormat.Yaml => "mcpServers:\n  - name: [\n",
            _ => "{ \"mcpServers\": { \"a\": } }",
        };
        var file = _home.Write(client, broken);

        var (install, uninstall) = (_home.Install(client), _home.Uninstall(client));

        Assert.Equal((ClientAction.LeftUntouched, ClientAction.LeftUntouched), (install.Action, uninstall.Action));
        Assert.NotEmpty(install.Message!);
        Assert.NotEmpty(install.NextStep!);
        Assert.Equal(broken, File.ReadAllText(file));
        Assert.Equal(ClientState.Unreadable, _home.Look(client));
    }

    [Theory]
    [InlineData("""{"mcpServers":{},"mcpServers":{}}""")]
    [InlineData("""{"mcpServers":[]}""")]
    [InlineData("""{"mcpServers":{"orchestrator":"yes"}}""")]
    [InlineData("[]")]
    public void What_has_another_shape_is_left_untouched(string text)
    {
        var file = _home.Write("cursor", text);

        Assert.Equal(ClientAction.LeftUntouched, _home.Install("cursor").Action);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_symbolic_link_stays_one_and_its_target_is_edited(string client)
    {
        var (_, before, after) = GoldenConfigs.All.Single(g => g.Client == client);
        var target = Path.Combine(_home.Path, "dotfiles");
        File.WriteAllText(target, before);
        var link = _home.FileOf(client);
        Directory.CreateDirectory(Path.GetDirectoryName(link)!);
        File.CreateSymbolicLink(link, target);

        _home.Install(client);

        Assert.Equal(target, new FileInfo(link).LinkTarget);
        Assert.Equal(after, File.ReadAllText(target));
    }

    [Theory]
    [MemberData(nameof(Clients))]
    public void A_read_only_file_is_left_untouched(string client)
    {
        var before = GoldenConfigs.All.Single(g => g.Client == client).Before;
        var file = _home.Write(client, before);
        File.SetUnixFileMode(file, UnixFileMode.UserRead);

        var outcome = _home.Install(client);

        Assert.Equal(ClientAction.LeftUntouched, outcome.Action);
        Assert.Contains("read-only", outcome.Message, StringComparison.Ordinal);
        Assert.Equal(before, File.ReadAllText(file));
    }

    [Fact]
    public void The_mode_and_the_mark_of_a_file_are_kept()
    {
        var file = _home.Write("cursor", "");
        File.WriteAllText(file, "{}", new UTF8Encoding(encoderShouldEmitUTF8Identifier: true));
        var mode = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.GroupRead | UnixFileMode.OtherWrite;
        File.SetUnixFileMode(file, mode);

        _home.Install("cursor");

        Assert.Equal(mode, File.GetUnixFileMode(file));
        Assert.Equal([0xEF, 0xBB, 0xBF, (byte)'{'], File.ReadAllBytes(file)[..4]);
    }

    [Fact]
    public void An_empty_file_gets_an_object()
    {
        _home.Write("cursor", " \n");

        Assert.Equal(ClientAction.Added, _home.Install("cursor").Action);
        Assert.Equal(ClientState.Configured, _home.Look("cursor"));
    }

    [Fact]
    public void A_dry_run_says_it_and_writes_nothing()
    {
        var file = _home.Write("zed", "{}");

        var outcome = _home.Install("zed", dryRun: true);

        Assert.Equal(ClientAction.Added, outcome.Action);
        Assert.Equal("{}", File.ReadAllText(file));
        Assert.False(Directory.Exists(Path.Combine(_home.Path, ".local")));
    }

    [Theory]
    [InlineData("cursor", """{"mcpServers":{"orchestrator":{"command":"my-own","env":{"A":"1"}}}}""")]
    [InlineData("codex", "[mcp_servers.orchestrator]\ncommand = \"my-own\"\nstartup_timeout_sec = 5\n")]
    [InlineData("continue", "name: a\nmcpServers:\n  - name: orchestrator\n    command: my-own\n    cwd: /x\n")]
    public void An_entry_that_was_there_before_comes_back_whatever_was_written_since(string client, string before)
    {
        var file = _home.Write(client, before);
        Assert.Equal(ClientAction.Updated, _home.Install(client).Action);
        _home.Clock.Advance(TimeSpan.FromMinutes(1));
        Assert.Equal(ClientAction.Updated, _home.Install(client, new BackendCommand("/opt/newer/orchestrator-front", ["--workspace", "/w"])).Action);
        File.AppendAllText(file, KnownClients.Find(client)!.Format == ConfigFormat.Json ? "\n// later\n" : "\n# later\n");

        var outcome = _home.Uninstall(client);

        Assert.Equal(ClientAction.Restored, outcome.Action);
        Assert.Contains("my-own", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.DoesNotContain("/opt/", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Contains("later", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_crash_between_the_record_and_the_file_leaves_nothing_to_repair()
    {
        var file = _home.Write("cursor", """{"mcpServers":{"orchestrator":{"command":"my-own"}}}""");
        new InstallRecords(_home.Path, _home.Clock).Put(new InstallRecord(file, null, null, ConfigFile.Hash([]), ClientHome.Program));

        Assert.Equal(ClientAction.LeftUntouched, _home.Uninstall("cursor").Action);   // the record names another program: it was never entered
        Assert.Contains("my-own", File.ReadAllText(file), StringComparison.Ordinal);
        Assert.Equal(ClientAction.Updated, _home.Install("cursor").Action);
        Assert.Equal(ClientAction.Restored, _home.Uninstall("cursor").Action);
        Assert.Contains("my-own", File.ReadAllText(file), StringComparison.Ordinal);
    }

    [Fact]
    public void A_folder_that_cannot_be_written_is_a_refusal()
    {
        File.WriteAllText(Path.Combine(_home.Path, ".gemini"), "a file where the folder should be");

        var outcome = _home.Install("gemini");

        Assert.Equal(ClientAction.LeftUntouched, outcome.Action);
        Assert.NotEmpty(outcome.Message!);
    }

    [Fact]
    public void Continue_with_its_old_configuration_is_left_alone()
    {
        Directory.CreateDirectory(Path.Combine(_home.Path, ".continue"));
        File.WriteAllText(Path.Combine(_home.Path, ".continue/config.json"), "{}");

        Assert.Equal(ClientAction.LeftUntouched, _home.Install("continue").Action);
        Assert.False(File.Exists(_home.FileOf("continue")));
    }

    [Theory]
    [InlineData("codex", "mcp_servers = { orchestrator = { command = \"x\" } }\n")]
    [InlineData("codex", "[mcp_servers]\norchestrator = { command = \"x\" }\n")]
    [InlineData("continue", "mcpServers: [{name: other, command: x}]\n")]
    public void A_form_that_cannot_be_edited_without_harm_is_left_untouched(string client, string text)
    {
        var file = _home.Write(client, text);

        Assert.Equal(ClientAction.LeftUntouched, _home.Install(client).Action);
        Assert.Equal(text, File.ReadAllText(file));
    }

    [Fact]
    public void A_program_that_is_gone_is_told_from_one_that_is_another()
    {
        _home.Write("cursor", """{"mcpServers":{"orchestrator":{"command":"/gone/front"}}}""");
        _home.Write("gemini", """{"mcpServers":{"orchestrator":{"command":"/bin/sh"}}}""");

        Assert.Equal((ClientState.PointsNowhere, ClientState.PointsElsewhere), (_home.Look("cursor"), _home.Look("gemini")));
    }

    [Theory]
    [InlineData(ClientSystem.Linux, "claude-desktop", "/h/.config/Claude/claude_desktop_config.json")]
    [InlineData(ClientSystem.MacOs, "claude-desktop", "/h/Library/Application Support/Claude/claude_desktop_config.json")]
    [InlineData(ClientSystem.Windows, "claude-desktop", "/h/AppData/Roaming/Claude/claude_desktop_config.json")]
    [InlineData(ClientSystem.MacOs, "zed", "/h/.config/zed/settings.json")]
    [InlineData(ClientSystem.Windows, "vscode", "/h/AppData/Roaming/Code/User/mcp.json")]
    [InlineData(ClientSystem.Windows, "opencode", "/h/.config/opencode/opencode.json")]
    internal void Each_system_has_its_paths(ClientSystem system, string client, string path)
    {
        var machine = new ClientMachine(system, name => name is "HOME" or "USERPROFILE" ? "/h" : null);

        Assert.Equal(path, machine.ConfigFile(KnownClients.Find(client)!, null));
    }

    [Fact]
    public void A_variable_that_moves_a_configuration_is_followed()
    {
        var machine = new ClientMachine(ClientSystem.Linux,
            name => name switch { "HOME" => "/h", "CODEX_HOME" => "/c", "XDG_CONFIG_HOME" => "/x", _ => null });

        Assert.Equal("/c/config.toml", machine.ConfigFile(KnownClients.Find("codex")!, null));
        Assert.Equal("/x/zed/settings.json", machine.ConfigFile(KnownClients.Find("zed")!, null));
    }

    public void Dispose() => _home.Dispose();
}
