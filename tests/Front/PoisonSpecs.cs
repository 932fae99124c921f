using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class PoisonSpecs
{
    private readonly Conversation _relay = new Conversation().Ready();

    [Fact]
    public void What_two_backends_in_a_row_died_with_is_tried_alone_and_what_kills_three_more_is_named()
    {
        _relay.Client(Call(1), Call(2), Call(3)).Lose().Ready().Lose();
        _ = _relay.ToBackend;
        _relay.Ready().Client(Call(4));
        Assert.Equal([Call(1)], _relay.ToBackend);
        _relay.Backend(Result(1));
        for (var alone = 0; alone < 3; alone++)
        {
            Assert.Equal([Call(2)], _relay.ToBackend);
            _relay.Lose();
            if (alone < 2)
            {
                _relay.Ready();
            }
        }

        Assert.Equal(Result(1), _relay.ToClient[0]);
        _relay.Ready();
        Assert.Equal([Call(3)], _relay.ToBackend);
        _relay.Backend(Result(3));
        Assert.Equal([Call(4)], _relay.ToBackend);
        _relay.Backend(Result(4), Result(2));
        Assert.Equal([Result(3), Result(4)], _relay.ToClient);
    }

    [Fact]
    public void The_caller_of_a_tool_hears_it_as_a_result_that_names_the_call()
    {
        _relay.Client(Call(7)).Lose().Ready().Lose().Ready().Lose().Ready().Lose().Ready().Lose();
        var told = Assert.Single(_relay.ToClient);
        Assert.Contains("\"isError\":true", told, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"POISON_REQUEST\"", told, StringComparison.Ordinal);
        Assert.Contains("tools/call t7, id 7", told, StringComparison.Ordinal);
        Assert.False(_relay.State.HasUnanswered);
    }

    [Fact]
    public void A_subscription_is_open_at_every_death_and_never_suspect()
    {
        const string listen = """{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen","params":{}}""";
        _relay.Client(listen);
        for (var i = 0; i < 5; i++)
        {
            _relay.Lose().Ready();
        }

        Assert.Empty(_relay.ToClient);
        Assert.True(_relay.State.IsReady);
    }

    [Fact]
    public void A_suspect_that_is_only_slow_keeps_the_others_waiting_for_a_while_and_no_longer()
    {
        _relay.Client(Call(1)).Lose().Ready().Lose().Ready().Client(Call(2));
        _ = _relay.ToBackend;
        _relay.Pass(9_999);
        Assert.Empty(_relay.ToBackend);
        _relay.Pass(1);
        Assert.Equal([Call(2)], _relay.ToBackend);
        _relay.Lose().Ready();
        Assert.Empty(_relay.ToClient);
        Assert.Equal([Call(1), Call(2)], _relay.ToBackend);
    }

    [Fact]
    public void A_suspect_that_is_cancelled_lets_the_others_go()
    {
        _relay.Client(Call(1), Call(2)).Lose().Ready().Lose().Ready();
        _ = _relay.ToBackend;
        _relay.Client("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");
        Assert.Equal(Call(2), _relay.ToBackend[1]);
    }

    [Fact]
    public void A_backend_that_refuses_to_serve_has_not_died_of_anything()
    {
        _relay.Client(Call(1));
        for (var i = 0; i < 5; i++)
        {
            _relay.State.OnBackendLost(_relay.Now, hasDied: false);
            _relay.Ready();
        }

        Assert.Empty(_relay.ToClient);
    }
}
