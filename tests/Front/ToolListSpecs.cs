using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class ToolListSpecs
{
    private const string List = """{"jsonrpc":"2.0","id":1,"method":"tools/list","params":{"_meta":{"x":1}}}""";
    private const string Changed = """{"jsonrpc":"2.0","method":"notifications/tools/list_changed"}""";

    [Fact]
    public void A_restart_to_the_same_build_puts_no_byte_on_the_clients_side()
    {
        string[] Talk(bool restarts)
        {
            var relay = new Conversation().Ready();
            relay.Client(Initialize("2025-11-25")).Backend(
                """{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-11-25","capabilities":{"tools":{"listChanged":true}}}}""");
            relay.Client(Initialized, List).Backend(Tools(1, "a"));
            relay.Client(Call(2, ",\"_meta\":{\"progressToken\":7}")).Backend(Progress(1));
            if (restarts)
            {
                relay.Restart(2, "2025-11-25").Backend(Progress(1)).Pass(60_000);
            }

            relay.Backend(Progress(2), Result(2));
            return relay.ToClient;
        }

        Assert.Equal(Talk(restarts: false), Talk(restarts: true));
    }

    [Fact]
    public void Other_tools_of_another_build_are_announced_to_a_client_that_was_promised_to_hear_of_them()
    {
        var relay = Listed(new Conversation().Ready().Agree()).Restart(2, build: "2");
        Assert.Equal([Initialized, """{"jsonrpc":"2.0","id":"front:2:0","method":"tools/list","params":{"_meta":{"x":1}}}"""], relay.ToBackend[^2..]);
        relay.Backend(Tools("\"front:2:0\"", "b"));
        Assert.Equal([Changed], relay.ToClient);
        relay.Restart(3, build: "2");
        Assert.Empty(relay.ToClient);
    }

    [Fact]
    public void The_same_tools_of_another_build_are_not_announced()
    {
        var relay = Listed(new Conversation().Ready().Agree()).Restart(2, build: "2").Backend(Tools("\"front:2:0\"", "a"));
        Assert.Empty(relay.ToClient);
    }

    [Theory]
    [InlineData(false, true)]
    [InlineData(true, false)]
    public void Nothing_is_announced_to_a_client_that_was_not_promised_it_or_is_not_ready(bool announces, bool initialized)
    {
        var relay = Listed(new Conversation().Ready().Agree("2025-06-18", announces, initialized)).Restart(2, build: "2").Backend(Tools("\"front:2:0\"", "b"));
        Assert.Empty(relay.ToClient);
    }

    [Fact]
    public void A_client_that_never_asked_for_the_list_has_none_that_could_be_outdated()
    {
        var relay = new Conversation().Ready().Agree().Restart(2, build: "2");
        Assert.Equal(2, relay.ToBackend.Length);
    }

    [Fact]
    public void Without_a_handshake_the_news_goes_to_the_subscriptions_that_were_granted_it()
    {
        var relay = Listed(new Conversation().Ready());
        relay.Client(Listen("\"s\""), Listen("8")).Backend(Granted("\"s\"", "\"toolsListChanged\":true"), Granted("8", "\"promptsListChanged\":true"));
        _ = relay.ToClient;
        relay.Lose().Ready("2").Backend(Tools("\"front:2:0\"", "b"));
        Assert.Equal(
            ["""{"jsonrpc":"2.0","method":"notifications/tools/list_changed","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":"s"}}}"""],
            relay.ToClient);
    }

    private static Conversation Listed(Conversation relay)
    {
        relay.Client(List).Backend(Tools(1, "a"));
        _ = (relay.ToClient, relay.ToBackend);
        return relay;
    }

    private static string Tools(object id, string name) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{"tools":[{"name":"{{{name}}}"}]}}""";

    private static string Progress(int value) =>
        $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":7,"progress":{{{value}}}}}""";

    private static string Listen(string id) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"subscriptions/listen","params":{}}""";

    private static string Granted(string id, string filter) =>
        $$$$"""{"jsonrpc":"2.0","method":"notifications/subscriptions/acknowledged","params":{"_meta":{"io.modelcontextprotocol/subscriptionId":{{{{id}}}}},"notifications":{ {{{{filter}}}} }}}""";
}
