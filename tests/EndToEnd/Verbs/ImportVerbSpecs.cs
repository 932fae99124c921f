using System.Diagnostics;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>The examples of tests/Host/Import, through the program and its backend into a store, twice.</summary>
public class ImportVerbSpecs(ITestOutputHelper output)
{
    private const string Size = "ORCHESTRATOR_IMPORT_TASKS";

    [SkippableTheory]
    [InlineData("tasks.json", 9), InlineData("backlog", 5)]
    [InlineData("issues.jsonl", 5), InlineData("todo.md", 10), InlineData("export.jsonl", 4), InlineData("reference-2.sql", 4), InlineData("reference-1.sql", 4)]
    public async Task An_example_is_there_after_an_import_and_once_after_two(string name, int tasks)
    {
        await using var workspace = new Workspace(Form.Relayed);
        var source = Source(workspace, name);

        var first = await workspace.Run("import", source, "--json");
        var second = await workspace.Run("import", source, "--json");

        Assert.True((first.ExitCode, second.ExitCode) == (0, 0), first.Out + first.Error);
        Assert.Equal((tasks, 0), (first.Json("import/1").Number("added"), first.Json("import/1").Number("already_there")));
        Assert.Equal((0, tasks), (second.Json("import/1").Number("added"), second.Json("import/1").Number("already_there")));
        Assert.Equal(tasks, (await workspace.Run("tasks", "list", "--limit", "1000", "--json")).Json("tasks/1").Number("total"));
    }

    [SkippableFact]
    public async Task A_damaged_source_has_an_exit_code_and_leaves_nothing_half_done()
    {
        await using var workspace = new Workspace(Form.Relayed);
        var cut = Path.Join(workspace.Root, "issues.jsonl");
        File.WriteAllText(cut, File.ReadAllText(Source(workspace, "issues.jsonl"))[..^60]);
        var half = Path.Join(workspace.Root, "tasks.json");
        File.WriteAllText(half, File.ReadAllText(Source(workspace, "tasks.json"))[..2000]);

        var refused = await workspace.Run("import", half, "--json");
        Assert.Equal((1, "IMPORT_UNREADABLE"), (refused.ExitCode, refused.Json("error/1").Text("code")));
        Assert.False(Directory.Exists(workspace.Data));

        var partly = await workspace.Run("import", cut, "--json");
        var again = await workspace.Run("import", cut, "--json");
        var whole = await workspace.Run("import", Source(workspace, "issues.jsonl"), "--json");

        Assert.Equal((3, 4), (partly.ExitCode, partly.Json("import/1").Number("added")));
        Assert.StartsWith("line 5: ", partly.Json("import/1").List("problems").Select(p => p.GetString()!).First(), StringComparison.Ordinal);
        Assert.Equal((3, 0, 4), (again.ExitCode, again.Json("import/1").Number("added"), again.Json("import/1").Number("already_there")));
        Assert.Equal((0, 5), (whole.ExitCode, whole.Json("import/1").Number("added")));   // another path is another source
    }

    [SkippableFact]
    public async Task Dependencies_that_go_round_are_refused_at_the_one_that_closes_the_round_and_all_tasks_are_there()
    {
        await using var workspace = new Workspace(Form.Relayed);
        var source = Path.Join(workspace.Root, "tasks.json");
        File.WriteAllText(source, """{"tasks":[{"id":1,"title":"A","dependencies":[2]},{"id":2,"title":"B","dependencies":[3]},{"id":3,"title":"C","dependencies":[1]}]}""");

        var import = await workspace.Run("import", source, "--json");

        Assert.Equal((3, 3), (import.ExitCode, import.Json("import/1").Number("added")));
        Assert.Single(import.Json("import/1").List("refused"));
    }

    /// <summary>10,000 take minutes: an ordinary run takes fewer.</summary>
    [SkippableFact]
    public async Task A_large_source_is_imported_whole()
    {
        await using var workspace = new Workspace(Form.Relayed);
        var tasks = int.TryParse(Environment.GetEnvironmentVariable(Size), CultureInfo.InvariantCulture, out var asked) ? asked : 300;
        var source = Path.Join(workspace.Root, "large.jsonl");
        File.WriteAllLines(source, Enumerable.Range(0, tasks).Select(i => i < 10 ? $$"""{"id":"h-{{i}}","title":"I","status":"open"}"""
            : $$"""{"id":"h-{{i}}","title":"I {{i}}","status":"{{(i >= tasks / 10 && i % 4 == 0 ? "closed" : "open")}}","dependencies":[{"depends_on_id":"h-{{i / 10}}","type":"parent-child"}]}"""));
        using var process = workspace.Start(
            [.. workspace.Program.Host, "import", source, "--from", "beads", "--json", "--data-dir", workspace.Data, "--workspace", workspace.Project]);
        process.StandardInput.Close();
        var watch = Stopwatch.StartNew();

        var report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        output.WriteLine($"{tasks} tasks in {watch.Elapsed.TotalSeconds:0.0} s");

        Assert.Equal((0, tasks), (process.ExitCode, new CommandLine(0, report, "").Json("import/1").Number("added")));
    }

    private static string Source(Workspace workspace, string name)
    {
        var path = Path.Join(TestedProgram.Root, "tests/Host/Import/Examples", name);
        if (!name.EndsWith(".sql", StringComparison.Ordinal))
        {
            return path;
        }

        var database = Path.Join(workspace.Root, Path.ChangeExtension(name, "db"));
        using var connection = new SqliteConnection($"Data Source={database};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = File.ReadAllText(path);
        command.ExecuteNonQuery();
        return database;
    }
}
