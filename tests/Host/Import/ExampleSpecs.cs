using System.Diagnostics;
using System.Text;
using System.Text.Json.Nodes;
using Orchestrator.Host.Commands;
using Orchestrator.Host.Import;
using Orchestrator.Protocol.Tasks;
using Xunit.Abstractions;

namespace Orchestrator.Host.Tests.Import;

/// <summary>Real shapes, whole, damaged and huge: what is taken, what is named, and that nothing is lost in silence.</summary>
public sealed class ExampleSpecs(ITestOutputHelper output) : IDisposable
{
    private const int Many = 10_000;
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-import-").FullName;

    /// <summary>Each example with how many tasks it has: pending, in progress, blocked, completed, put away or cancelled; and parents and dependencies.</summary>
    public static TheoryData<string, string, string> Whole => new()
    {
        { "tasks.json", "taskmaster", "9: 2 3 1 2 1, 3 below others, 7 dependencies" },
        { "issues.jsonl", "beads", "5: 1 1 2 1 0, 3 below others, 2 dependencies" },
        { "backlog", "backlog", "5: 2 1 0 1 1, 1 below others, 2 dependencies" },
        { "todo.md", "markdown", "10: 5 1 0 3 1, 4 below others, 0 dependencies" },
        { "reference-2.sql", "reference", "4: 1 1 0 1 1, 2 below others, 1 dependencies" },
        { "reference-1.sql", "reference", "4: 2 0 1 1 0, 3 below others, 3 dependencies" },
        { "export.jsonl", "orchestrator", "4: 1 1 0 1 1, 2 below others, 1 dependencies" },
    };

    [Theory, MemberData(nameof(Whole))]
    public void An_example_is_taken_whole_and_without_a_word(string name, string kind, string expected)
    {
        var source = Example.Read(Example.CopyTo(_folder, name));

        Assert.Equal((kind, expected), (source.Kind, Portrait(source)));
        Assert.Empty(ImportPlan.Of(source).Problems);
    }

    [Fact]
    public void What_has_no_place_of_its_own_is_kept_beside_the_task()
    {
        var master = Example.Read(Example.CopyTo(_folder, "tasks.json")).Tasks;
        var beads = Example.Read(Example.CopyTo(_folder, "issues.jsonl")).Tasks;
        var backlog = Example.Read(Example.CopyTo(_folder, "backlog")).Tasks;

        Assert.Equal(7, (int?)master[1].Origin["complexityScore"]);
        Assert.Contains("<info added on", master[0].Description, StringComparison.Ordinal);
        Assert.Equal(("gh-12", 90), ((string?)beads[1].Origin["external_ref"], (int?)beads[1].Origin["estimated_minutes"]));
        Assert.Equal("1000", (string?)backlog.Single(t => t.Id == "TASK-1").Origin["ordinal"]);
    }

    [Theory]
    [InlineData("tasks.json", 0.5), InlineData("tasks.json", 0.02), InlineData("tasks.json", 0.98)]
    [InlineData("reference-2.sql", 0.5), InlineData("reference-1.sql", 0.5), InlineData("reference-2.sql", 0.003)]
    public void What_makes_sense_only_as_a_whole_is_refused_when_it_is_cut(string name, double share)
    {
        var path = Example.CopyTo(_folder, name);
        Cut(path, share);

        var refusal = Assert.Throws<CommandFailedException>(() => Example.Read(path));

        Assert.Equal((CommandErrorCode.ImportUnreadable, ExitCode.Failed), (refusal.Code, refusal.ExitCode));
    }

    [Theory]
    [InlineData("issues.jsonl", 4), InlineData("export.jsonl", 3)]
    public void Of_lines_that_are_cut_the_whole_ones_are_taken_and_the_other_is_named(string name, int whole)
    {
        var path = Example.CopyTo(_folder, name);
        Cut(path, 0.98);

        var source = Example.Read(path);

        Assert.Equal(whole, source.Tasks.Count);
        Assert.StartsWith($"line {whole + 1}: ", Assert.Single(source.Problems), StringComparison.Ordinal);
    }

