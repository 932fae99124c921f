using System.Security.Cryptography;
using System.Text;
using Microsoft.Data.Sqlite;
using Orchestrator.EndToEnd.Harness;
using Xunit.Abstractions;

namespace Orchestrator.EndToEnd;

/// <summary>A state of 100 MB, in one call or in pieces: it lies beside the journal, which stays small, and a restart does not read it.</summary>
public sealed class LargeStateSpecs(ITestOutputHelper output)
{
    private const int Piece = 1024 * 1024;
    private const int Megabytes = 100;
    private const int InOneCall = 50 * Piece;   // much more than that does not fit into a line; what is larger comes in pieces
    private const int LargestJournal = 200_000;

    [SkippableFact]
    public async Task A_large_state_neither_bloats_the_journal_nor_slows_a_restart()
    {
        await using var workspace = new Workspace(Form.Published);
        var client = await workspace.Connect();
        var small = await client.Plan("small");
        var (_, before) = await Restart(workspace, client);

        var task = (await client.Call("plan_task", new { title = "large", description = "d", context = new { state = Text(InOneCall) } })).Done.Text("task_id");
        var begun = (await client.Call("complete_subtask_enhanced", new
        {
            task_id = task,
            summary = "the state",
            detailed_work = Text(Piece),
            next_action = "continue",
            is_final = false,
        })).Done.Text("artifact_id");
        for (var i = 2; i <= Megabytes; i++)
        {
            var piece = new { task_id = task, artifact_id = begun, additional_content = Text(Piece), is_final = i == Megabytes };
            var sent = client.Call("continue_partial_artifact", piece);
            if (i == Megabytes / 2)
            {
                await workspace.KillBackend();
            }

            Assert.Null((await sent).Refusal);
        }

        var (status, after) = await Restart(workspace, client);
        Assert.Equal(2, status);
        Assert.InRange(Journal(workspace), 1, LargestJournal);
        Assert.InRange(new FileInfo(workspace.Database).Length, 1, 5 * Piece);
        var full = await client.Task(task);
        Assert.True(full.GetRawText().Length < 5_000, "The state is not in the task.");
        var context = full.GetProperty("context").GetProperty("stored_context");
        Assert.Equal(InOneCall + """{"state":""}""".Length, context.Number("size"));
        await AssertStored(client, context.Text("artifact_id"), $$"""{"state":"{{Text(InOneCall)}}"}""");
        await AssertStored(client, begun, string.Concat(Enumerable.Repeat(Text(Piece), Megabytes)));
        Assert.Equal("pending", (await client.Task(small)).Text("status"));
        Assert.Empty(client.Violations);
        output.WriteLine(
            $"{Megabytes} MB: journal {Journal(workspace)} bytes, database {new FileInfo(workspace.Database).Length} bytes; first answer after a kill "
            + $"{before.TotalMilliseconds:0} ms without, {after.TotalMilliseconds:0} ms with the state");
    }

    private static async Task<(long Tasks, TimeSpan Took)> Restart(Workspace workspace, RawClient client)
    {
        await workspace.KillBackend();
        var answer = await client.Call("get_status", new { });
        return (answer.Done.Number("total"), answer.Took);
    }

    private static async Task AssertStored(RawClient client, string artifact, string content)
    {
        var read = (await client.Call("get_artifact", new { artifact_id = artifact })).Done;
        Assert.True(read.Text("text").Length <= 50_000, "A page, not the whole.");
        using var file = File.OpenRead(read.Text("file"));
        Assert.Equal(Convert.ToHexString(SHA256.HashData(Encoding.UTF8.GetBytes(content))), Convert.ToHexString(await SHA256.HashDataAsync(file)));
    }

    private static long Journal(Workspace workspace)
    {
        using var connection = new SqliteConnection($"Data Source={workspace.Database};Pooling=False;Mode=ReadOnly");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = "SELECT sum(length(message)) FROM journal";
        return (long)command.ExecuteScalar()!;
    }

    private static string Text(int length) => string.Create(length, 0, static (text, _) =>
    {
        for (var i = 0; i < text.Length; i++)
        {
            text[i] = i % 80 == 79 ? ' ' : (char)('a' + (i % 26));
        }
    });
}
