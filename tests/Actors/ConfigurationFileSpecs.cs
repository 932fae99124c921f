namespace Orchestrator.Actors.Tests;

/// <summary>What an operator's hand gets wrong is named with its place.</summary>
public sealed class ConfigurationFileSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    [Fact]
    public void The_files_of_this_build_can_be_read() => Assert.Null(ConfigurationFiles.Check());

    [Theory]
    [InlineData("a {\n  b = 1\n", 1, 3, "never closed")]
    [InlineData("a = 1\n}\n", 2, 1, "closes nothing")]
    [InlineData("a = \"one\nb = 2\n", 1, 5, "not closed")]
    [InlineData("# { in a comment\na = \"{ in a text\"\nb = [1, 2\n", 3, 5, "never closed")]
    public void A_broken_file_is_named_with_line_and_column(string text, int line, int column, string what)
    {
        File.WriteAllText(Path.Combine(_folder, "x.conf"), text);
        var fault = ConfigurationFiles.Check(_folder)!;
        Assert.Equal((line, column), (fault.Line, fault.Column));
        Assert.Contains(what, fault.What, StringComparison.Ordinal);
    }

    [Fact]
    public void Brackets_and_quotes_in_their_places_are_no_fault()
    {
        File.WriteAllText(Path.Combine(_folder, "x.conf"), "# it's {\na { b = [\"x\\\"}\", 2] } // ]\nc = \"\"\"{\n\"\"\"\n");
        Assert.Null(ConfigurationFiles.Check(_folder));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);
}
