using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;

namespace Orchestrator.Host.Tests.Tools;

public sealed class ToolListSpecs
{
    /// <summary>About 1,000 tokens: what adoption bears.</summary>
    private const int Ceiling = 4_400;

    [Fact]
    public async Task The_tool_list_stays_below_its_ceiling()
    {
        var tools = await List();

        var bytes = Encoding.UTF8.GetByteCount(tools.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.True(bytes <= Ceiling, $"{bytes} bytes; the ceiling is {Ceiling}.");
    }

    [Fact]
    public async Task The_core_profile_lists_the_nine_core_tools() => Assert.Equal(
        [
            "orchestrator_complete_task", "orchestrator_execute_task", "orchestrator_get_artifact", "orchestrator_get_status",
            "orchestrator_initialize_session", "orchestrator_plan_task", "orchestrator_query_tasks", "orchestrator_synthesize_results",
            "orchestrator_update_task",
        ],
        (await List()).Select(t => t!["name"]!.GetValue<string>()).Order());

    [Fact]
    public async Task Only_the_reading_tools_say_that_they_read_and_none_claims_to_destroy()
    {
        foreach (var tool in await List())
        {
            var name = tool!["name"]!.GetValue<string>();
            var reads = name is "orchestrator_query_tasks" or "orchestrator_get_artifact" or "orchestrator_get_status" or "orchestrator_synthesize_results";
            Assert.Equal(reads, tool["annotations"]!["readOnlyHint"]?.GetValue<bool>() ?? false);
            Assert.False(tool["annotations"]!["openWorldHint"]!.GetValue<bool>());
            Assert.True(reads || !tool["annotations"]!["destructiveHint"]!.GetValue<bool>(), name);
        }
    }

    [Fact]
    public async Task The_tool_for_tests_is_neither_listed_nor_callable_without_its_switch()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect();
        var reply = await client.Send(
            """{"jsonrpc":"2.0","id":1,"method":"tools/call","params":{"name":"orchestrator_test_rehearse","arguments":{}}}"""u8.ToArray(), 1);
        Assert.Equal(-32602, reply["error"]!["code"]!.GetValue<int>());
        Assert.DoesNotContain("orchestrator_test_rehearse", (await List()).Select(t => t!["name"]!.GetValue<string>()));
    }

    private static async Task<JsonArray> List()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect();
        var reply = await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""u8.ToArray(), 1);
        return reply["result"]!["tools"]!.AsArray();
    }
}
