using System.Text;
using System.Text.Json;
using System.Text.Json.Nodes;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests.Tools;

public sealed class ToolListSpecs
{
    /// <summary>About 1,000, 2,000 and 4,000 tokens: what adoption bears.</summary>
    [Theory]
    [InlineData(ToolProfile.Core, 4_400)]
    [InlineData(ToolProfile.Standard, 8_800)]
    [InlineData(ToolProfile.Full, 17_600)]
    public async Task The_tool_list_stays_below_the_ceiling_of_its_profile(ToolProfile profile, int ceiling)
    {
        var tools = await List(profile);

        var bytes = Encoding.UTF8.GetByteCount(tools.ToJsonString(new JsonSerializerOptions { Encoder = System.Text.Encodings.Web.JavaScriptEncoder.UnsafeRelaxedJsonEscaping }));
        Assert.True(bytes <= ceiling, $"{bytes} bytes; the ceiling is {ceiling}.");
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
    public async Task A_larger_profile_holds_the_smaller_one_and_no_name_twice()
    {
        var core = Names(await List());
        var standard = Names(await List(ToolProfile.Standard));
        var full = Names(await List(ToolProfile.Full));

        Assert.Equal(core, standard.Take(core.Count));
        Assert.Equal(standard, full.Take(standard.Count));
        Assert.Equal(full.Count, full.Distinct().Count());
    }

    [Fact]
    public async Task A_tool_outside_the_profile_is_called_all_the_same()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect();
        var listed = Names(await List());
        foreach (var name in Names(await List(ToolProfile.Full)).Except(listed))
        {
            // Whatever it says about these arguments, it is the tool that says it.
            var reply = (await client.Call(name, new { no_such_argument = 1 })).Reply;
            Assert.NotNull(reply["result"]);
        }
    }

    [Fact]
    public async Task An_unknown_tool_is_an_error_of_the_protocol()
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect();

        var reply = (await client.Call("no_such_tool", new { })).Reply;

        Assert.Equal(-32602, reply["error"]!["code"]!.GetValue<int>());
        Assert.Contains("orchestrator_no_such_tool", reply["error"]!["message"]!.GetValue<string>(), StringComparison.Ordinal);
    }

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

    private static List<string> Names(JsonArray tools) => [.. tools.Select(t => t!["name"]!.GetValue<string>())];

    private static async Task<JsonArray> List(ToolProfile profile = ToolProfile.Core)
    {
        await using var served = new ServedStore();
        await using var client = await served.Connect(profile: profile);
        var reply = await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""u8.ToArray(), 1);
        return reply["result"]!["tools"]!.AsArray();
    }
}
