using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd.Verbs;

/// <summary>The examples of tests/Host/Import, through the program and its backend into a store, twice.</summary>
public class ImportVerbSpecs(ITestOutputHelper output)
{
    private const string Size = "ORCHESTRATOR_IMPORT_TASKS";

    private static readonly (string Name, int Tasks)[] Examples =
    [
        ("tasks.json", 9), ("backlog", 5), ("issues.jsonl", 5), ("todo.md", 10), ("export.jsonl", 4), ("reference-2.sql", 4), ("reference-1.sql", 4),
    ];

    /// <summary>One after the other into one store: an example each would cost a backend's start each.</summary>
    [SkippableFact]
    public async Task Every_example_is_there_after_an_import_and_once_after_two()
    {
        await using var workspace = new Workspace();
        foreach (var (name, tasks) in Examples)
        {
            var source = Source(workspace, name);

            var first = await workspace.Run("import", source, "--json");
            var second = await workspace.Run("import", source, "--json");

            Assert.True((first.ExitCode, second.ExitCode) == (0, 0), name + first.Out + first.Error + second.Out + second.Error);
            Assert.Equal((name, tasks, 0), (name, first.Json("import/1").Number("added"), first.Json("import/1").Number("already_there")));
            Assert.Equal((name, 0, tasks), (name, second.Json("import/1").Number("added"), second.Json("import/1").Number("already_there")));
        }

        var total = (await workspace.Run("tasks", "list", "--limit", "1000", "--json")).Json("tasks/1").Number("total");
        Assert.Equal(Examples.Sum(e => e.Tasks), total);
    }

    [SkippableFact]
    public async Task A_damaged_source_has_an_exit_code_and_leaves_nothing_half_done()
    {
        await using var workspace = new Workspace();
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
        await using var workspace = new Workspace();
        var source = Path.Join(workspace.Root, "tasks.json");
        File.WriteAllText(source, """{"tasks":[{"id":1,"title":"A","dependencies":[2]},{"id":2,"title":"B","dependencies":[3]},{"id":3,"title":"C","dependencies":[1]}]}""");

        var import = await workspace.Run("import", source, "--json");

        Assert.Equal((3, 3), (import.ExitCode, import.Json("import/1").Number("added")));
        Assert.Single(import.Json("import/1").List("refused"));
    }

    /// <summary>
    /// In levels of ten below each, some of them done. With more tasks it shows how long they take: 10,000 need half a minute of a processor and more, and an
    /// ordinary run takes fewer.
    /// </summary>
    [SkippableFact]
    public async Task A_large_source_is_imported_whole_and_in_order()
    {
        await using var workspace = new Workspace();
        var tasks = int.TryParse(Environment.GetEnvironmentVariable(Size), CultureInfo.InvariantCulture, out var asked) ? asked : 500;
        using var process = Import(workspace, Tree(workspace, tasks));
        var watch = Stopwatch.StartNew();

        var report = await process.StandardOutput.ReadToEndAsync();
        await process.WaitForExitAsync();
        output.WriteLine($"{tasks} tasks in {watch.Elapsed.TotalSeconds:0.0} s");

        Assert.Equal((0, tasks), (process.ExitCode, new CommandLine(0, report, "").Json("import/1").Number("added")));
        await IsWhole(workspace, tasks);
    }

    /// <summary>First the command, then its backend too, each time with some of the tasks there.</summary>
    [SkippableFact]
    public async Task An_import_that_is_killed_is_completed_by_the_next_one_and_nothing_is_there_twice()
    {
        const int Tasks = 400;
        await using var workspace = new Workspace();
        var source = Tree(workspace, Tasks);
        using (var first = Import(workspace, source))
        {
            await Until.True(() => Planned(workspace) > Tasks / 5, "the first fifth");
            first.Kill();
            await first.WaitForExitAsync();
        }

        using (var second = Import(workspace, source))
        {
            await Until.True(() => Planned(workspace) > Tasks / 2, "the first half");
            second.Kill();
            await workspace.KillBackend();
            await second.WaitForExitAsync();
        }

        Assert.InRange(Planned(workspace), 1, Tasks - 1);   // else it died too late to show anything
        File.AppendAllLines(source, [Line(Tasks, Tasks)]);   // and another task than before below a parent of before
        var third = await workspace.Run("import", source, "--from", "beads", "--json");

        Assert.True(third.ExitCode == 0, third.Out + third.Error);
        await IsWhole(workspace, Tasks + 1, Tasks);
        Assert.Equal(0, (await workspace.Run("import", source, "--from", "beads", "--json")).Json("import/1").Number("added"));
    }

