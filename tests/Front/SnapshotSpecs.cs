using System.Text;
using Orchestrator.Protocol;
using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class SnapshotSpecs : IDisposable
{
    private const string Modern =
        """
        "_meta":{"io.modelcontextprotocol/protocolVersion":"2026-07-28","io.modelcontextprotocol/clientCapabilities":{}}
        """;

    private const string Discover = $$$"""{"jsonrpc":"2.0","id":"d","method":"server/discover","params":{ {{{Modern}}} }}""";
    private const string File =
        """
        {"build":"1","more":[],"answers":{
          "2025-06-18":{"initialize":{"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true}}}},
            "tools/list":{"result":{"tools":[{"name":"a"}]}},"prompts/list":{"error":{"code":-32601,"message":"none"}}},
          "2025-11-25":{"initialize":{"result":{"protocolVersion":"2025-11-25","capabilities":{}}}},
          "2026-07-28":{"server/discover":{"result":{"supportedVersions":[]}},"tools/list":{"result":{"tools":[],"ttlMs":0}}}}}
        """;

    private readonly Home _home = new();
    private readonly Conversation _relay = new(Snapshot.Parse(Encoding.UTF8.GetBytes(File)));

    public void Dispose() => _home.Dispose();

    [Fact]
    public void A_client_is_greeted_before_there_is_a_backend_and_the_backend_hears_of_it_later()
    {
        _relay.Client(Initialize("2025-06-18"), Initialized, List(1), List(2, "prompts/list"), Call(3));
        Assert.Equal(
            [
                """{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18","capabilities":{"tools":{"listChanged":true}}}}""",
                """{"jsonrpc":"2.0","id":1,"result":{"tools":[{"name":"a"}]}}""",
                """{"jsonrpc":"2.0","id":2,"error":{"code":-32601,"message":"none"}}""",
            ],
            _relay.ToClient);
        _relay.Ready();
        Assert.Equal(
            ["""{"jsonrpc":"2.0","id":"front:1:1","method":"initialize","params":{"protocolVersion":"2025-06-18"}}"""], _relay.ToBackend);
        _relay.Client(List(4));
        Assert.Contains("\"id\":4,\"result\"", Assert.Single(_relay.ToClient), StringComparison.Ordinal);
        _relay.Backend("""{"jsonrpc":"2.0","id":"front:1:1","result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Equal([Initialized, Call(3)], _relay.ToBackend);
        Assert.Empty(_relay.ToClient);
        _relay.Client(List(5));
        Assert.Equal([List(5)], _relay.ToBackend);
    }

    [Fact]
    public void A_backend_of_another_build_with_other_tools_is_found_out()
    {
        _relay.Client(Initialize("2025-06-18"), Initialized, List(1)).Ready("2");
        _ = _relay.ToClient;
        _relay.Backend("""{"jsonrpc":"2.0","id":"front:1:1","result":{"protocolVersion":"2025-06-18"}}""");
        _relay.Backend("""{"jsonrpc":"2.0","id":"front:1:0","result":{"tools":[]}}""");
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}"""], _relay.ToClient);
    }

    [Fact]
    public void A_backend_that_agrees_to_another_revision_is_of_no_use()
    {
        _relay.Client(Initialize("2025-06-18")).Ready();
        Assert.NotNull(_relay.State.OnBackendLine(JsonLine.Parse(
            """{"jsonrpc":"2.0","id":"front:1:1","result":{"protocolVersion":"2025-11-25"}}"""u8.ToArray())));
    }

    [Fact]
    public void A_client_without_a_handshake_is_answered_in_its_revision()
    {
        _relay.Client(Discover, List(1), List(2, "tools/list", Modern));
        Assert.Equal(
            [
                """{"jsonrpc":"2.0","id":"d","result":{"supportedVersions":[]}}""",
                """{"jsonrpc":"2.0","id":2,"result":{"tools":[],"ttlMs":0}}""",
            ],
            _relay.ToClient);
    }

    [Fact]
    public void A_request_without_the_capabilities_that_its_revision_demands_waits_for_a_backend_to_explain_it()
    {
        _relay.Client(List(1, "tools/list", Modern.Replace("clientCapabilities", "other", StringComparison.Ordinal)));
        Assert.Empty(_relay.ToClient);
        Assert.True(_relay.State.HasUnanswered);
    }

    [Theory, InlineData("ping"), InlineData("initialize")]
    public void A_method_that_its_revision_does_not_have_is_refused(string method)
    {
        _relay.Client(List(1, method, Modern));
        Assert.Contains("\"code\":-32601", Assert.Single(_relay.ToClient), StringComparison.Ordinal);
        Assert.False(_relay.State.HasUnanswered);
    }

    [Fact]
    public void What_was_not_recorded_waits_for_a_backend()
    {
        _relay.Client(Initialize("2025-06-18"), List(1, "resources/list"), List(2, "tools/list", "\"cursor\":\"x\""));
        Assert.Single(_relay.ToClient);
        Assert.True(_relay.State.HasUnanswered);
    }

    [Theory]
    [InlineData("2099-01-01")]
    [InlineData("2026-07-28")]
    [InlineData("")]
    public void A_revision_that_has_no_handshake_is_answered_with_the_newest_that_has_one(string asked)
    {
        _relay.Client(Initialize(asked));
        Assert.Contains("\"protocolVersion\":\"2025-11-25\"", Assert.Single(_relay.ToClient), StringComparison.Ordinal);

        var without = new Conversation().Ready().Client(Initialize(asked));
        Assert.Equal([Initialize("2025-11-25")], without.ToBackend);
    }

    [Theory]
    [InlineData("1", true)]
    [InlineData("2", false)]
    [InlineData("broken", false)]
    [InlineData(null, false)]
    public void Only_a_whole_snapshot_of_the_same_build_counts(string? build, bool counts)
    {
        var directory = Path.GetDirectoryName(_home.File("x"))!;
        if (build is not null)
        {
            System.IO.File.WriteAllText(_home.File(FrontOptions.SnapshotFile(ToolProfile.Core)), build == "broken" ? File[..90] : File);
        }

        Assert.Equal(counts, Snapshot.Load(directory, build ?? "1", ToolProfile.Core) is not null);
    }

    [Fact]
    public void Each_profile_has_a_snapshot_of_its_own()
    {
        var directory = Path.GetDirectoryName(_home.File("x"))!;
        System.IO.File.WriteAllText(_home.File("snapshot.full.json"), File);

        Assert.NotNull(Snapshot.Load(directory, "1", ToolProfile.Full));
        Assert.Null(Snapshot.Load(directory, "1", ToolProfile.Core));
        Assert.Null(Snapshot.Load(directory, "1", ToolProfile.Standard));
    }

    private static string List(int id, string method = "tools/list", string parameters = "") =>
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"{{{method}}}","params":{ {{{parameters}}} }}""";
}
