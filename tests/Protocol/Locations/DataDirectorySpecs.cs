using Orchestrator.Protocol.Locations;

namespace Orchestrator.Protocol.Tests.Locations;

public sealed class DataDirectorySpecs : IDisposable
{
    private readonly string _root = Directory.CreateTempSubdirectory("dd").FullName;
    private readonly Dictionary<string, string?> _environment = [];
    private readonly string _home;

    public DataDirectorySpecs()
    {
        _home = Make("home");
        _environment["HOME"] = _home;
    }

    public void Dispose() => Directory.Delete(_root, recursive: true);

    [Fact]
    public void The_option_wins_over_the_variable_and_the_variable_over_the_project()
    {
        var project = Make("home/p/.git");
        Assert.Equal(Path.Join(project[..^5], ".task_orchestrator"), Resolve(at: project[..^5]).Path);
        _environment["ORCHESTRATOR_DATA_DIR"] = Path.Join(_root, "variable");
        Assert.Equal(Path.Join(_root, "variable"), Resolve(at: project[..^5]).Path);
        Assert.Equal(Path.Join(_root, "option"), Resolve(Path.Join(_root, "option"), at: project[..^5]).Path);
    }

    [Fact]
    public void The_git_root_wins_over_a_nearer_project_file()
    {
        Make("home/p/.git");
        var nested = Make("home/p/src/app");
        File.WriteAllText(Path.Join(nested, "app.csproj"), "");
        Assert.Equal(Path.Join(_home, "p"), Resolve(at: nested).Workspace);
    }

    [Fact]
    public void A_worktree_whose_git_is_a_file_is_a_git_root()
    {
        var tree = Make("home/tree");
        File.WriteAllText(Path.Join(tree, ".git"), "gitdir: elsewhere");
        Assert.Equal(tree, Resolve(at: Make("home/tree/deep/er")).Workspace);
    }

    [Theory]
    [InlineData("x.sln")]
    [InlineData("x.slnx")]
    [InlineData("x.csproj")]
    [InlineData("package.json")]
    [InlineData("pyproject.toml")]
    [InlineData("Cargo.toml")]
    [InlineData("go.mod")]
    [InlineData("pom.xml")]
    [InlineData("build.gradle")]
    [InlineData("CMakeLists.txt")]
    [InlineData("Makefile")]
    public void Without_git_the_nearest_project_file_counts(string file)
    {
        var project = Make("home/p");
        File.WriteAllText(Path.Join(project, file), "");
        Assert.Equal(project, Resolve(at: Make("home/p/a/b")).Workspace);
    }

    [Theory]
    [InlineData("/")]
    [InlineData(null)]
    public void The_home_directory_and_the_root_are_nobodys_project(string? at)
    {
        Make("home/.git");
        File.WriteAllText(Path.Join(_home, "Makefile"), "");
        var found = Resolve(at: at ?? Make("home/somewhere"));
        Assert.Null(found.Workspace);
        Assert.Equal(Path.Join(_home, ".local/share/orchestrator"), found.Path);
    }

    [Fact]
    public void The_home_directory_is_a_workspace_when_it_is_named()
    {
        Assert.Equal(Path.Join(_home, ".task_orchestrator"), Resolve(workspace: "~").Path);
        _environment["CLAUDE_PROJECT_DIR"] = _home;
        Assert.Null(Resolve().Workspace);
    }

    [Fact]
    public void The_project_that_Claude_Code_names_wins_over_the_working_directory()
    {
        var named = Make("home/named");
        _environment["CLAUDE_PROJECT_DIR"] = named;
        Assert.Equal(named, Resolve(at: Make("home/p/.git")).Workspace);
        Assert.Equal(Path.Join(_home, "other"), Resolve(workspace: Make("home/other")).Workspace);
    }

