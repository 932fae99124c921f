using System.Text;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd;

/// <summary>Whatever bytes a client sends, each request gets an answer and the connection lives on.</summary>
public class WireSpecs
{
    private const string Plan = """{"jsonrpc":"2.0","id":ID,"method":"tools/call","params":{"name":"orchestrator_plan_task","arguments":ARGS}}""";

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Bad_input_is_answered_and_the_connection_lives_on(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        await IsRefused(client, "901", "{\"title\":\"bad \xC3\x28 bytes\",\"description\":\"d\"}");
        await IsRefused(client, "902", """{"title":"nul \u0000 nul","description":"d"}""");
        await IsRefused(client, "903", """{"title":"half \ud800 pair","description":"d"}""");
        await IsRefused(client, "904", $$"""{"title":"t","description":"{{new string('x', 10_000_000)}}"}""");
        await IsRefused(client, "905", """{"title":7,"description":"d"}""");
        await IsRefused(client, "906", """{"title":"t","description":"d","colour":"red"}""");
        await IsRefused(client, "907", """{"title":"t","description":"d","title":""}""");
        await IsRefused(client, "\"a text as id \\u00e9\"", "[]");

        var unknown = await client.Request("tools/call", new { name = "orchestrator_explode", arguments = new { } });
        Assert.Equal(-32602, unknown.ErrorCode);
        Assert.Equal(-32601, (await client.Request("no/such/method", new { })).ErrorCode);
        Assert.NotNull((await client.Request("tools/call", new { })).ErrorCode);

        await client.Plan("after all this");
        Assert.Equal("after all this", (await client.AllTasks()).Single().Text("title"));
        Assert.Empty(client.Violations);
    }

    [SkippableTheory, InlineData(Form.Relayed), InlineData(Form.Published)]
    public async Task Lines_that_are_no_requests_disturb_nobody(Form form)
    {
        await using var workspace = new Workspace(form);
        var client = await workspace.Connect();
        foreach (var junk in new[]
        {
            "hello?"u8.ToArray(), "{\"jsonrpc\":\"2.0\",\"id\":"u8.ToArray(), [0, 1, 2, 3], [0xFF, 0xFE, 0x80],
            "Content-Length: 12"u8.ToArray(), [], "\r"u8.ToArray(),
            """{"jsonrpc":"2.0","id":4711,"result":{}}"""u8.ToArray(), "null"u8.ToArray(),
        })
        {
            await client.Write(junk);
        }

        var cut = await client.Send("5555", """{"jsonrpc":"2.0","id":5555,"method":"tools/call","params":{"name":"orch"""u8.ToArray());
        Assert.Equal(-32700, cut.ErrorCode);
        Assert.Null((await client.Send("7777", " \t {\"method\":\"ping\",\r \"id\":7777,\"jsonrpc\":\"2.0\"}\r"u8.ToArray())).ErrorCode);
        Assert.Empty(await client.AllTasks());
        Assert.Empty(client.Violations);
    }

    private static async Task IsRefused(RawClient client, string id, string arguments)
    {
        var line = Plan.Replace("ID", id, StringComparison.Ordinal).Replace("ARGS", arguments, StringComparison.Ordinal);
        var reply = await client.Send(id, Encoding.Latin1.GetBytes(line));   // Latin 1: each character of the test is one byte
        Assert.True(reply.ErrorCode is not null || reply.Refusal == "VALIDATION_FAILED", $"{id}: {reply.Message}");
    }
}
