using Microsoft.Data.Sqlite;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

/// <summary>A large context is kept beside the journal, not in it.</summary>
public sealed class StoredContextSpecs
{
    [Fact]
    public async Task Row_41_a_large_context_is_stored_as_a_file_and_the_journal_holds_a_reference()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect();
        var large = string.Concat(Enumerable.Range(0, 200_000).Select(i => (char)('a' + (i % 26))));
        var before = Journal(served);

        var task = (await client.Call("plan_task", new { title = "t", description = "d", context = new { state = large } }))["task_id"];
        await client.Call("update_task", new { task_id = task, set = new { context = new { state = large, more = 1 } } });

        Assert.True(Journal(served) - before < 10_000);
        var full = (await client.Call("query_tasks", new { task_ids = new[] { task }, detail = "full" })).Value["tasks"]![0]!["context"]!["stored_context"]!;
        var id = full["artifact_id"]!.GetValue<string>();
        var read = (await client.Call("get_artifact", new { artifact_id = id })).Value;
        Assert.StartsWith("{\"state\":\"abc", read["text"]!.GetValue<string>(), StringComparison.Ordinal);
        Assert.Equal(full["size"]!.GetValue<long>(), new FileInfo(read["file"]!.GetValue<string>()).Length);
        Assert.Equal(RefusalCode.ArtifactNotFound, (await client.Call("get_artifact", new { artifact_id = $"sha256:{new string('0', 64)}" })).Error!.Value.Code);
        Assert.Equal(RefusalCode.ArtifactNotFound, (await client.Call("get_artifact", new { artifact_id = "sha256:../../x" })).Error!.Value.Code);
    }

    private static long Journal(ServedStore served)
    {
        var path = Path.Combine(served.Location.Path, "orchestrator.db");
        if (!File.Exists(path))
        {
            return 0;
        }

        using var connection = new SqliteConnection($"Data Source={path};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT coalesce(sum(length(message)), 0) FROM journal";
        return (long)command.ExecuteScalar()!;
    }
}