    [Fact]
    public void A_symbolic_link_and_its_target_are_one_data_directory()
    {
        var real = Make("real/p");
        Directory.CreateSymbolicLink(Path.Join(_root, "link"), "real");
        var direct = Resolve(Path.Join(real, "data"));
        var linked = Resolve(Path.Join(_root, "link/p/../p/./data"));
        Assert.Equal(direct, linked);
        Assert.NotEqual(direct.SocketPath, Resolve(Path.Join(real, "data2")).SocketPath);
    }

    [Fact]
    public void Every_front_of_a_data_directory_names_the_same_workspace()
    {
        var found = Resolve(Path.Join(_home, "p/.task_orchestrator"), at: Make("home/q/.git"));
        Assert.Equal(Path.Join(_home, "p"), found.Workspace);
    }

    [Fact]
    public void The_paths_follow_from_the_directory()
    {
        var found = Resolve("~/data");
        Assert.Equal(Path.Join(_home, "data"), found.Path);
        Assert.Matches("^[0-9a-f]{32}$", found.Identity);
        Assert.Equal(Path.Join(_home, ".local/state/orchestrator/run", found.Identity[..20] + ".sock"), found.SocketPath);
        Assert.Equal(Path.ChangeExtension(found.SocketPath, ".spawn"), found.SpawnLockPath);
        Assert.Equal(Path.Join(_home, "data/backend.lock"), found.LockPath);
        Assert.Equal(Path.Join(_home, "data/logs/backend.log"), found.LogPath);
    }

    [Fact]
    public void What_cannot_be_used_is_refused_with_the_reason()
    {
        File.WriteAllText(Path.Join(_root, "file"), "");
        Assert.Contains("is a file", Refused(dataDir: Path.Join(_root, "file")), StringComparison.Ordinal);
        Assert.Contains("is a file", Refused(dataDir: Path.Join(_root, "file/below")), StringComparison.Ordinal);
        Assert.Contains("is not a directory", Refused(workspace: Path.Join(_root, "missing")), StringComparison.Ordinal);
        Assert.Contains("names no directory", Refused(dataDir: ""), StringComparison.Ordinal);
        Directory.CreateSymbolicLink(Path.Join(_root, "loop"), "loop");
        Assert.Contains("loop", Refused(dataDir: Path.Join(_root, "loop")), StringComparison.Ordinal);
    }

    [Fact]
    public void A_home_too_deep_for_a_socket_is_refused_with_the_limit()
    {
        var tail = "/.local/state/orchestrator/run/12345678901234567890.sock";
        _environment["HOME"] = "/" + new string('h', 107 - tail.Length - 1);
        Assert.Equal(107, Resolve(_root).SocketPath.Length);
        _environment["HOME"] += "h";
        Assert.Contains("107", Refused(dataDir: _root), StringComparison.Ordinal);
    }

    [Fact]
    [System.Runtime.Versioning.UnsupportedOSPlatform("windows")]
    public void The_run_directory_is_for_its_owner_alone()
    {
        const UnixFileMode ownerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;
        var found = Resolve();
        found.PrepareRunDirectory();
        Assert.Equal(ownerOnly, File.GetUnixFileMode(found.RunDirectory));
        File.SetUnixFileMode(found.RunDirectory, ownerOnly | UnixFileMode.OtherExecute);
        found.PrepareRunDirectory();
        Assert.Equal(ownerOnly, File.GetUnixFileMode(found.RunDirectory));
        found.PrepareDataDirectory();
        Assert.True(Directory.Exists(Path.GetDirectoryName(found.LogPath)));
    }

    private string Make(string path) => Directory.CreateDirectory(Path.Join(_root, path)).FullName;

    private DataDirectory Resolve(string? dataDir = null, string? workspace = null, string? at = null) =>
        DataDirectory.Resolve(dataDir, workspace, name => _environment.GetValueOrDefault(name), at ?? _home);

    private string Refused(string? dataDir = null, string? workspace = null) =>
        Assert.Throws<LocationException>(() => Resolve(dataDir, workspace)).Message;
}
