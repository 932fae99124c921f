using System.Text.Json.Nodes;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tests;

public sealed class SelfPortraitSpecs
{
    [Fact]
    public async Task Every_revision_is_recorded_with_what_a_client_asks_first()
    {
        var portrait = JsonNode.Parse(await SelfPortrait.Record(ToolProfile.Core, CancellationToken.None))!;
        Assert.Equal(BuildInfo.Build, (string?)portrait["build"]);
        foreach (var version in new[] { "2024-11-05", "2025-03-26", "2025-06-18", "2025-11-25" })
        {
            Assert.Equal(version, (string?)portrait["answers"]![version]!["initialize"]!["result"]!["protocolVersion"]);
            Assert.NotEmpty(portrait["answers"]![version]!["tools/list"]!["result"]!["tools"]!.AsArray());
        }

        var modern = portrait["answers"]!["2026-07-28"]!;
        Assert.Contains("2026-07-28", modern["server/discover"]!["result"]!["supportedVersions"]!.AsArray().Select(version => (string?)version));
        Assert.NotNull(modern["tools/list"]!["result"]!["ttlMs"]);
        foreach (var list in new[] { "prompts/list", "resources/list", "resources/templates/list" })
        {
            Assert.NotNull(modern[list]);
        }
    }

    [Theory]
    [InlineData(ToolProfile.Core)]
    [InlineData(ToolProfile.Standard)]
    [InlineData(ToolProfile.Full)]
    public async Task The_portrait_lists_what_a_front_of_its_profile_is_served(ToolProfile profile)
    {
        var portrait = JsonNode.Parse(await SelfPortrait.Record(profile, CancellationToken.None))!;
        await using var served = new ServedStore();
        await using var client = await served.Connect(profile: profile);
        var reply = await client.Send("""{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{}}"""u8.ToArray(), 1);

        Assert.Equal(
            reply["result"]!["tools"]!.ToJsonString(), portrait["answers"]!["2025-11-25"]!["tools/list"]!["result"]!["tools"]!.ToJsonString());
    }
}