    [Theory]
    [InlineData("tasks.json"), InlineData("issues.jsonl"), InlineData("todo.md"), InlineData("export.jsonl")]
    [InlineData("backlog/tasks/task-1 - Masts-on-a-map.md")]
    public void Bytes_that_are_no_text_are_named_and_the_task_is_taken(string name)
    {
        var root = Example.CopyTo(_folder, name.Split('/')[0]);
        var path = Path.Join(_folder, name);
        var expected = Portrait(Example.Read(root));
        var bytes = File.ReadAllBytes(path);
        bytes[bytes.AsSpan().LastIndexOf("sts"u8) is >= 0 and var at ? at : bytes.AsSpan().LastIndexOf("ts"u8)] = 0xE9;   // as another code page has it
        File.WriteAllBytes(path, bytes);

        var source = Example.Read(root);

        Assert.Equal(expected, Portrait(source));
        Assert.Contains("no UTF-8", Assert.Single(source.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void What_is_of_another_type_than_belongs_there_is_kept_or_named()
    {
        var source = Example.Read(Write("tasks.json", """
            {"tasks":[{"id":"1","title":{"a":1},"description":["x"],"status":7,"dependencies":"2","subtasks":[3,{"id":1,"title":"\ud83d half"}]},
                      {"id":true,"title":"lost"}, null, "text"]}
            """));

        Assert.Equal(["1", "1.1"], source.Tasks.Select(t => t.Id));
        Assert.Equal(("{\"a\":1}", "[\"x\"]"),
            (source.Tasks[0].Origin["title"]!.ToJsonString(), source.Tasks[0].Origin["description"]!.ToJsonString()));
        Assert.Equal("\\ud83d half", source.Tasks[1].Title);
        Assert.Equal(
            ["1: its dependencies are no list", "a subtask of 1 without an id", "a task without an id: Null", "a task without an id: String",
                "a task without an id: lost"],
            source.Problems.Order(StringComparer.Ordinal));
    }

    [Theory]
    [InlineData("tasks.json", "\"nothing\""), InlineData("tasks.json", "[[1]]"), InlineData("tasks.json", "{\"tasks\":{}}")]
    [InlineData("issues.jsonl", "[1]\n\"x\"\n{\"id\":{}}\n<<<<<<< HEAD"), InlineData("export.jsonl", "{\"schema\":\"orchestrator-task/1\",\"task\":{\"task_id\":1,\"title\":\"t\",\"dependencies\":[7]}}")]
    [InlineData("export.jsonl", "{\"schema\":\"orchestrator-task/1\",\"task\":[]}\n{\"schema\":\"orchestrator-task/1\",\"task\":{\"task_id\":\"a\",\"title\":\"t\",\"status\":\"odd\"}}")]
    public void What_is_no_task_at_all_is_named_or_refused_and_never_half_taken(string name, string text)
    {
        var path = Write(name, text);
        try
        {
            var source = Example.Read(path);
            Assert.Empty(source.Tasks);
            Assert.NotEmpty(source.Problems);
        }
        catch (CommandFailedException e)
        {
            Assert.Equal(CommandErrorCode.ImportUnreadable, e.Code);
        }
    }

    [Fact]
    public void Missing_parents_loops_and_ids_that_are_there_twice_are_named_in_every_source_that_can_have_them()
    {
        Write("b/tasks/a.md", "---\nid: a\ntitle: A\nparent_task_id: b\ndependencies: x, c\n---\n");
        Write("b/tasks/b.md", "---\nid: b\ntitle: B\nparent_task_id: a\nextra:\n  deep: 1\n---\n");
        Write("b/tasks/c.md", "---\nid: c\ntitle: C\nparent_task_id: nowhere\n---\n");
        Write("b/tasks/d.md", "---\nid: C\ntitle: Again\n---\n");
        Write("b/tasks/e.md", "---\nid: e\ntitle: [\n---\n");
        var beads = Write("b.jsonl", """
            {"id":"a","title":"A","dependencies":[{"depends_on_id":"b","type":"parent-child"},{"depends_on_id":"x","type":"blocks"}]}
            {"id":"b","title":"B","dependencies":[{"depends_on_id":"a","type":"parent-child"}]}
            {"id":"c","title":"C","dependencies":[{"depends_on_id":"nowhere","type":"parent-child"}]}
            {"id":"c","title":"Again"}
            """);
        var database = Path.Join(_folder, "r.db");
        Example.Database(database, File.ReadAllText(Path.Join(Example.Folder, "reference-2.sql")) + """
            PRAGMA foreign_keys = OFF;
            INSERT INTO tasks VALUES ('a', NULL, 'b', 'x', 'odd', 'A', x'41C3A9', '[1', '', '', NULL), ('b', NULL, 'a', 'x', '', 'B', NULL, NULL, '', '', NULL),
                ('c', NULL, 'nowhere', 'x', '', 'C', NULL, NULL, '', '', NULL);
            """);

        var fromBacklog = ImportPlan.Of(ImportReaders.Read(Path.Join(_folder, "b"), "backlog"));
        var fromBeads = ImportPlan.Of(Example.Read(beads));
        var fromReference = ImportPlan.Of(Example.Read(database));

        Assert.Equal((3, 3, 7), (fromBacklog.Tasks.Count, fromBeads.Tasks.Count, fromReference.Tasks.Count));
        Says(fromBacklog, "is below itself", "parent nowhere is not in the source", "is there twice", "depends on x", "its extra is left out", "e.md: ");
        Says(fromBeads, "is below itself", "there twice", "depends on x");
        Says(fromReference, "is below itself", "parent nowhere is not in the source", "its metadata cannot be read");
        Assert.Equal("Aé", fromReference.Tasks.Single(t => t.Source.Id == "a").Source.Description);
    }

    [Fact]
    public void A_block_of_code_that_is_never_closed_is_named()
    {
        var path = Example.CopyTo(_folder, "todo.md");
        File.WriteAllText(path, File.ReadAllText(path).Replace("~~~\n```", "~~~", StringComparison.Ordinal));

        var source = Example.Read(path);

        Assert.Equal(5, source.Tasks.Count);
        Assert.Contains("never closed", Assert.Single(source.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_texttext_is_cut_between_characters()
    {
        var text = string.Concat(Enumerable.Repeat("x😀", 40_000));
        var plan = ImportPlan.Of(new ImportSource("beads", "x", [new ImportedTask("a", text) { Description = text, Notes = [text] }], []));

        var parts = plan.Tasks[0].Content.Select(s => (string?)s.Arguments["note"]).Append((string?)plan.Tasks[0].Plan.Arguments["title"])
            .Append((string?)plan.Tasks[0].Plan.Arguments["description"]).OfType<string>().ToList();

        Assert.All(parts, t => Assert.True(Rune.TryGetRuneAt(t, 0, out _) && t.EnumerateRunes().All(r => r != Rune.ReplacementChar)));
    }

    [Theory]
    [InlineData("tasks.json"), InlineData("issues.jsonl"), InlineData("backlog"), InlineData("todo.md"), InlineData("export.jsonl")]
    [InlineData("reference-2.sql"), InlineData("reference-1.sql")]
    public void Ten_thousand_tasks_are_planned(string name)
    {
        var path = Huge(name);
        var watch = Stopwatch.StartNew();

        var source = Example.Read(path);
        var read = watch.Elapsed;
        var plan = ImportPlan.Of(source);

        output.WriteLine($"{name}: read in {read.TotalMilliseconds:0} ms, planned in {(watch.Elapsed - read).TotalMilliseconds:0} ms");
        Assert.Equal((Many, 0), (plan.Tasks.Count, plan.Problems.Count));
        Assert.Equal(Many, plan.Tasks.Select(t => t.TaskId).Distinct().Count());
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private static void Says(ImportPlan plan, params string[] parts) =>
        Assert.All(parts, part => Assert.Contains(plan.Problems, p => p.Contains(part, StringComparison.Ordinal)));

    private static string Portrait(ImportSource source)
    {
        int Of(params TaskPhase[] phases) => source.Tasks.Count(t => phases.Contains(t.Phase));
        var away = Of(TaskPhase.Cancelled, TaskPhase.Archived);
        return $"{source.Tasks.Count}: {Of(TaskPhase.Pending)} {Of(TaskPhase.InProgress)} {Of(TaskPhase.Blocked)} {Of(TaskPhase.Completed)} {away}, "
            + $"{source.Tasks.Count(t => t.Parent is not null)} below others, {source.Tasks.Sum(t => t.Dependencies.Count)} dependencies";
    }

    private static void Cut(string path, double share)
    {
        using var file = new FileStream(path, FileMode.Open);
        file.SetLength((long)(file.Length * share));
    }

    private string Write(string name, string text)
    {
        var path = Path.Join(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    // Ten at the top, the others below those before them; every third waits for its neighbour.
    private string Huge(string name)
    {
        var numbers = Enumerable.Range(0, Many).ToList();
        switch (name)
        {
            case "tasks.json":
                return Write(name, new JsonObject
                {
                    ["master"] = new JsonObject
                    {
                        ["tasks"] = new JsonArray([.. numbers.Take(Many / 10).Select(i => (JsonNode)new JsonObject
                        {
                            ["id"] = i, ["title"] = $"Task {i}", ["description"] = "d", ["status"] = "done", ["dependencies"] = new JsonArray(),
                            ["subtasks"] = new JsonArray([.. Enumerable.Range(1, 9).Select(j => (JsonNode)new JsonObject
                            {
                                ["id"] = j, ["title"] = $"Part {j}", ["status"] = "done", ["dependencies"] = j > 1 ? new JsonArray(j - 1) : [],
                            })]),
                        })]),
                    },
                }.ToJsonString());
            case "issues.jsonl":
                return Write(name, string.Join('\n', numbers.Select(i => i < 10 ? $$"""{"id":"h-{{i}}","title":"I"}"""
                    : $$"""{"id":"h-{{i}}","title":"I","dependencies":[{"depends_on_id":"h-{{i / 10}}","type":"parent-child"},{"depends_on_id":"h-{{i - 1}}","type":"related"}]}""")));
            case "export.jsonl":
                return Write(name, string.Join('\n', numbers.Select(i =>
                    $$$"""{"schema":"orchestrator-task/1","store":"s","task":{"task_id":"t{{{i}}}","title":"T"{{{(i < 10 ? "" : $",\"parent_task_id\":\"t{i / 10}\"")}}}}}""")));
            case "todo.md":
                return Write(name, string.Join('\n', numbers.Select(i => $"{(i % 10 == 0 ? "" : "  ")}- [ ] Item {i}")));
            case "backlog":
                numbers.ForEach(i => Write($"backlog/tasks/task-{i}.md", $"---\nid: task-{i}\ntitle: T{i}\n{(i < 10 ? "" : $"parent_task_id: task-{i / 10}\n")}---\nText\n"));
                return Path.Join(_folder, "backlog");
            default:
                var path = Example.CopyTo(_folder, name);
                Example.Database(path, name == "reference-2.sql"
                    ? $"DELETE FROM task_dependencies; DELETE FROM task_artifacts; DELETE FROM tasks; WITH RECURSIVE n(i) AS (SELECT 0 UNION ALL SELECT i + 1 FROM n WHERE i < {Many - 1}) "
                        + "INSERT INTO tasks SELECT 'task_' || i, NULL, CASE WHEN i < 10 THEN NULL ELSE 'task_' || (i / 10) END, 'standard', 'pending', 'T', '', '{}', '', '', NULL FROM n;"
                    : $"DELETE FROM subtasks; WITH RECURSIVE n(i) AS (SELECT 1 UNION ALL SELECT i + 1 FROM n WHERE i < {Many - 1}) "
                        + "INSERT INTO subtasks (task_id, parent_task_id, title, description, specialist_type, status, created_at) SELECT 's' || i, 'task_5f60a1b2', 'T', '', 'x', 'pending', '' FROM n;");
                return path;
        }
    }
}
