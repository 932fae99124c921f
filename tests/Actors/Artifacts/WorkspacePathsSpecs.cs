using Orchestrator.Actors.Artifacts;

namespace Orchestrator.Actors.Tests.Artifacts;

/// <summary>What a client names stays in its workspace, whatever links and dots it uses.</summary>
public sealed class WorkspacePathsSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;
    private readonly string _workspace;

    public WorkspacePathsSpecs()
    {
        _workspace = Path.Combine(_folder, "work");
        Directory.CreateDirectory(Path.Combine(_workspace, "src"));
        Directory.CreateDirectory(Path.Combine(_folder, "work-else"));
        File.WriteAllText(Path.Combine(_workspace, "src", "a.cs"), "");
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    [Theory]
    [InlineData("src/a.cs", "src/a.cs")]
    [InlineData("./src/../src/a.cs", "src/a.cs")]
    [InlineData("src\\a.cs", "src/a.cs")]
    [InlineData("not/yet/there.txt", "not/yet/there.txt")]
    [InlineData("src/a.cs/below a file", "src/a.cs/below a file")]
    [InlineData(".", ".")]
    [InlineData("..hidden/x", "..hidden/x")]
    [InlineData("ünï 🙂.txt", "ünï 🙂.txt")]
    [InlineData("~/x", "~/x")]
    public void A_path_inside_is_told_relative_to_the_workspace(string path, string relative) => AssertInside(path, relative);

    [Theory]
    [InlineData("")]
    [InlineData("..")]
    [InlineData("../work-else/x")]
    [InlineData("src/../../x")]
    [InlineData("src\\..\\..\\x")]
    [InlineData("/etc/passwd")]
    [InlineData("/")]
    [InlineData("\\\\server\\share")]
    [InlineData("a\0b")]
    [InlineData("a\nb")]
    public void A_path_outside_or_none_at_all_is_refused(string path) => AssertOutside(path);

    [Fact]
    public void An_absolute_path_inside_is_taken() => AssertInside(Path.Combine(_workspace, "src", "a.cs"), "src/a.cs");

    [Fact]
    public void A_neighbour_whose_name_begins_alike_is_outside() => AssertOutside(Path.Combine(_folder, "work-else", "x"));

    [Fact]
    public void A_link_that_leads_out_is_refused_wherever_it_stands()
    {
        Link("out", "..");
        Link("etc", "/etc");
        Link("src/deep", "../out");
        File.CreateSymbolicLink(Path.Combine(_workspace, "file"), "/etc/passwd");

        Assert.All(["out", "out/work-else/x", "etc/passwd", "src/deep/work-else", "file"], AssertOutside);
        AssertInside("out/work/src/a.cs", "src/a.cs");   // out and in again
    }

    [Fact]
    public void A_link_that_stays_inside_is_followed()
    {
        Link("link", "src");
        Link("again", Path.Combine(_workspace, "link"));

        AssertInside("link/a.cs", "src/a.cs");
        AssertInside("again/a.cs", "src/a.cs");
        AssertInside("link/new.cs", "src/new.cs");
    }

    [Fact]
    public void Links_that_go_round_in_a_circle_are_refused()
    {
        Link("a", "b");
        Link("b", "a");
        Link("self", "self");
        Link("in", "in/in");

        Assert.All(["a", "b/x", "self", "in"], AssertOutside);
    }

    [Fact]
    public async Task Links_that_multiply_are_refused_in_no_time()
    {
        Link("l0", ".");
        for (var i = 1; i <= 35; i++)
        {
            Link($"l{i}", $"l{i - 1}/l{i - 1}");   // two to the power of 35 steps, if one follows them all
        }

        Assert.False(await Task.Run(() => WorkspacePaths.TryMakeRelative(_workspace, "l35", out _)).WaitAsync(TimeSpan.FromSeconds(5)));
    }

    [Fact]
    public void A_workspace_that_is_a_link_itself_is_meant_as_what_it_leads_to()
    {
        var link = Path.Combine(_folder, "link");
        Directory.CreateSymbolicLink(link, _workspace);

        Assert.True(WorkspacePaths.TryMakeRelative(link, "src/a.cs", out var relative));
        Assert.Equal("src/a.cs", relative);
        Assert.True(WorkspacePaths.TryMakeRelative(link, Path.Combine(link, "src", "a.cs"), out relative));
        Assert.Equal("src/a.cs", relative);
        Assert.True(WorkspacePaths.TryMakeRelative(link, Path.Combine(_workspace, "src", "a.cs"), out _));
        Assert.True(WorkspacePaths.TryMakeRelative(_workspace, Path.Combine(link, "src", "a.cs"), out _));
    }

    [Fact]
    public void Names_and_paths_that_no_file_system_takes_do_no_harm()
    {
        AssertOutside(new string('a', 5000));
        AssertInside(new string('a', 300), new string('a', 300));   // no such file can exist; whoever opens it hears so
        AssertInside(string.Join('/', Enumerable.Repeat("d", 1000)), string.Join('/', Enumerable.Repeat("d", 1000)));
    }

    private void Link(string path, string target) => Directory.CreateSymbolicLink(Path.Combine(_workspace, path), target);

    private void AssertInside(string path, string expected)
    {
        Assert.True(WorkspacePaths.TryMakeRelative(_workspace, path, out var relative), path);
        Assert.Equal(expected, relative);
    }

    private void AssertOutside(string path)
    {
        Assert.False(WorkspacePaths.TryMakeRelative(_workspace, path, out var relative), path);
        Assert.Equal("", relative);
    }
}
