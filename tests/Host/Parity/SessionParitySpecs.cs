using System.Text.Json.Nodes;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Parity;

/// <summary>Sessions and the tasks that are bound to them.</summary>
public sealed class SessionParitySpecs : ParitySpecs
{
    [Fact]
    [ParityRow(1, "initialize_session", "initialize_session")]
    public async Task Row_1_a_session_is_opened_for_a_directory_and_found_again_by_its_id()
    {
        var opened = await Client.Call("initialize_session", new { working_directory = Served.Workspace });

        Assert.Equal(Served.Workspace, opened["working_directory"]);
        var again = await Client.Call("initialize_session", new { session_id = opened["session_id"] });
        Assert.Equal(opened["session_id"], again["session_id"]);
        Assert.Equal([opened["session_id"]], await List(new { }));
    }

    [Fact]
    [ParityRow(12, "list, resume, status and cleanup of sessions, tasks bound to them", "list_sessions", "resume_session", "session_status", "cleanup_sessions")]
    public async Task Row_12_an_assistant_that_lost_its_context_goes_on_with_what_one_call_tells_it()
    {
        var session = await Open();
        var task = await Plan("build the parser", session: session);
        var next = await Plan("test the parser", session: session);
        var done = await Plan("design", session: session);
        await Complete(done);
        await Client.Call("record_decision", new { task_id = task, title = "Grammar", decision = "recursive descent", rationale = "small" });
        var claim = (await Client.Call("execute_task", new { task_id = task }))["claim"];
        await Client.Call("update_task", new { task_id = task, note = "half of it is done", progress = 50, claim });

        await using var later = await Served.Connect(front: new string('f', 32));
        var picture = (await later.Call("resume_session", new { session_id = session })).Value;

        var held = picture["open_claims"]![0]!;
        Assert.Equal((task, claim), ((string?)held["task_id"], (string?)held["claim"]));
        Assert.Equal("build the parser, in full", (string?)held["description"]);
        Assert.Equal("half of it is done", (string?)held["last_notes"]![0]!["text"]);
        Assert.Equal("recursive descent", (string?)picture["decisions"]![0]!["decision"]);
        Assert.Equal($"summary of {done}", (string?)picture["recent_results"]![0]!["summary"]);
        Assert.Equal(next, (string?)picture["ready_tasks"]![0]!["task_id"]);
        Assert.Equal(3, picture["changed_since"]!["total"]!.GetValue<int>());
        Assert.Equal(1, picture["by_status"]!["completed"]!.GetValue<int>());
        Assert.Contains(claim, (string?)picture["next_steps"]![0], StringComparison.Ordinal);

        // Enough to go on with nothing else.
        Assert.Equal("completed", (await later.Call("complete_task", new
        {
            task_id = (string)held["task_id"]!,
            claim = (string)held["claim"]!,
            summary = "s",
            detailed_work = "w",
            next_action = "complete",
        }))["status"]);
        Assert.Equal(1, (await later.Call("resume_session", new { session_id = session })).Value["changed_since"]!["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task A_repeated_resumption_tells_the_same_news_again()
    {
        var session = await Open();
        await Plan(session: session);

        var first = await Client.Call("resume_session", new { session_id = session });
        var again = await Client.Call("resume_session", new { session_id = session }, first.Sequence);

        Assert.Equal(1, first.Value["changed_since"]!["total"]!.GetValue<int>());
        Assert.Equal(first.Value.ToJsonString(), again.Value.ToJsonString());
    }

    [Fact]
    public async Task A_picture_stays_small_however_much_there_is()
    {
        var session = await Open();
        for (var i = 0; i < 30; i++)
        {
            var task = (await Client.Call("plan_task", new { title = $"t{i}", description = new string('d', 20_000), session_id = session }))["task_id"];
            await Client.Call("record_decision", new { task_id = task, title = "t", decision = new string('o', 9_000), rationale = new string('r', 9_000) });
            var claim = (await Client.Call("execute_task", new { task_id = task }))["claim"];
            await Client.Call("update_task", new { task_id = task, note = new string('n', 9_000), claim });
        }

        var picture = (await Client.Call("resume_session", new { session_id = session })).Value;

        Assert.True(picture.ToJsonString().Length < 60_000, $"{picture.ToJsonString().Length}");
        Assert.Equal(10, picture["open_claims"]!.AsArray().Count);
        Assert.Equal(30, picture["decisions_in_all"]!.GetValue<int>());
    }

    [Fact]
    public async Task Sessions_are_listed_last_used_first_in_pages_and_finished_ones_only_when_asked_for()
    {
        var sessions = new List<string>();
        for (var i = 0; i < 5; i++)
        {
            sessions.Add(await Open());
        }

        await Complete(await Plan(session: sessions[1]));
        await Client.Call("resume_session", new { session_id = sessions[0] });

        Assert.Equal([sessions[0], sessions[4], sessions[3], sessions[2]], await List(new { limit = 50 }));
        Assert.Equal(5, (await List(new { limit = 50, include_completed = true })).Count);
        var page = (await Client.Call("list_sessions", new { limit = 3 })).Value;
        Assert.Equal([sessions[2]], await List(new { limit = 3, cursor = (string)page["cursor"]! }));
    }

    [Fact]
    public async Task The_status_of_a_session_says_what_is_wrong_with_it()
    {
        var folder = Directory.CreateDirectory(Path.Combine(Served.Folder, "elsewhere")).FullName;
        var session = (await Client.Call("initialize_session", new { working_directory = folder }))["session_id"];
        var task = await Plan(session: session);
        Assert.Equal("healthy", (await Session(session))["health"]!.GetValue<string>());

        Served.Clock.Advance(TimeSpan.FromHours(2));
        Assert.Equal("inactive", (await Session(session))["health"]!.GetValue<string>());
        await Client.Call("update_task", new { task_id = task, status = "blocked", note = "no access" });
        Directory.Delete(folder);
        var degraded = await Session(session);
        Assert.Equal("degraded", degraded["health"]!.GetValue<string>());
        Assert.Equal(2, degraded["reasons"]!.AsArray().Count);
        Assert.Equal(RefusalCode.SessionNotFound, (await Client.Call("session_status", new { session_id = "ses_0000000000000" })).Error!.Value.Code);
    }

    [Fact]
    public async Task A_cleanup_shows_first_and_closes_once_and_no_session_with_a_claim()
    {
        var finished = await Open();
        await Complete(await Plan(session: finished));
        var empty = await Open();
        var held = await Open();
        var task = await Plan(session: held);
        Served.Clock.Advance(TimeSpan.FromDays(8));
        await Client.Call("execute_task", new { task_id = task });
        var fresh = await Open();

        Assert.Equal([finished], await Cleanup(new { }));
        Assert.Equal([empty], await Cleanup(new { cleanup_type = "orphaned" }));
        Assert.Equal(new[] { empty, finished }.Order(StringComparer.Ordinal), await Cleanup(new { cleanup_type = "old" }));
        Assert.Contains(finished, await List(new { include_completed = true }));

        var done = await Client.Call("cleanup_sessions", new { cleanup_type = "all", dry_run = false });
        Assert.Equal(2, done.Value["count"]!.GetValue<int>());
        var again = await Client.Call("cleanup_sessions", new { cleanup_type = "all", dry_run = false }, done.Sequence);
        Assert.Equal(done.Value.ToJsonString(), again.Value.ToJsonString());
        Assert.Equal(new[] { fresh, held }.Order(), (await List(new { })).Order());
        Assert.Equal("closed", (string?)(await Session(finished))["session"]!["status"]);

        await Client.Call("resume_session", new { session_id = empty });
        Assert.Contains(empty, await List(new { }));
    }

    private async Task<string> Open() => (await Client.Call("initialize_session", new { }))["session_id"];

    private async Task<JsonObject> Session(string session) => (await Client.Call("session_status", new { session_id = session })).Value;

    private async Task<List<string>> List(object arguments) => [.. (await Client.Call("list_sessions", arguments)).Value["sessions"]!.AsArray()
        .Select(s => (string)s!["session_id"]!)];

    private async Task<List<string>> Cleanup(object arguments) => [.. (await Client.Call("cleanup_sessions", arguments)).Value["sessions"]!.AsArray()
        .Select(s => (string)s!["session_id"]!)];
}
