using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class PoisonSpecs
{
    private readonly Conversation _relay = new Conversation().Ready();

    [Fact]
    public void What_two_backends_in_a_row_died_with_is_tried_alone_and_named_when_it_kills_three_more_that_live_without_it()
    {
        _relay.Client(Call(1), Call(2), Call(3)).Lose().Ready().Lose();
        _ = _relay.ToBackend;
        _relay.Ready().Client(Call(4));
        Assert.Equal([Call(1)], _relay.ToBackend);
        _relay.Backend(Result(1));
        Assert.Equal([Call(2)], _relay.ToBackend);
        _relay.Lose().Ready();
        Assert.Equal([Call(4)], _relay.ToBackend);   // it was with no backend that has died
        _relay.Backend(Result(4)).Pass(8_000);
        Assert.Equal([Call(2)], _relay.ToBackend);
        _relay.Lose().Ready().Pass(8_000);
        Assert.Equal([Call(2)], _relay.ToBackend);
        Assert.Equal([Result(1), Result(4)], _relay.ToClient);
        _relay.Lose();
        Assert.Contains(RelayState.PoisonRequest, Assert.Single(_relay.ToClient), StringComparison.Ordinal);
        _relay.Ready();
        Assert.Equal([Call(3)], _relay.ToBackend);
        _relay.Backend(Result(3), Result(2));
        Assert.Equal([Result(3)], _relay.ToClient);
    }

    [Fact]
    public void Somebody_who_kills_every_backend_soon_makes_no_request_guilty()
    {
        _relay.Client(Call(1), Call(2));
        for (var killed = 0; killed < 50; killed++)
        {
            _relay.Pass(700).Lose().Ready();
        }

        Assert.Empty(_relay.ToClient);
        _relay.Pass(8_000).Backend(Result(1)).Pass(8_000).Backend(Result(2));
        Assert.Equal([Result(1), Result(2)], _relay.ToClient);
    }

    [Fact]
    public void A_suspect_comes_back_alone_and_what_is_new_waits_for_it()
    {
        _relay.Client(Call(1)).Lose().Ready().Lose().Ready().Lose().Ready().Client(Call(2));
        _ = _relay.ToBackend;
        _relay.Pass(8_000).Client(Call(3));
        Assert.Empty(_relay.ToBackend);   // Call 2 is still at work.
        _relay.Backend(Result(2));
        Assert.Equal([Call(1)], _relay.ToBackend);
        _relay.Backend(Result(1));
        Assert.Equal([Call(3)], _relay.ToBackend);
    }

    [Fact]
    public void A_suspect_does_not_wait_long_for_others_that_are_slow()
    {
        _relay.Client(Call(1)).Lose().Ready().Lose().Ready().Lose().Ready().Client(Call(2)).Pass(8_000);
        _ = _relay.ToBackend;
        _relay.Pass(999);
        Assert.Empty(_relay.ToBackend);
        _relay.Pass(1);
        Assert.Equal([Call(1)], _relay.ToBackend);
    }

    [Fact]
    public void A_suspect_waits_for_its_next_trial_longer_the_longer_it_took_to_kill()
    {
        _relay.Client(Call(1)).Lose().Ready().Lose().Ready().Pass(4_500).Lose().Ready();
        _ = _relay.ToBackend;
        _relay.Pass(8_999);
        Assert.Empty(_relay.ToBackend);
        _relay.Pass(1);
        Assert.Equal([Call(1)], _relay.ToBackend);
    }

    [Fact]
    public void A_suspect_that_waits_for_its_trial_for_too_long_is_refused_like_any_other()
    {
        var client = _relay.Client(Call(1));
        for (var death = 0; death < 2; death++)
        {
            client.Lose().Ready();
        }

        client.Pass(4_999).Lose().Ready();   // Each backend lived too shortly to count as one that served.
        client.Pass(4_999);
        Assert.Empty(_relay.ToClient);
        client.Lose().Pass(45_000);
        Assert.Contains("OUTCOME_UNKNOWN", Assert.Single(_relay.ToClient), StringComparison.Ordinal);
    }

    [Fact]
    public void A_suspect_that_is_cancelled_before_its_next_trial_lets_the_others_go()
    {
        _relay.Client(Call(1), Call(2)).Lose().Ready().Lose().Ready().Lose().Ready();
        _ = _relay.ToBackend;
        _relay.Client("""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":1}}""");
        Assert.Equal([Call(2)], _relay.ToBackend);
    }

    [Fact]
    public void The_caller_of_a_tool_hears_it_as_a_result_that_names_the_call()
    {
        _relay.Client(Call(7)).Lose().Ready().Lose().Ready().Lose().Ready().Pass(8_000).Lose().Ready().Pass(8_000).Lose();
        var told = Assert.Single(_relay.ToClient);
        Assert.Contains("\"isError\":true", told, StringComparison.Ordinal);
        Assert.Contains("\"code\":\"POISON_REQUEST\"", told, StringComparison.Ordinal);
        Assert.Contains("tools/call t7, id 7", told, StringComparison.Ordinal);
        Assert.False(_relay.State.HasUnanswered);
    }

    [Theory, InlineData("2025-11-25", false), InlineData("2026-07-28", true)]
    public void A_result_of_the_newest_revision_says_that_it_is_complete_and_those_of_the_others_do_not(string revision, bool says)
    {
        var call = """{"jsonrpc":"2.0","id":7,"method":"tools/call","params":{"name":"t7","_meta":{"io.modelcontextprotocol/protocolVersion":"REVISION"}}}"""
            .Replace("REVISION", revision, StringComparison.Ordinal);
        _relay.Client(call).Lose().Ready().Lose().Ready().Lose().Ready().Pass(8_000).Lose().Ready().Pass(8_000).Lose();
        var told = Assert.Single(_relay.ToClient);
        Assert.Contains("POISON_REQUEST", told, StringComparison.Ordinal);
        Assert.Equal(says, told.Contains("\"resultType\":\"complete\"", StringComparison.Ordinal));
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
