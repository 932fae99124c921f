using System.Text.Json;
using System.Text.RegularExpressions;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>
/// The official conformance suite, through a bridge from HTTP. tests/clients/conformance.json says which of its scenarios apply, and explains each
/// that does not and each check that cannot pass; a scenario that it does not name, or an exception that is none any more, fails.
/// </summary>
public partial class ConformanceSpecs(ITestOutputHelper output)
{
    private static readonly string[] Good = ["SUCCESS", "INFO", "SKIPPED"];
    private static readonly TimeSpan WholeSuite = TimeSpan.FromMinutes(5);

    [SkippableTheory]
    [InlineData(Form.Published, "2025-11-25"), InlineData(Form.Published, "2026-07-28")]
    public async Task The_official_suite_has_nothing_to_object_but_what_is_explained(Form form, string revision)
    {
        NodeTools.RequireNode22();
        await using var workspace = new Workspace(form);
        var checks = await RunSuite(workspace, revision);
        using var file = JsonDocument.Parse(await File.ReadAllTextAsync(NodeTools.Script("conformance.json")));
        var stated = file.RootElement.GetProperty(revision);
        var run = stated.List("run").Select(s => s.GetString()!).ToHashSet(StringComparer.Ordinal);
        var (except, other) = (stated.GetProperty("except"), stated.GetProperty("notApplicable").EnumerateObject().ToList());
        Assert.All(other, reason => Assert.NotEmpty(reason.Value.EnumerateArray()));
        var notApplicable = other.SelectMany(reason => reason.Value.EnumerateArray().Select(s => s.GetString()!));
        Assert.Equal(checks.Select(c => c.Scenario).Distinct().Order(), run.Concat(notApplicable).Order());

        var bad = checks.Where(c => run.Contains(c.Scenario) && !Good.Contains(c.Status)).ToList();
        var unexplained = bad.Where(c => !except.TryGetProperty(c.Id, out _)).ToList();
        Assert.True(unexplained.Count == 0, string.Join('\n', unexplained));
        Assert.Equal(except.EnumerateObject().Select(e => e.Name).Order(), bad.Select(c => c.Id).Distinct().Order());
        output.WriteLine(
            $"{revision}: {run.Count} scenarios apply, "
            + $"{checks.Count(c => run.Contains(c.Scenario)) - bad.Count} checks passed, {bad.Count} explained; "
            + $"{checks.Select(c => c.Scenario).Distinct().Count() - run.Count} scenarios do not apply");
    }

    private static async Task<IReadOnlyList<Check>> RunSuite(Workspace workspace, string revision)
    {
        using var bridge = workspace.Start([NodeTools.Node, NodeTools.Script("bridge.mjs"), .. workspace.FrontCommand]);
        _ = bridge.StandardError.ReadToEndAsync();
        var address = await bridge.StandardOutput.ReadLineAsync() ?? throw new InvalidOperationException("The bridge has ended.");
        var results = Path.Join(workspace.Root, "results");
        using var suite = workspace.Start(
        [
            NodeTools.Node, NodeTools.Package("@modelcontextprotocol/conformance/dist/index.js"), "server", "--url", address,
            "--requirements", revision, "-o", results,
        ]);
        suite.StandardInput.Close();
        var (told, errors) = (suite.StandardOutput.ReadToEndAsync(), suite.StandardError.ReadToEndAsync());
        await suite.WaitForExitAsync().WaitAsync(WholeSuite);
        await Task.WhenAll(told, errors);
        bridge.StandardInput.Close();
        Assert.True(Directory.Exists(results), await told + await errors);
        return [.. Directory.EnumerateDirectories(results).SelectMany(Checks)];
    }

    private static IEnumerable<Check> Checks(string directory)
    {
        var scenario = Stamp().Replace(Path.GetFileName(directory), "")["server-".Length..];
        var file = Path.Join(directory, "checks.json");
        if (!File.Exists(file))
        {
            return [new Check(scenario, "suite", "INFO", "It wrote no checks.")];
        }

        using var checks = JsonDocument.Parse(File.ReadAllText(file));
        return
        [
            .. checks.RootElement.EnumerateArray().Select(c => new Check(
                scenario, c.Text("id"), c.Text("status"), c.TryGetProperty("errorMessage", out var message) ? message.GetString() : null)),
            new Check(scenario, "suite", "INFO", null),   // a scenario may have none
        ];
    }

    [GeneratedRegex("""-\d{4}-\d\d-\d\dT[\d-]+Z$""")]
    private static partial Regex Stamp();

    private sealed record Check(string Scenario, string Id, string Status, string? Error);
}
