using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class BatchSpecs
{
    private const string Changed = """{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""";

    private readonly Conversation _relay = new Conversation().Ready().Agree("2025-03-26");

    [Fact]
    public void A_batch_is_sent_as_single_messages_and_answered_as_one_array()
    {
        _relay.Client($" [{Call(1)}, {Changed} ,{Call(2)}]");
        Assert.Equal([Call(1), Changed, Call(2)], _relay.ToBackend);
        _relay.Backend(Result(2));
        Assert.Empty(_relay.ToClient);
        _relay.Backend(Result(1));
        Assert.Equal([$"[{Result(2)},{Result(1)}]"], _relay.ToClient);
    }

    [Fact]
    public void A_batch_survives_its_backend()
    {
        _relay.Client($"[{Call(1)},{Call(2)}]").Backend(Result(1)).Restart(2, "2025-03-26");
        Assert.Equal([Call(2)], _relay.ToBackend[4..]);
        _relay.Backend(Result(2));
        Assert.Equal([$"[{Result(1)},{Result(2)}]"], _relay.ToClient);
    }

    [Fact]
    public void A_batch_of_notifications_is_not_answered()
    {
        _relay.Client($"[{Changed},{Changed}]");
        Assert.Equal([Changed, Changed], _relay.ToBackend);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void An_empty_batch_is_an_error()
    {
        _relay.Client("[ ]");
        Assert.Equal(["""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"The batch is empty."}}"""], _relay.ToClient);
    }

    [Fact]
    public void What_is_no_message_in_a_batch_and_what_is_answered_here_is_part_of_the_array()
    {
        _relay.Client("""[1,{"jsonrpc":"2.0","id":3,"method":"ping"},[],{"id":4,"method":"a"},{"jsonrpc":"2.0","id":5,"method":"initialize"}]""");
        Assert.Equal(
            "[" + string.Join(',',
                """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"This part of the batch is no message."}}""",
                """{"jsonrpc":"2.0","id":3,"result":{}}""",
                """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"This part of the batch is no message."}}""",
                """{"jsonrpc":"2.0","id":4,"error":{"code":-32600,"message":"jsonrpc must be \u00222.0\u0022."}}""",
                """{"jsonrpc":"2.0","id":5,"error":{"code":-32600,"message":"initialize cannot be part of a batch."}}""") + "]",
            Assert.Single(_relay.ToClient));
    }

    [Fact]
    public void A_cancelled_part_is_left_out_and_a_refused_one_is_in_it()
    {
        const string cancel = """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""";
        _relay.Client($"[{Call(1)},{Call(2)}]", cancel);
        _relay.State.Refuse(Down);
        var answer = Assert.Single(_relay.ToClient);
        Assert.StartsWith("[{\"jsonrpc\":\"2.0\",\"id\":2,", answer, StringComparison.Ordinal);
        Assert.EndsWith("}]", answer, StringComparison.Ordinal);
        _relay.Client($"[{Call(1)}]", cancel);
        Assert.Empty(_relay.ToClient);
    }

    [Theory]
    [InlineData("2024-11-05")]
    [InlineData("2025-06-18")]
    [InlineData("2025-11-25")]
    public void Other_revisions_have_no_batches(string version)
    {
        var relay = new Conversation().Ready().Agree(version).Client($"[{Call(1)}]");
        Assert.Equal(["""{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not supported"}}"""], relay.ToClient);
        Assert.Empty(relay.ToBackend);
    }
}
