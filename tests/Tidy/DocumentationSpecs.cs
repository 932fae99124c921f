using System.Text.RegularExpressions;

namespace Orchestrator.Tidy.Tests;

/// <summary>What a user looks up stands in the documents, and nothing that no longer exists.</summary>
public sealed partial class DocumentationSpecs
{
    private static readonly string Troubleshooting = File.ReadAllText(Path.Combine(Source.Root, "docs/troubleshooting.md"));

    [Fact]
    public void Every_error_code_has_its_entry_and_every_entry_its_code()
    {
        var codes = Source.Code().SelectMany(File.ReadLines).Select(l => Code().Match(l)).Where(m => m.Success).Select(m => m.Groups[1].Value)
            .Where(c => !Variable().IsMatch(c)).Order().ToList();

        Assert.NotEmpty(codes);
        Assert.Equal(codes, Heading().Matches(Troubleshooting).Select(m => m.Groups[1].Value).Order());
    }

    [Fact]
    public void Every_check_of_the_doctor_has_its_row_and_every_row_its_check()
    {
        var checks = Source.Files("src/Host/Diagnosis", "*Checks.cs").SelectMany(File.ReadLines).Select(l => Check().Match(l)).Where(m => m.Success)
            .Select(m => m.Groups[1].Value).Order().ToList();

        Assert.True(checks.Count >= 25);
        Assert.Equal(checks, Row().Matches(Troubleshooting).Select(m => m.Groups[1].Value).Order());
    }

    [Fact]
    public void Every_shape_of_json_stands_in_the_documents()
    {
        var documented = File.ReadAllText(Path.Combine(Source.Root, "docs/cli.md"));
        var shapes = Source.Code("src/Host/Commands").SelectMany(File.ReadLines).SelectMany(l => Shape().Matches(l)).Select(m => m.Groups[1].Value)
            .Distinct();

        Assert.All(shapes, s => Assert.Matches($"[`\"]{s}[`\"]", documented));
    }

    [GeneratedRegex("const string \\w+ = \"([A-Z]+(?:_[A-Z]+)+)\"")]
    private static partial Regex Code();

    [GeneratedRegex("^(ORCHESTRATOR|CLAUDE|XDG)_")]
    private static partial Regex Variable();

    [GeneratedRegex("^### ([A-Z_]+)\\s*$", RegexOptions.Multiline)]
    private static partial Regex Heading();

    [GeneratedRegex("^        new\\(\"([a-z-]+)\",")]
    private static partial Regex Check();

    [GeneratedRegex("^\\| `([a-z-]+)` \\|", RegexOptions.Multiline)]
    private static partial Regex Row();

    [GeneratedRegex("\"([a-z-]+/[0-9]+)\"")]
    private static partial Regex Shape();
}
