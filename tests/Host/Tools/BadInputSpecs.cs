using System.Text;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>Every bad argument is named in a refusal with its code, and nothing changes.</summary>
public sealed class BadInputSpecs : IAsyncLifetime
{
    private ServedStore _served = null!;
    private FrameClient _client = null!;

    public async Task InitializeAsync()
    {
        _served = new ServedStore();
        _client = await _served.Connect();
    }

    public async Task DisposeAsync()
    {
        await _client.DisposeAsync();
        await _served.DisposeAsync();
    }

    public static TheoryData<string, object, string, string> Calls()
    {
        const string unknown = "task_0000000000000";
        var big = new string('x', 10 * 1024 * 1024);
        return new TheoryData<string, object, string, string>
        {
            // missing
            { "plan_task", new { title = "t" }, RefusalCode.ValidationFailed, "description" },
            { "plan_task", new { title = "  ", description = "d" }, RefusalCode.ValidationFailed, "title" },
            { "complete_task", new { task_id = unknown, summary = "s", detailed_work = "w" }, RefusalCode.ValidationFailed, "next_action" },
            { "get_artifact", new { }, RefusalCode.ValidationFailed, "artifact_id" },
            { "synthesize_results", new { }, RefusalCode.ValidationFailed, "parent_task_id" },
            { "update_task", new { task_id = unknown }, RefusalCode.ValidationFailed, "task_id" },

            // of the wrong type
            { "plan_task", new { title = 5, description = "d" }, RefusalCode.ValidationFailed, "title" },
            { "plan_task", new { title = "t", description = new[] { "d" } }, RefusalCode.ValidationFailed, "description" },
            { "plan_task", new { title = "t", description = "d", priority = "high" }, RefusalCode.ValidationFailed, "priority" },
            { "plan_task", new { title = "t", description = "d", priority = 1.5 }, RefusalCode.ValidationFailed, "priority" },
            { "plan_task", new { title = "t", description = "d", context = "c" }, RefusalCode.ValidationFailed, "context" },
            { "plan_task", new { title = "t", description = "d", tasks = new object[] { "a" } }, RefusalCode.ValidationFailed, "tasks" },
            { "query_tasks", new { ready = "yes" }, RefusalCode.ValidationFailed, "ready" },
            { "query_tasks", new { limit = 1e300 }, RefusalCode.ValidationFailed, "limit" },
            { "query_tasks", new { task_ids = new object[] { 1 } }, RefusalCode.ValidationFailed, "task_ids" },
            { "update_task", new { task_id = unknown, set = 3 }, RefusalCode.ValidationFailed, "set" },

            // out of range
            { "plan_task", new { title = "t", description = "d", priority = 5 }, RefusalCode.ValidationFailed, "priority" },
            { "plan_task", new { title = new string('t', TaskLimits.Title + 1), description = "d" }, RefusalCode.ValidationFailed, "title" },
            { "plan_task", new { title = "t", description = big }, RefusalCode.ValidationFailed, "description" },
            { "execute_task", new { lease_minutes = 0 }, RefusalCode.ValidationFailed, "lease_minutes" },
            { "execute_task", new { lease_minutes = 1441 }, RefusalCode.ValidationFailed, "lease_minutes" },
            { "update_task", new { task_id = unknown, progress = 101 }, RefusalCode.ValidationFailed, "progress" },
            { "query_tasks", new { limit = 201 }, RefusalCode.ValidationFailed, "limit" },
            { "plan_task", new { title = "t", description = "d", due_date = "tomorrow" }, RefusalCode.ValidationFailed, "due_date" },

            // unknown words
            { "plan_task", new { title = "t", description = "d", task_type = "epic" }, RefusalCode.ValidationFailed, "implementation" },
            { "plan_task", new { title = "t", description = "d", complexity = "hard" }, RefusalCode.ValidationFailed, "very_complex" },
            { "plan_task", new { title = "t", description = "d", specialist_type = "../coder" }, RefusalCode.ValidationFailed, "specialist_type" },
            { "query_tasks", new { status = new[] { "bogus" } }, RefusalCode.ValidationFailed, "in_progress" },
            { "query_tasks", new { detail = "huge" }, RefusalCode.ValidationFailed, "brief, full" },
            { "complete_task", new { task_id = unknown, summary = "s", detailed_work = "w", next_action = "done" }, RefusalCode.ValidationFailed, "needs_revision" },
            { "plan_task", new { title = "t", description = "d", titel = "x" }, RefusalCode.ValidationFailed, "titel" },
            { "update_task", new { task_id = unknown, set = new { colour = "red" } }, RefusalCode.ValidationFailed, "set.colour" },

            // characters that hide or reorder
            { "plan_task", new { title = "a\u0007b", description = "d" }, RefusalCode.ValidationFailed, "U+0007" },
            { "plan_task", new { title = "a\nb", description = "d" }, RefusalCode.ValidationFailed, "title" },
            { "plan_task", new { title = "t", description = "a\u001bb" }, RefusalCode.ValidationFailed, "U+001B" },
            { "plan_task", new { title = "abc\u202Edef", description = "d" }, RefusalCode.ValidationFailed, "U+202E" },
            { "plan_task", new { title = "t", description = "abc\u2066def" }, RefusalCode.ValidationFailed, "U+2066" },
            { "complete_task", new { task_id = unknown, summary = "s", detailed_work = "a\0b", next_action = "complete" }, RefusalCode.ValidationFailed, "detailed_work" },

            // what does not exist
            { "execute_task", new { task_id = "nonsense" }, RefusalCode.TaskNotFound, "nonsense" },
            { "execute_task", new { task_id = "../../etc/passwd" }, RefusalCode.TaskNotFound, "etc" },
            { "execute_task", new { task_id = unknown }, RefusalCode.TaskNotFound, unknown },
            { "update_task", new { task_id = unknown, note = "n" }, RefusalCode.TaskNotFound, unknown },
            { "complete_task", new { task_id = unknown, summary = "s", detailed_work = "w", next_action = "complete" }, RefusalCode.TaskNotFound, unknown },
            { "query_tasks", new { task_ids = new[] { unknown } }, RefusalCode.TaskNotFound, unknown },
            { "get_status", new { parent_task_id = unknown }, RefusalCode.TaskNotFound, unknown },
            { "synthesize_results", new { parent_task_id = unknown }, RefusalCode.TaskNotFound, unknown },
            { "plan_task", new { title = "t", description = "d", parent_task_id = unknown }, RefusalCode.TaskNotFound, unknown },
            { "plan_task", new { title = "t", description = "d", dependencies = new[] { unknown } }, RefusalCode.DependencyConflict, unknown },
            { "plan_task", new { title = "t", description = "d", session_id = "ses_0000000000000" }, RefusalCode.SessionNotFound, "ses_0000000000000" },
            { "initialize_session", new { session_id = "ses_0000000000000" }, RefusalCode.SessionNotFound, "ses_0000000000000" },
            { "initialize_session", new { session_id = "x" }, RefusalCode.SessionNotFound, "x" },
            { "get_artifact", new { artifact_id = "../../secret" }, RefusalCode.ArtifactNotFound, "secret" },
            { "execute_task", new { }, RefusalCode.NothingReady, "No task is ready" },

            // cursors
            { "query_tasks", new { cursor = "n1x" }, RefusalCode.ValidationFailed, "cursor" },
            { "get_status", new { since = "yesterday" }, RefusalCode.ValidationFailed, "since" },

            // plans that cannot be
            { "plan_task", new { title = "t", description = "d", tasks = new[] { Part("a", "b"), Part("b", "a") } }, RefusalCode.DependencyConflict, "waits for" },
            { "plan_task", new { title = "t", description = "d", tasks = new[] { Part("a", "a") } }, RefusalCode.DependencyConflict, "a waits for a" },
            { "plan_task", new { title = "t", description = "d", tasks = new[] { Part("a", "c") } }, RefusalCode.DependencyConflict, "'c'" },
            { "plan_task", new { title = "t", description = "d", tasks = new[] { Part("a"), Part("a") } }, RefusalCode.ValidationFailed, "twice" },
            { "plan_task", new { title = "t", description = "d", tasks = new[] { new { title = "x" } } }, RefusalCode.ValidationFailed, "tasks[0].ref" },
            { "plan_task", new { title = "t", description = "d", parent_task_id = unknown, tasks = new[] { Part("a") } }, RefusalCode.ValidationFailed, "tasks" },

            // paths
            { "complete_task", Complete(unknown, "../outside.txt"), RefusalCode.ValidationFailed, "../outside.txt" },
            { "complete_task", Complete(unknown, "/etc/passwd"), RefusalCode.ValidationFailed, "/etc/passwd" },
        };
    }

