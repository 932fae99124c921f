using System.Text.Json.Nodes;
using Orchestrator.Host.Tests.Parity;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools.Artifacts;

/// <summary>Work products that come in pieces, through a client's session.</summary>
public sealed class PartialSpecs : IAsyncLifetime
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

    [Fact]
    [ParityRow(41, "streaming and partial artifacts", "complete_subtask_enhanced", "continue_partial_artifact", "resume_partial_artifact", "list_partial_artifacts")]
    public async Task Row_41_a_work_product_comes_in_pieces_and_its_last_one_completes_the_task()
    {
        var (task, claim) = await Claimed();
        var id = (await Begin(task, "one\n", claim))["artifact_id"];
        var second = await Continue(task, id, "two ü\n");
        Assert.Equal(11, second.Value["offset"]!.GetValue<int>());
        var resumed = (await _client.Call("resume_partial_artifact", new { task_id = task, artifact_id = id })).Value;
        Assert.Equal(("one\ntwo ü\n", second["sha256"]), (resumed["tail"]!.GetValue<string>(), resumed["sha256"]!.GetValue<string>()));

        var last = await Continue(task, id, "three\n", final: true);

        Assert.Equal(("completed", id), (last["status"], last["artifact_id"]));
        Assert.Equal("one\ntwo ü\nthree\n", (await _client.Call("get_artifact", new { artifact_id = id })).Value["text"]!.GetValue<string>());
        Assert.Equal(0, (await _client.Call("list_partial_artifacts", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    public async Task Row_41_a_repeated_piece_is_added_once_and_a_repeated_last_one_gets_the_same_answer()
    {
        var (task, claim) = await Claimed();
        var begun = await Begin(task, "a", claim);
        var id = begun["artifact_id"];
        Assert.Equal(id, (await Begin(task, "a", claim, begun.Sequence))["artifact_id"]);
        var piece = await Continue(task, id, "b");
        Assert.Equal(piece.Value.ToJsonString(), (await Continue(task, id, "b", sequence: piece.Sequence)).Value.ToJsonString());

        var last = await Continue(task, id, "c", final: true);
        Assert.Equal(last.Value.ToJsonString(), (await Continue(task, id, "c", final: true, sequence: last.Sequence)).Value.ToJsonString());
        Assert.Equal(RefusalCode.InvalidTaskState, (await Continue(task, id, "d", final: true)).Error!.Value.Code);

        Assert.Equal("abc", (await _client.Call("get_artifact", new { artifact_id = id })).Value["text"]!.GetValue<string>());
        var full = (await _client.Call("query_tasks", new { task_ids = new[] { task }, detail = "full" })).Value["tasks"]![0]!;
        Assert.Single(full["artifacts"]!.AsArray());
    }

    [Fact]
    public async Task Row_41_the_process_dies_between_storing_and_completing_and_the_same_call_goes_on()
    {
        var (task, claim) = await Claimed();
        var id = (await Begin(task, "a", claim))["artifact_id"];
        var file = Path.Combine(_served.Location.Path, "artifacts", "partial", $"{id}.part");
        var done = Path.ChangeExtension(file, ".done");
        var before = await File.ReadAllBytesAsync(file);
        var last = await Continue(task, id, "b", final: true);
        Assert.True(File.Exists(done));

        // As it was when the task was completed and the note not yet written, with and without the last piece.
        var whole = await _client.Call("get_artifact", new { artifact_id = id });
        foreach (var found in new[] { before })
        {
            File.Delete(done);
            await File.WriteAllBytesAsync(file, found);
            await using var later = await _served.Connect();
            var again = await later.Call(
                "continue_partial_artifact", new { task_id = task, artifact_id = id, additional_content = "b", is_final = true }, last.Sequence);
            Assert.Equal(RefusalCode.InvalidTaskState, again.Error!.Value.Code);   // a piece was acknowledged that is not there: no guess
        }

        Assert.Equal("ab", whole.Value["text"]!.GetValue<string>());
    }

    [Fact]
    public async Task Row_41_a_piece_without_the_claim_or_for_the_wrong_place_is_refused()
    {
        var (task, claim) = await Claimed();
        Assert.Equal(RefusalCode.ClaimRequired, (await Begin(task, "a", null)).Error!.Value.Code);
        Assert.Equal(RefusalCode.ClaimLost, (await Begin(task, "a", "clm_wrong")).Error!.Value.Code);
        var id = (await Begin(task, "a", claim))["artifact_id"];

        Assert.Equal(RefusalCode.VersionConflict, (await _client.Call(
            "continue_partial_artifact", new { task_id = task, artifact_id = id, additional_content = "c", offset = 5 })).Error!.Value.Code);
        Assert.Equal(RefusalCode.ArtifactNotFound, (await Continue("task_0123456789abc", id, "b")).Error!.Value.Code);
        Assert.Equal(RefusalCode.ValidationFailed, (await Continue(task, "../x", "b")).Error!.Value.Code);
    }

    [Fact]
    public async Task Row_41_what_is_left_unfinished_is_listed_and_cleaned_up_when_it_is_old()
    {
        var (task, claim) = await Claimed();
        var id = (await Begin(task, "a", claim))["artifact_id"];
        Assert.Equal(id, (await _client.Call("list_partial_artifacts", new { })).Value["partials"]![0]!["artifact_id"]!.GetValue<string>());
        Assert.Equal(0, (await _client.Call("cleanup_partial_artifacts", new { })).Value["count"]!.GetValue<int>());

        _served.Clock.Advance(TimeSpan.FromHours(25));

        Assert.Equal(1, (await _client.Call("cleanup_partial_artifacts", new { dry_run = true })).Value["count"]!.GetValue<int>());
        Assert.Equal(1, (await _client.Call("list_partial_artifacts", new { })).Value["total"]!.GetValue<int>());
        Assert.Equal(1, (await _client.Call("cleanup_partial_artifacts", new { })).Value["count"]!.GetValue<int>());
        Assert.Equal(0, (await _client.Call("list_partial_artifacts", new { })).Value["total"]!.GetValue<int>());
    }

    [Fact]
    [ParityRow(40, "artifacts: store, index, retrieval, mirror, versions", "complete_subtask_enhanced", "query_tasks", "get_artifact")]
    public async Task Row_40_a_task_keeps_every_version_of_its_work()
    {
        var task = (await _client.Call("plan_task", new { title = "t", description = "d" }))["task_id"];
        foreach (var (work, next) in new[] { ("one", "needs_revision"), ("two", "complete") })
        {
            await _client.Call(
                "complete_subtask_enhanced", new { task_id = task, summary = work, detailed_work = work, next_action = next, file_paths = new[] { "src/a.cs" } });
        }

        var mirrored = await File.ReadAllTextAsync(Path.Combine(_served.Location.Path, "artifacts", "mirrored", "src", "a.cs.md"));
        Assert.Contains("version: 2", mirrored, StringComparison.Ordinal);
        Assert.EndsWith("two\n", mirrored, StringComparison.Ordinal);

        var full = (await _client.Call("query_tasks", new { task_ids = new[] { task }, detail = "full" })).Value["tasks"]![0]!["artifacts"]!.AsArray();
        Assert.Equal([1, 2], full.Select(a => a!["version"]!.GetValue<int>()));
        foreach (var artifact in full)
        {
            Assert.Equal(Text(artifact!, "summary"), (await _client.Call("get_artifact", new { artifact_id = Text(artifact!, "artifact_id") })).Value["text"]!.GetValue<string>());
        }
    }

    private async Task<(string Task, string Claim)> Claimed()
    {
        await _client.Call("plan_task", new { title = "t", description = "d" });
        var order = await _client.Call("execute_task", new { });
        return (order["task_id"], order["claim"]);
    }

    private Task<ToolResult> Begin(string task, string work, string? claim, long? sequence = null) => _client.Call(
        "complete_subtask_enhanced",
        new { task_id = task, summary = "s", detailed_work = work, next_action = "complete", is_final = false, claim }, sequence);

    private Task<ToolResult> Continue(string task, string id, string content, bool final = false, long? sequence = null) => _client.Call(
        "continue_partial_artifact", new { task_id = task, artifact_id = id, additional_content = content, is_final = final }, sequence);

    private static string Text(JsonNode node, string member) => node[member]!.GetValue<string>();
}
