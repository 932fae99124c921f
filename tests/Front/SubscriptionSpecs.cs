using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class SubscriptionSpecs
{
    private const string Listen =
        """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{"notifications":{"toolsListChanged":true,"resourceSubscriptions":["a:b"]}}}""";
    private const string End = """{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete"}}""";

    private readonly Conversation _relay = new Conversation().Ready();

    [Fact]
    public void Resources_that_are_subscribed_to_are_told_to_a_new_backend_and_those_given_up_are_not()
    {
        _relay.Agree().Client(Resource(1, "subscribe", "a:1"), Resource(2, "subscribe", "a:2"), Resource(3, "subscribe", "a:3"));
        _relay.Backend(Result(1), Result(2), """{"jsonrpc":"2.0","id":3,"error":{"code":1,"message":"no"}}""");
        _relay.Client(Resource(4, "unsubscribe", "a:1")).Backend(Result(4));
        _ = (_relay.ToClient, _relay.ToBackend);
        _relay.Restart(2).Backend("""{"jsonrpc":"2.0","id":"front:2:2","result":{}}""");
        Assert.Equal(
            [Initialized, """{"jsonrpc":"2.0","id":"front:2:2","method":"resources/subscribe","params":{"uri":"a:2"}}"""], _relay.ToBackend[1..]);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void A_change_of_roots_in_the_gap_reaches_the_new_backend_after_the_handshake()
    {
        const string changed = """{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""";
        _relay.Agree().Lose().Client(changed).Ready();
        Assert.Single(_relay.ToBackend);
        _relay.Backend("""{"jsonrpc":"2.0","id":"front:2:1","result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Equal([Initialized, changed], _relay.ToBackend);
    }

    [Fact]
    public void A_subscription_is_opened_again_under_its_id_and_acknowledged_once()
    {
        _relay.Client(Listen).Backend(Granted("{\"toolsListChanged\":true}")).Lose().Ready().Backend(Granted("{ \"toolsListChanged\":true }"));
        Assert.Equal([Listen, Listen], _relay.ToBackend);
        Assert.Equal([Granted("{\"toolsListChanged\":true}")], _relay.ToClient);
    }

    [Fact]
    public void A_call_that_bears_the_id_of_a_subscription_is_refused_and_the_subscription_stays()
    {
        _relay.Client(Listen).Backend(Granted("{}")).Client(Call(1));
        _relay.State.Refuse(Down);
        Assert.False(_relay.State.AwaitsAnswers);
        _ = _relay.ToBackend;
        Assert.Equal([Listen], _relay.Lose().Ready().ToBackend);
    }

    [Fact]
    public void A_call_that_bears_the_id_of_a_subscription_and_is_overdue_is_refused_and_the_subscription_stays()
    {
        _relay.Client(Listen).Backend(Granted("{}")).Lose().Client(Call(1)).Pass(46_000);
        Assert.False(_relay.State.AwaitsAnswers);
        _ = _relay.ToBackend;
        Assert.Equal([Listen], _relay.Ready().ToBackend);
    }

    [Fact]
    public void What_was_granted_may_have_a_name_that_is_no_text()
    {
        _relay.Client(Listen).Backend(Granted("""{"\ud800":true}""")).Lose().Ready().Backend(Granted("""{"\ud800":true,"x":true}"""));
        Assert.Equal([Listen, Listen], _relay.ToBackend);
        Assert.Equal([Granted("""{"\ud800":true}""")], _relay.ToClient);
    }

    [Fact]
    public void A_subscription_that_was_not_acknowledged_is_acknowledged_by_the_next_backend()
    {
        _relay.Client(Listen).Lose().Ready().Backend(Granted("{}"));
        Assert.Equal([Granted("{}")], _relay.ToClient);
    }

    [Fact]
    public void A_subscription_that_is_granted_less_than_before_is_ended_so_that_the_client_asks_again()
    {
        _relay.Client(Listen).Backend(Granted("{\"toolsListChanged\":true,\"resourceSubscriptions\":[\"a:b\"]}")).Lose().Ready();
        _ = (_relay.ToClient, _relay.ToBackend);
        _relay.Backend(Granted("{\"toolsListChanged\":true}"));
        Assert.Equal(
            ["""{"jsonrpc":"2.0","id":1,"result":{"resultType":"complete","_meta":{"io.modelcontextprotocol/subscriptionId":1}}}"""], _relay.ToClient);
        Assert.Equal(["""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}"""], _relay.ToBackend);
        Assert.False(_relay.State.HasUnanswered);
    }

    [Fact]
    public void A_subscription_that_was_granted_outlives_any_outage_and_one_that_was_not_is_refused_like_a_call()
    {
        var other = Listen.Replace("\"id\":1", "\"id\":2", StringComparison.Ordinal);
        _relay.Client(Listen).Backend(Granted("{}")).Client(other);
        _ = (_relay.ToClient, _relay.ToBackend);
        for (var shortLife = 0; shortLife < 50; shortLife++)
        {
            _relay.Pass(1_000).Lose().Ready();   // Backends that die one after the other are one outage to whoever waits; a subscription waits for nothing.
        }

        _ = _relay.ToBackend;
        _relay.Lose().Pass(45_000);
        Assert.Contains("\"id\":2,\"error\"", Assert.Single(_relay.ToClient), StringComparison.Ordinal);
        _relay.State.Refuse(Down);
        _relay.Ready();
        Assert.Empty(_relay.ToClient);
        Assert.Equal([Listen], _relay.ToBackend);
    }

    [Fact]
    public void An_end_that_is_the_backends_own_end_is_not_told()
    {
        _relay.Client(Listen).Backend(Granted("{}"), End).Pass(2_999).Lose().Ready();
        Assert.Equal([Granted("{}")], _relay.ToClient);
        Assert.Equal([Listen, Listen], _relay.ToBackend);
        _relay.Pass(100_000);
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void An_end_that_the_backend_outlives_is_told()
    {
        _relay.Client(Listen).Backend(End).Pass(3_000);
        Assert.Equal([End], _relay.ToClient);
    }

    [Fact]
    public void A_subscription_that_is_refused_is_told_at_once()
    {
        const string refused = """{"jsonrpc":"2.0","id":1,"error":{"code":-32602,"message":"no"}}""";
        _relay.Client(Listen).Backend(refused);
        Assert.Equal([refused], _relay.ToClient);
    }

    private static string Resource(int id, string verb, string uri) =>
        $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"resources/{{{verb}}}","params":{"uri":"{{{uri}}}"}}""";

    private static string Granted(string filter) =>
        """{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"notifications":"""
        + filter + ""","_meta":{"io.modelcontextprotocol/subscriptionId":1}}}""";
}