    private static string Tree(Workspace workspace, int tasks)
    {
        var source = Path.Join(workspace.Root, "large.jsonl");
        File.WriteAllLines(source, Enumerable.Range(0, tasks).Select(i => Line(i, tasks)));
        return source;
    }

    private static string Line(int i, int tasks) => i < 10 ? $$"""{"id":"h-{{i}}","title":"I {{i}}","status":"open"}"""
        : $$"""{"id":"h-{{i}}","title":"I {{i}}","status":"{{(IsDone(i, tasks) ? "closed" : "open")}}","dependencies":[{"depends_on_id":"h-{{i / 10}}","type":"parent-child"}]}""";

    private static bool IsDone(int i, int tasks) => i > tasks / 10 && i % 4 == 0;

    private static Process Import(Workspace workspace, string source)
    {
        var process = workspace.Start(
            [.. workspace.Program.Host, "import", source, "--from", "beads", "--json", "--data-dir", workspace.Data, "--workspace", workspace.Project]);
        process.StandardInput.Close();
        return process;
    }

    // In the journal: also while the backend is dead.
    private static long Planned(Workspace workspace) => File.Exists(workspace.Database)
        ? Rows(workspace, "SELECT count(*) FROM journal WHERE manifest LIKE 'task-planned/%'") is [[var count]] ? long.Parse(count, CultureInfo.InvariantCulture) : 0 : 0;

    /// <summary>Every task is planned once and has its place among its siblings and its status, and what is read is what the journal says.</summary>
    private static async Task IsWhole(Workspace workspace, int tasks, int? planned = null)
    {
        var exported = (await workspace.Run("export")).Out.Split('\n', StringSplitOptions.RemoveEmptyEntries).Select(l =>
        {
            using var line = JsonDocument.Parse(l);
            return line.RootElement.GetProperty("task").Clone();
        }).ToList();
        var titles = exported.ToDictionary(t => t.Text("task_id"), t => t.Text("title"));
        Assert.Equal(Enumerable.Range(0, tasks).Select(i => $"I {i}").Order(), titles.Values.Order());
        Assert.All(exported, t =>
        {
            var i = int.Parse(t.Text("title")[2..], CultureInfo.InvariantCulture);
            Assert.Equal(IsDone(i, planned ?? tasks), t.Text("status") == "completed");
            Assert.Equal(i < 10 ? "" : $"I {i / 10}", t.TryGetProperty("parent_task_id", out var parent) ? titles[parent.GetString()!] : "");
        });
        Assert.Empty(Rows(workspace, "SELECT persistence_id FROM journal WHERE manifest LIKE 'task-planned/%' GROUP BY persistence_id HAVING count(*) > 1"));
        Assert.Empty(Rows(workspace, "SELECT task_id FROM task_index WHERE uncreated <> 0"));

        // Those below one parent, in the order of its list: their numbers rise.
        var siblings = Rows(workspace, "SELECT parent_id, title FROM task_index WHERE parent_id IS NOT NULL ORDER BY parent_id, ordinal");
        Assert.All(siblings.GroupBy(s => s[0]), s =>
        {
            var numbers = s.Select(r => int.Parse(r[1][2..], CultureInfo.InvariantCulture)).ToList();
            Assert.Equal(numbers.Order(), numbers);
        });
        var counted = Rows(workspace, "SELECT sum(subtasks), sum(open_subtasks) FROM task_index")[0];
        var open = exported.Count(t => t.TryGetProperty("parent_task_id", out _) && t.Text("status") != "completed");
        Assert.Equal([$"{tasks - 10}", $"{open}"], counted);
    }

    private static List<string[]> Rows(Workspace workspace, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={workspace.Database};Mode=ReadOnly;Pooling=False");
        try
        {
            connection.Open();
            using var command = connection.CreateCommand();
            command.CommandText = sql;
            using var reader = command.ExecuteReader();
            var rows = new List<string[]>();
            while (reader.Read())
            {
                rows.Add([.. Enumerable.Range(0, reader.FieldCount).Select(i => Convert.ToString(reader.GetValue(i), CultureInfo.InvariantCulture)!)]);
            }

            return rows;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 1 or 14)   // the file or the table is about to come
        {
            return [];
        }
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