    [Theory]
    [MemberData(nameof(Calls))]
    public async Task Bad_input_is_refused_by_its_code_and_changes_nothing(string tool, object arguments, string code, string named)
    {
        var error = (await _client.Call(tool, arguments)).Error;

        Assert.NotNull(error);
        Assert.Equal(code, error.Value.Code);
        Assert.Contains(named, error.Value.Message, StringComparison.Ordinal);
        Assert.NotEmpty(error.Value.NextStep);
        Assert.True(error.Value.Message.Length < 1_000, "A message repeats no more than a part of a bad value.");
        Assert.Equal(0, (await _client.Call("get_status", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_symbolic_link_does_not_lead_out_of_the_workspace()
    {
        Directory.CreateSymbolicLink(Path.Combine(_served.Workspace, "link"), "/etc");
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];

        Assert.Equal(RefusalCode.ValidationFailed, (await _client.Call("complete_task", Complete(task, "link/passwd"))).Error!.Value.Code);
        Assert.Equal("completed", (await _client.Call("complete_task", Complete(task, "sub/new.txt")))["status"]);
    }

    [Fact]
    public async Task Half_a_surrogate_pair_is_refused_by_the_name_of_its_argument()
    {
        var message = Encoding.UTF8.GetBytes(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orchestrator_plan_task","arguments":{"title":"a\ud800b","description":"d"}}}""");

        var reply = await _client.Send(message, 1);

        Assert.Contains(RefusalCode.ValidationFailed, reply.ToJsonString(), StringComparison.Ordinal);
        Assert.Contains("title", reply.ToJsonString(), StringComparison.Ordinal);
    }

    [Fact]
    public async Task Invalid_utf8_is_answered_and_the_connection_lives_on()
    {
        var prefix = """{"jsonrpc":"2.0","id":77,"method":"tools/call","params":{"name":"orchestrator_plan_task","arguments":{"title":"a"""u8;
        byte[] message = [.. prefix, 0xC3, 0x28, .. "\",\"description\":\"d\"}}}"u8];

        var reply = await _client.Send(message, 1);

        Assert.Equal(77, reply["id"]!.GetValue<int>());
        Assert.Contains(RefusalCode.ValidationFailed, reply.ToJsonString(), StringComparison.Ordinal);
        Assert.Null((await _client.Call("get_status", new { })).Error);
    }

    private static object Part(string reference, params string[] dependsOn) => new { @ref = reference, title = reference, depends_on = dependsOn };

    private static object Complete(string task, string path) =>
        new { task_id = task, summary = "s", detailed_work = "w", next_action = "complete", file_paths = new[] { path } };
}
