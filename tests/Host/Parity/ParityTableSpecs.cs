using System.Globalization;
using System.Reflection;
using System.Text;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>The table of promises is made from the tests that keep them, so that it cannot say more than they do.</summary>
public sealed class ParityTableSpecs
{
    private static readonly IReadOnlyList<(ParityRowAttribute Row, MethodInfo Test)> Rows =
    [
        .. typeof(ParityTableSpecs).Assembly.GetTypes().SelectMany(t => t.GetMethods())
            .SelectMany(m => m.GetCustomAttributes<ParityRowAttribute>().Select(r => (r, m))).OrderBy(r => r.r.Row),
    ];

    [Fact]
    public void The_table_is_what_the_tests_say()
    {
        var path = Path.Combine(Root(), "docs", "reference-parity.md");
        var table = Table();
        if (Environment.GetEnvironmentVariable("UPDATE_PARITY_TABLE") == "1")
        {
            Directory.CreateDirectory(Path.GetDirectoryName(path)!);
            File.WriteAllText(path, table);
        }

        Assert.True(File.Exists(path), $"There is no {path}: run this test with UPDATE_PARITY_TABLE=1.");
        Assert.Equal(table, File.ReadAllText(path));
    }

    [Fact]
    public void Each_row_has_one_test_of_its_own_that_is_run_and_named_after_it()
    {
        Assert.Equal(Rows.Count, Rows.Select(r => r.Test).Distinct().Count());
        Assert.All(Rows, r => Assert.StartsWith($"Row_{r.Row.Row}_", r.Test.Name, StringComparison.Ordinal));
        Assert.Equal(Rows.Count, Rows.Select(r => r.Row.Row).Distinct().Count());
        Assert.All(Rows, r => Assert.True(r.Test.GetCustomAttribute<FactAttribute>() is { Skip: null }, r.Test.Name));
    }

    [Fact]
    public async Task Each_tool_of_the_table_is_one_that_a_client_is_told_of()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect(profile: ToolProfile.Full);
        var reply = await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""u8.ToArray(), 1);
        var names = reply["result"]!["tools"]!.AsArray().Select(t => (string)t!["name"]!).ToHashSet();

        Assert.All(Rows.SelectMany(r => r.Row.Tools), tool => Assert.Contains(FrameClient.Full(tool), names));
    }

    private static string Table()
    {
        var text = new StringBuilder();
        text.Append("# What the reference promised, and what keeps it here\n\n");
        text.Append("Made from the tests by `ParityTableSpecs`; a row is here when its test passes.\n\n");
        text.Append("| Row | Promise | Tools | Test |\n|---|---|---|---|\n");
        foreach (var (row, test) in Rows)
        {
            var tools = string.Join(", ", row.Tools.Select(t => $"`{FrameClient.Full(t)}`"));
            text.Append(CultureInfo.InvariantCulture, $"| {row.Row} | {row.Promise} | {tools} | `{test.DeclaringType!.Name}.{test.Name}` |\n");
        }

        return text.ToString();
    }

    private static string Root()
    {
        var directory = new DirectoryInfo(AppContext.BaseDirectory);
        while (directory is not null && !File.Exists(Path.Combine(directory.FullName, "Orchestrator.sln")))
        {
            directory = directory.Parent;
        }

        return directory?.FullName ?? throw new DirectoryNotFoundException("The repository is not above the tests.");
    }
}
