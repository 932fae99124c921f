using Microsoft.Data.Sqlite;
using Orchestrator.Host.Commands;
using Orchestrator.Host.Import;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tests.Import;

/// <summary>What each reader understands, and what it says about what it does not.</summary>
public sealed class ReaderSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-import-").FullName;

    [Fact]
    public void Task_master_with_tags_subtasks_and_dependencies()
    {
        var source = Read("tasks.json", """
            {"master":{"tasks":[
              {"id":1,"title":"Schema","description":"Tables","details":"Use SQL","testStrategy":"Run it","status":"done","priority":"high","dependencies":[]},
              {"id":2,"title":"Api","description":"","status":"in-progress","dependencies":[1],"subtasks":[
                {"id":1,"title":"Get","status":"pending","dependencies":[]},{"id":2,"title":"Put","status":"deferred","dependencies":[1]}]},
              {"title":"lost"}],"metadata":{"created":"2025"}},
             "feature":{"tasks":[{"id":1,"title":"Other","status":"cancelled","assignee":"me"}]}}
            """);

        Assert.Equal(["1", "2", "2.1", "2.2", "feature:1"], source.Tasks.Select(t => t.Id));
        Assert.Equal((TaskPhase.Completed, 1), (source.Tasks[0].Phase, source.Tasks[0].Priority));
        Assert.Equal("Tables\n\n## Details\nUse SQL\n\n## Test strategy\nRun it", source.Tasks[0].Description);
        Assert.Equal([("1", DependencyKind.Completion)], source.Tasks[1].Dependencies);
        Assert.Equal(("2", "2.1"), (source.Tasks[3].Parent, source.Tasks[3].Dependencies.Single().On));
        Assert.Equal("me", (string?)source.Tasks[4].Origin["assignee"]);
        Assert.Single(source.Problems);
    }

    [Fact]
    public void Beads_with_epics_blockers_comments_and_damage()
    {
        var source = Read("issues.jsonl", """
            {"id":"bd-1","title":"Epic","description":"All","status":"open","priority":0,"issue_type":"epic","labels":["x"]}
            {"id":"bd-2","title":"Part","design":"So","acceptance_criteria":"Then","notes":"n","status":"closed","close_reason":"done","priority":3,"dependencies":[{"issue_id":"bd-2","depends_on_id":"bd-1","type":"parent-child"}],"comments":[{"author":"a","text":"hi","created_at":"2025-01-01"}]}
            {"id":"bd-3","title":"Later","status":"blocked","priority":2,"dependencies":[{"issue_id":"bd-3","depends_on_id":"bd-2","type":"blocks"},{"issue_id":"bd-3","depends_on_id":"bd-1","type":"related"}]}
            {"id":"bd-4","title":"Gone","status":"tombstone"}
            {"id":"bd-5", half a li
            """);

        Assert.Equal(["bd-1", "bd-2", "bd-3"], source.Tasks.Select(t => t.Id));
        Assert.Equal((TaskKind.Breakdown, 0), (source.Tasks[0].Kind, source.Tasks[0].Priority));
        Assert.Equal(("bd-1", TaskPhase.Completed, "done"), (source.Tasks[1].Parent, source.Tasks[1].Phase, source.Tasks[1].Reason));
        Assert.Equal(["n", "a, 2025-01-01: hi"], source.Tasks[1].Notes);
        Assert.Equal([("bd-2", DependencyKind.Completion), ("bd-1", DependencyKind.Related)], source.Tasks[2].Dependencies);
        Assert.Equal(2, source.Problems.Count);
    }

    [Fact]
    public void Backlog_md_with_its_folders()
    {
        Write("backlog/tasks/task-1 - First.md",
            "---\nid: task-1\ntitle: First\nstatus: In Progress\nassignee: ['@a']\nlabels: []\ndependencies: []\npriority: high\n---\n\n## Description\n\nDo it.\n");
        Write("backlog/tasks/task-2 - Second.md",
            "---\nid: TASK-2\ntitle: 'Second: more'\nstatus: To Do\ndependencies:\n  - task-1\nparent_task_id: task-1\n---\nBody\n");
        Write("backlog/completed/task-3 - Third.md", "---\nid: task-3\ntitle: Third\nstatus: Done\n---\n");
        Write("backlog/tasks/broken.md", "no head\n");

        var source = ImportReaders.Read(_folder, null);

        Assert.Equal(["task-1", "TASK-2", "task-3"], source.Tasks.Select(t => t.Id));
        Assert.Equal((TaskPhase.InProgress, 1, "## Description\n\nDo it."),
            (source.Tasks[0].Phase, source.Tasks[0].Priority, source.Tasks[0].Description));
        Assert.Equal(("task-1", "Second: more", "task-1"), (source.Tasks[1].Parent, source.Tasks[1].Title, source.Tasks[1].Dependencies.Single().On));
        Assert.Equal(TaskPhase.Completed, source.Tasks[2].Phase);
        Assert.Contains("broken.md", Assert.Single(source.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void A_check_list_with_levels_and_text()
    {
        var source = Read("todo.md", """
            # Release
            Text that is no item.
            - [ ] Build
              - [x] Compile
                with warnings
              - [ ] Test
            1. [X] Numbered
            ```
            - [ ] not an item
            ```
            ## After
            - [ ] Build
            - [ ] Build
            """);

        Assert.Equal(["Build", "Compile", "Test", "Numbered", "Build", "Build"], source.Tasks.Select(t => t.Title));
        Assert.Equal((source.Tasks[0].Id, TaskPhase.Completed, "with warnings"),
            (source.Tasks[1].Parent, source.Tasks[1].Phase, source.Tasks[1].Description));
        Assert.Equal(6, source.Tasks.Select(t => t.Id).Distinct().Count());
    }

    [Fact]
    public void The_database_of_the_reference_version_2_with_metadata_encoded_twice()
    {
        var path = Database("""
            CREATE TABLE tasks (id TEXT PRIMARY KEY, session_id TEXT, parent_task_id TEXT, type TEXT, status TEXT, title TEXT, description TEXT, metadata TEXT, created_at TEXT, updated_at TEXT, completed_at TEXT);
            CREATE TABLE task_artifacts (id TEXT, task_id TEXT, type TEXT, name TEXT, content TEXT, metadata TEXT, created_at TEXT);
            CREATE TABLE task_dependencies (task_id TEXT, dependency_id TEXT, created_at TEXT);
            INSERT INTO tasks VALUES ('task_1', NULL, NULL, 'breakdown', 'active', 'One', 'first', '"{\"complexity\":\"complex\",\"specialist_type\":\"coder\",\"context\":{\"a\":1}}"', '2025-01-01', NULL, NULL);
            INSERT INTO tasks VALUES ('task_2', NULL, 'task_1', 'testing', 'completed', 'Two', 'second', '{"dependencies":["task_3"]}', '2025-01-02', NULL, NULL);
            INSERT INTO tasks VALUES ('task_3', NULL, 'task_1', 'odd', 'pending', 'Three', NULL, 'not json', '2025-01-03', NULL, NULL);
            INSERT INTO task_artifacts VALUES ('a1', 'task_2', 'code', 'main.py', 'print(1)', NULL, '2025');
            INSERT INTO task_dependencies VALUES ('task_3', 'task_2', '2025');
            """);

        var source = ImportReaders.Read(path, null);

        Assert.Equal((TaskKind.Breakdown, TaskPhase.InProgress, TaskComplexity.Complex, "coder"),
            (source.Tasks[0].Kind, source.Tasks[0].Phase, source.Tasks[0].Complexity, source.Tasks[0].Specialist));
        Assert.Equal(1, (int?)source.Tasks[0].Context!["a"]);
        Assert.Equal(("task_1", "task_3", "print(1)"),
            (source.Tasks[1].Parent, source.Tasks[1].Dependencies.Single().On, source.Tasks[1].Artifacts.Single().Text));
        Assert.Equal("task_2", source.Tasks[2].Dependencies.Single().On);
        Assert.Contains("task_3", Assert.Single(source.Problems), StringComparison.Ordinal);
    }

    [Fact]
    public void The_database_of_the_reference_version_1()
    {
        var path = Database("""
            CREATE TABLE task_breakdowns (parent_task_id TEXT PRIMARY KEY, description TEXT, complexity TEXT, context TEXT, created_at TEXT);
            CREATE TABLE subtasks (task_id TEXT PRIMARY KEY, parent_task_id TEXT, title TEXT, description TEXT, specialist_type TEXT, dependencies TEXT, estimated_effort TEXT, status TEXT, results TEXT, artifacts TEXT, created_at TEXT, completed_at TEXT);
            INSERT INTO task_breakdowns VALUES ('b1', 'Whole' || char(10) || 'thing', 'complex', 'ctx', '2024');
            INSERT INTO subtasks VALUES ('s1', 'b1', 'Sub', 'do', 'tester', '[]', '2h', 'completed', 'the result', '["x.txt"]', '2024', '2024');
            INSERT INTO subtasks VALUES ('s2', 'b1', 'Sub 2', 'do', 'tester', '["s1"]', NULL, 'pending', NULL, NULL, '2024', NULL);
            """);

        var source = ImportReaders.Read(path, null);

        Assert.Equal(("Whole", TaskKind.Breakdown), (source.Tasks[0].Title, source.Tasks[0].Kind));
        Assert.Equal(("b1", "2h", "the result", "artifact: x.txt"),
            (source.Tasks[1].Parent, source.Tasks[1].Effort, source.Tasks[1].Artifacts.Single().Text, source.Tasks[1].Notes.Single()));
        Assert.Equal("s1", source.Tasks[2].Dependencies.Single().On);
    }

    [Theory]
    [InlineData("tasks.json", "{ half")]
    [InlineData("todo.md", "no list here")]
    [InlineData("x.db", "not a database, however long this text may be")]
    [InlineData("x.csv", "a,b")]
    public void What_cannot_be_read_is_an_error_with_a_remedy(string name, string text)
    {
        var e = Assert.Throws<CommandFailedException>(() => Read(name, text));

        Assert.Equal(CommandErrorCode.ImportUnreadable, e.Code);
        Assert.NotEmpty(e.NextStep);
    }

    [Fact]
    public void The_same_source_gives_the_same_ids_and_another_one_others()
    {
        ImportPlan Plan(string identity) =>
            ImportPlan.Of(new ImportSource("beads", identity, [new ImportedTask("a", "A"), new ImportedTask("b", "B")], []));

        Assert.Equal(Plan("x").Tasks.Select(t => t.TaskId), Plan("x").Tasks.Select(t => t.TaskId));
        Assert.Empty(Plan("x").Tasks.Select(t => t.TaskId).Intersect(Plan("y").Tasks.Select(t => t.TaskId)));
    }

    [Fact]
    public void A_plan_names_what_it_leaves_out()
    {
        var plan = ImportPlan.Of(new ImportSource("beads", "x",
        [
            new ImportedTask("a", new string('t', 400) + "\u202E") { Parent = "nowhere",
                Dependencies = [("b", DependencyKind.Completion), ("a", DependencyKind.Completion)] },
            new ImportedTask("c", "C") { Parent = "d", Due = "soon" },
            new ImportedTask("d", "D") { Parent = "c" },
            new ImportedTask("c", "again"),
        ], []));

        Assert.Equal(3, plan.Tasks.Count);
        Assert.Contains(plan.Problems, p => p.Contains("parent nowhere", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, p => p.Contains("depends on b", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, p => p.Contains("dependency on a", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, p => p.Contains("twice", StringComparison.Ordinal));
        Assert.Contains(plan.Problems, p => p.Contains("no date", StringComparison.Ordinal));
        var title = (string)plan.Tasks.Single(t => t.Source.Id == "a").Plan.Arguments["title"]!;
        Assert.Equal(255, title.Length);
    }

    [Theory]
    [InlineData(TaskPhase.Pending, "plan")]
    [InlineData(TaskPhase.Blocked, "plan")]
    [InlineData(TaskPhase.Completed, "last")]
    [InlineData(TaskPhase.Failed, "last")]
    [InlineData(TaskPhase.Archived, "archive")]
    public void A_task_that_is_over_gets_its_due_date_when_it_is_so_that_it_is_never_overdue(TaskPhase phase, string step)
    {
        const string Due = "2020-01-01";
        var task = Assert.Single(ImportPlan.Of(new ImportSource(
            "beads", "x", [new ImportedTask("a", "A") { Phase = phase, Reason = "r", Due = Due, Artifacts = [new ImportedArtifact("s", "t")] }], [])).Tasks);

        var steps = new Dictionary<string, string?>
        {
            ["plan"] = (string?)task.Plan.Arguments["due_date"],
            ["last"] = (string?)task.Content[^1].Arguments["set"]?["due_date"],
            ["archive"] = (string?)task.Archive?.Arguments["set"]?["due_date"],
        };
        Assert.Equal([step], steps.Where(s => s.Value == Due).Select(s => s.Key));
        Assert.Equal(task.Content.Select(c => c.Sequence).Order(), task.Content.Select(c => c.Sequence));
        Assert.Equal(phase == TaskPhase.Archived ? "archived" : null, (string?)task.Archive?.Arguments["status"]);
    }

    [Fact]
    public void Ten_thousand_tasks_are_planned()
    {
        var lines = Enumerable.Range(0, 10_000)
            .Select(i => $$"""{"id":"bd-{{i}}","title":"T{{i}}","status":"open","dependencies":[{"depends_on_id":"bd-{{Math.Max(i - 1,
            0)}}","type":"blocks"}]}""");

        var plan = ImportPlan.Of(Read("issues.jsonl", string.Join('\n', lines)));

        Assert.Equal((10_000, 0), (plan.Tasks.Count, plan.Problems.Count));
    }

    public void Dispose() => Directory.Delete(_folder, recursive: true);

    private ImportSource Read(string name, string text) => ImportReaders.Read(Write(name, text), null);

    private string Write(string name, string text)
    {
        var path = Path.Combine(_folder, name);
        Directory.CreateDirectory(Path.GetDirectoryName(path)!);
        File.WriteAllText(path, text);
        return path;
    }

    private string Database(string sql)
    {
        var path = Path.Combine(_folder, "tasks.sqlite");
        using var connection = new SqliteConnection($"Data Source={path};Pooling=False");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
        return path;
    }
}
