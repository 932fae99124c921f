using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class BackendQuestionSpecs
{
    private const string Cancelled =
        """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"g1-1","reason":"The server was restarted."}}""";

    private readonly Conversation _relay = new Conversation().Ready();

    [Theory]
    [InlineData("sampling/createMessage", "1", "g1-1")]
    [InlineData("roots/list", "\"a\"", """g1-\u0022a\u0022""")]
    [InlineData("ping", "-7", "g1--7")]
    public void A_question_is_asked_under_an_id_that_names_the_generation_and_answered_under_its_own(string method, string id, string asked)
    {
        _relay.Backend($$$"""{ "jsonrpc":"2.0","method":"{{{method}}}", "id":{{{id}}} ,"params":{"a":"\u00e9"}}""");
        Assert.Equal([$$$"""{ "jsonrpc":"2.0","method":"{{{method}}}", "id":"{{{asked}}}" ,"params":{"a":"\u00e9"}}"""], _relay.ToClient);
        _relay.Client($$$"""{"jsonrpc":"2.0", "id":"{{{asked}}}","result":{"b":1}}""");
        Assert.Equal([$$$"""{"jsonrpc":"2.0", "id":{{{id}}},"result":{"b":1}}"""], _relay.ToBackend);
    }

    [Fact]
    public void A_question_is_answered_once_and_only_by_an_answer_to_it()
    {
        _relay.Backend(Ask(1));
        _relay.Client(Answer("g1-1"), Answer("g1-1"), Answer("g1-2"), Result(1));
        Assert.Single(_relay.ToBackend);
    }

    [Fact]
    public void A_question_that_nothing_can_ask_again_is_cancelled_when_its_backend_dies_and_a_late_answer_swallowed()
    {
        _relay.Backend(Ask(1)).Lose();
        Assert.Equal([Ask("\"g1-1\""), Cancelled], _relay.ToClient);
        _relay.Ready().Client(Answer("g1-1"));
        Assert.Empty(_relay.ToBackend);
    }

    [Fact]
    public void A_request_that_asks_again_in_its_second_run_adopts_the_open_question()
    {
        _relay.Client(Call(5)).Backend(Ask(1)).Lose().Ready().Backend(Ask(8));
        Assert.Equal([Ask("\"g1-1\"")], _relay.ToClient);
        _ = _relay.ToBackend;
        _relay.Client(Answer("g1-1"));
        Assert.Equal([Answer(8)], _relay.ToBackend);
        _relay.Backend(Result(5));
        Assert.Equal([Result(5)], _relay.ToClient);
    }

    [Fact]
    public void An_answer_that_came_in_the_gap_or_reached_only_the_dead_is_given_to_the_second_run()
    {
        _relay.Client(Call(5)).Backend(Ask(1), Ask(2, "other")).Client(Answer("g1-1")).Lose().Client(Answer("g1-2")).Ready();
        _ = (_relay.ToClient, _relay.ToBackend);
        _relay.Backend(Ask(1), Ask(2, "other"));
        Assert.Equal([Answer(1), Answer(2)], _relay.ToBackend);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void The_same_question_twice_in_one_run_is_asked_twice()
    {
        _relay.Client(Call(5)).Backend(Ask(1)).Client(Answer("g1-1")).Backend(Ask(2));
        Assert.Equal([Ask("\"g1-1\""), Ask("\"g1-2\"")], _relay.ToClient);
    }

    [Fact]
    public void A_question_that_the_second_run_does_not_ask_is_cancelled_when_that_run_ends()
    {
        _relay.Client(Call(5)).Backend(Ask(1)).Lose().Ready().Backend(Result(5));
        Assert.Equal([Ask("\"g1-1\""), Result(5), Cancelled], _relay.ToClient);
    }

    [Fact]
    public void A_ping_of_a_dead_backend_leaves_no_trace()
    {
        _relay.Client(Call(5)).Backend("""{"jsonrpc":"2.0","id":1,"method":"ping"}""").Lose().Ready();
        _ = (_relay.ToClient, _relay.ToBackend);
        _relay.Client(Answer("g1-1"));
        Assert.Empty(_relay.ToBackend);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void Progress_on_a_question_is_told_under_the_backends_token()
    {
        _relay.Client(Call(5)).Backend("""{"jsonrpc":"2.0","id":1,"method":"sampling/createMessage","params":{"_meta":{"progressToken":1},"x":2}}""");
        Assert.Equal(
            ["""{"jsonrpc":"2.0","id":"g1-1","method":"sampling/createMessage","params":{"_meta":{"progressToken":"g1-1"},"x":2}}"""], _relay.ToClient);
        _ = _relay.ToBackend;
        const string progress = """{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"g1-1","progress":0.5}}""";
        _relay.Client(progress);
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":1,"progress":0.5}}"""], _relay.ToBackend);

        _relay.Lose().Ready().Client(progress);
        Assert.Equal([Call(5)], _relay.ToBackend);
        _relay.Backend("""{"jsonrpc":"2.0","id":9,"method":"sampling/createMessage","params":{"_meta":{"progressToken":"new"},"x":2}}""").Client(progress);
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":"new","progress":0.5}}"""], _relay.ToBackend);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void Cancellations_of_questions_carry_the_id_that_the_other_side_knows()
    {
        _relay.Backend(Ask(1), Ask(2));
        _ = _relay.ToClient;
        _relay.Client("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"g1-1"}}""");
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"""], _relay.ToBackend);
        _relay.Backend("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2,"reason":"r"}}""");
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":"g1-2","reason":"r"}}"""], _relay.ToClient);
        _relay.Backend("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":77}}""");
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void An_answer_that_no_library_would_read_reaches_the_backend_as_an_error()
    {
        _relay.Backend(Ask(1)).Client("""{"id":"g1-1","result":{}}""");
        Assert.Contains("\"id\":1,\"error\":{\"code\":-32600", Assert.Single(_relay.ToBackend), StringComparison.Ordinal);
    }

    private static string Ask(object id, string what = "name?") =>
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"elicitation/create","params":{"message":"{{{what}}}"}}""";

    private static string Answer(object id) => $$$"""{"jsonrpc":"2.0","id":{{{(id is string ? $"\"{id}\"" : id)}}},"result":{"action":"accept"}}""";
}
