using System.Text;
using Orchestrator.Protocol;

namespace Orchestrator.Front.Tests;

public sealed class RelayStateSpecs
{
    private const string Initialize = """{"jsonrpc":"2.0","id":0,"method":"initialize","params":{"protocolVersion":"2025-06-18","x":[1, 2]}}""";
    private const string Initialized = """{"jsonrpc":"2.0","method":"notifications/initialized"}""";
    private static readonly Refusal Down = new("BACKEND_UNAVAILABLE", "It is down.", "Wait.");

    private readonly RecordingOutput _sent = new();
    private readonly RelayState _state;
    private long _now = 1000;

    public RelayStateSpecs() => _state = new RelayState(_sent, TimeSpan.FromSeconds(45));

    [Fact]
    public void A_request_reaches_the_backend_as_it_was_written_and_its_answer_the_client()
    {
        _state.OnBackendReady();
        Client("""{ "method":"tools/call","params":{"a":"\u00e9"} , "id":"x","jsonrpc":"2.0"}""");
        Backend("""{"jsonrpc":"2.0","id":"x","result":{}}""");
        Assert.Equal([(1, """{ "method":"tools/call","params":{"a":"\u00e9"} , "id":"x","jsonrpc":"2.0"}""")], _sent.Backend);
        Assert.Equal(["""{"jsonrpc":"2.0","id":"x","result":{}}"""], _sent.Client);
        Assert.False(_state.HasUnanswered);
        Assert.Equal(0, _state.HeldBytes);
    }

    [Fact]
    public void Unanswered_requests_are_sent_again_in_order_under_the_same_numbers()
    {
        Client(Call(1), Call(2));
        _state.OnBackendReady();
        Backend(Result(2));
        Client(Call(3));
        Lose();
        Client(Call(4));
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Assert.Equal([(1, Call(1)), (3, Call(3)), (4, Call(4))], _sent.Backend);
        Backend(Result(1), Result(3), Result(4));
        Assert.Equal([Result(2), Result(1), Result(3), Result(4)], _sent.Client);
    }

    [Fact]
    public void Late_and_repeated_answers_are_dropped()
    {
        _state.OnBackendReady();
        Client(Call(1));
        Backend(Result(1), Result(1), Result(7), """{"jsonrpc":"2.0","id":null,"error":{"code":1,"message":""}}""", "\"junk\"");
        Assert.Equal([Result(1)], _sent.Client);
    }

    [Fact]
    public void An_answer_may_spell_the_id_in_another_way()
    {
        _state.OnBackendReady();
        Client("""{"jsonrpc":"2.0","id":"é","method":"a"}""");
        Backend("""{"jsonrpc":"2.0","id":"\u00E9","result":1}""");
        Assert.Single(_sent.Client);
    }

    [Fact]
    public void A_number_and_a_text_are_two_ids()
    {
        _state.OnBackendReady();
        Client("""{"jsonrpc":"2.0","id":1,"method":"a"}""");
        Backend("""{"jsonrpc":"2.0","id":"1","result":1}""");
        Assert.Empty(_sent.Client);
    }

    [Fact]
    public void Two_open_requests_under_one_id_get_two_answers()
    {
        _state.OnBackendReady();
        Client(Call(1), Call(1));
        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Assert.Equal([(1, Call(1)), (2, Call(1))], _sent.Backend);
        Backend(Result(1), Result(1), Result(1));
        Assert.Equal(2, _sent.Client.Count);
    }

    [Fact]
    public void An_id_may_be_used_again_and_gets_a_new_number()
    {
        _state.OnBackendReady();
        Client(Call(1));
        Backend(Result(1));
        Client(Call(1));
        Assert.Equal([1, 2], _sent.Backend.ConvertAll(sent => sent.Sequence));
    }

    [Fact]
    public void A_new_backend_is_told_the_handshake_before_anything_else()
    {
        Handshake();
        Client("""{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"warning"}}""");
        Backend(Result(1));
        Client(Call(2));
        Lose();
        Client(Call(3));
        _sent.Backend.Clear();
        _sent.Client.Clear();

        _state.OnBackendReady();
        Assert.Equal(
            [(0, """{"jsonrpc":"2.0","id":"front:2:1","method":"initialize","params":{"protocolVersion":"2025-06-18","x":[1, 2]}}""")],
            _sent.Backend);
        Client(Call(4));
        Assert.Single(_sent.Backend);

        Backend("""{"jsonrpc":"2.0","id":"front:2:1","result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Equal(
            [
                (0, Initialized),
                (0, """{"jsonrpc":"2.0","id":"front:2:2","method":"logging/setLevel","params":{"level":"warning"}}"""),
                (4, Call(2)), (5, Call(3)), (6, Call(4)),
            ],
            _sent.Backend[1..]);
        Backend("""{"jsonrpc":"2.0","id":"front:2:2","result":{}}""");
        Assert.Empty(_sent.Client);
    }

    [Fact]
    public void A_new_backend_hears_how_far_a_client_that_listens_has_been_told()
    {
        Handshake();
        Client("""{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"info"}}""");
        Backend("""{"result":{"_meta":{"orchestrator/news":7}},"id":1,"jsonrpc":"2.0"}""");
        Assert.Equal("""{"jsonrpc":"2.0","id":1,"result":{}}""", _sent.Client[^1]);   // as the protocol has it
        Assert.Equal("""{"level":"info","_meta":{"orchestrator/news":7}}""", Repeated(2));

        Backend(News(12), """{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"notice","data":"another matter"}}""");
        Assert.Equal("""{"level":"info","_meta":{"orchestrator/news":12}}""", Repeated(3));
        Assert.Equal("""{"level":"info","_meta":{"orchestrator/news":12}}""", Repeated(4));   // nothing was told in between

        Client("""{"jsonrpc":"2.0","id":2,"method":"logging/setLevel","params":{"level":"error"}}""");
        Backend("""{"result":{},"id":2,"jsonrpc":"2.0"}""");
        Assert.Equal("""{"jsonrpc":"2.0","id":2,"result":{}}""", _sent.Client[^1]);   // spelled alike, whether a backend says more or not
        Assert.Equal("""{"level":"error"}""", Repeated(5));
    }

    [Fact]
    public void A_message_that_overtakes_the_answer_to_the_request_for_it_counts()
    {
        Handshake();
        Client("""{"jsonrpc":"2.0","id":1,"method":"logging/setLevel","params":{"level":"info"}}""");
        Backend("""{"result":{"_meta":{"orchestrator/news":7}},"id":1,"jsonrpc":"2.0"}""");
        Client("""{"jsonrpc":"2.0","id":2,"method":"logging/setLevel","params":{"level":"debug","_meta":{"x":1}}}""");
        Backend(News(9), """{"result":{"_meta":{"orchestrator/news":8}},"id":2,"jsonrpc":"2.0"}""");

        Assert.Equal("""{"level":"debug","_meta":{"x":1},"_meta":{"orchestrator/news":9}}""", Repeated(2));   // the last one counts
    }

    [Fact]
    public void An_unanswered_initialize_is_sent_again_as_it_is_and_alone()
    {
        Client(Initialize, Initialized, Call(1));
        _state.OnBackendReady();
        Assert.Equal([(1, Initialize)], _sent.Backend);
        Lose();
        _state.OnBackendReady();
        Assert.Equal([(1, Initialize), (1, Initialize)], _sent.Backend);
        Backend("""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Equal([(2, Initialized), (3, Call(1))], _sent.Backend[2..]);
        Assert.Single(_sent.Client);

        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Backend("""{"jsonrpc":"2.0","id":"front:3:1","result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Equal([(0, Initialized), (3, Call(1))], _sent.Backend[1..]);
    }

    [Fact]
    public void Initialized_is_told_to_a_new_backend_only_when_the_client_has_said_it()
    {
        _state.OnBackendReady();
        Client(Initialize);
        Backend("""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18"}}""");
        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Backend("""{"jsonrpc":"2.0","id":"front:2:1","result":{"protocolVersion":"2025-06-18"}}""");
        Assert.Single(_sent.Backend);
        Client(Initialized);
        Assert.Equal(Initialized, _sent.Backend[1].Line);
    }

    [Theory]
    [InlineData("""{"jsonrpc":"2.0","id":"front:2:1","result":{"protocolVersion":"2024-11-05"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":"front:2:1","error":{"code":-32022,"message":"no"}}""")]
    public void A_backend_that_does_not_speak_the_agreed_revision_is_of_no_use(string reply)
    {
        Handshake();
        Lose();
        _state.OnBackendReady();
        Assert.Equal(RefusalCode.ProtocolMismatch, _state.OnBackendLine(Line(reply))?.Code);
    }

    [Fact]
    public void A_failed_initialize_is_no_handshake()
    {
        _state.OnBackendReady();
        Client(Initialize);
        Backend("""{"jsonrpc":"2.0","id":0,"error":{"code":-32022,"message":"no"}}""");
        Client(Call(1));
        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Assert.Equal([(2, Call(1))], _sent.Backend);
    }

    [Fact]
    public void A_cancelled_request_is_not_sent_again()
    {
        _state.OnBackendReady();
        Client(Call(1), Call(2), Cancel(1));
        Assert.Equal((3, Cancel(1)), _sent.Backend[2]);
        Lose();
        Client(Cancel(2), Cancel(99));
        _state.OnBackendReady();
        Assert.Equal(3, _sent.Backend.Count);
        Client(Cancel(2));
        Assert.Equal(3, _sent.Backend.Count);
        Backend(Result(1));
        Assert.Empty(_sent.Client);
    }

    [Fact]
    public void Notifications_wait_for_a_backend_in_their_place()
    {
        const string changed = """{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""";
        Client(Call(1), changed, Call(2), changed);
        _state.OnBackendReady();
        Assert.Equal([(1, Call(1)), (2, changed), (3, Call(2)), (4, changed)], _sent.Backend);
        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Assert.Equal([(1, Call(1)), (3, Call(2))], _sent.Backend);
    }

    [Fact]
    public void No_more_notifications_wait_than_fit()
    {
        for (var i = 0; i < 5000; i++)
        {
            Client("""{"jsonrpc":"2.0","method":"notifications/roots/list_changed"}""");
        }

        _state.OnBackendReady();
        Assert.Equal(1024, _sent.Backend.Count);
    }

    [Fact]
    public void A_ping_is_answered_here_whether_a_backend_is_there_or_not()
    {
        Client("""{"jsonrpc":"2.0","id":"p","method":"ping"}""");
        _state.OnBackendReady();
        Client("""{"jsonrpc":"2.0","id":7,"method":"ping"}""");
        Assert.Equal(["""{"jsonrpc":"2.0","id":"p","result":{}}""", """{"jsonrpc":"2.0","id":7,"result":{}}"""], _sent.Client);
        Assert.Empty(_sent.Backend);
    }

    [Fact]
    public void A_refusal_answers_tools_with_a_result_and_everything_else_with_an_error()
    {
        Client(Initialize, """{"jsonrpc":"2.0","id":"t","method":"tools/call"}""", """{"jsonrpc":"2.0","id":2,"method":"server/discover"}""");
        _state.Refuse(Down);
        const string data = """{"code":"BACKEND_UNAVAILABLE","message":"It is down.","next_step":"Wait."}""";
        const string text = "BACKEND_UNAVAILABLE: It is down. Wait.";
        Assert.Equal(
            [
                "{\"jsonrpc\":\"2.0\",\"id\":0,\"error\":{\"code\":-32000,\"message\":\"" + text + "\",\"data\":" + data + "}}",
                "{\"jsonrpc\":\"2.0\",\"id\":\"t\",\"result\":{\"content\":[{\"type\":\"text\",\"text\":\"" + text
                    + "\"}],\"structuredContent\":" + data + ",\"isError\":true}}",
                "{\"jsonrpc\":\"2.0\",\"id\":2,\"error\":{\"code\":-32000,\"message\":\"" + text + "\",\"data\":" + data + "}}",
            ],
            _sent.Client);
        _state.OnBackendReady();
        Assert.Empty(_sent.Backend);
        Assert.Equal(0, _state.HeldBytes);
    }

    [Fact]
    public void A_refusal_of_what_was_already_sent_does_not_claim_that_nothing_happened()
    {
        _state.OnBackendReady();
        Client(Call(1));
        Lose();
        _state.Refuse(Down);
        Assert.Contains("whether it took effect is not known", _sent.Client[0], StringComparison.Ordinal);
    }

    [Fact]
    public void A_request_is_held_for_so_long_and_no_longer()
    {
        Client(Call(1));
        _now += 44_999;
        Client(Call(2));
        _state.Expire(Down, _now);
        Assert.Empty(_sent.Client);
        _state.Expire(Down, ++_now);
        Assert.Contains("\"id\":1,", Assert.Single(_sent.Client), StringComparison.Ordinal);
        _state.OnBackendReady();
        Assert.Equal([(2, Call(2))], _sent.Backend);
        _now += 100_000;
        _state.Expire(Down, _now);
        Assert.Single(_sent.Client);
    }

    [Fact]
    public void The_time_of_holding_starts_when_the_backend_is_lost()
    {
        _state.OnBackendReady();
        Client(Call(1));
        _now += 100_000;
        Lose();
        _state.Expire(Down, _now + 44_999);
        Assert.Empty(_sent.Client);
    }

    [Theory]
    [InlineData("""[{"id":1,"method":"a"}]""", """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"batches are not supported"}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"a","params":""", """{"jsonrpc":"2.0","id":1,"error":{"code":-32700,"message":"The line is not JSON, or nested too deeply."}}""")]
    [InlineData("Content-Length: 12", null)]
    [InlineData("[info] starting", null)]
    [InlineData("{}", null)]
    [InlineData("""{"jsonrpc":"2.0","id":null,"method":1}""", """{"jsonrpc":"2.0","id":null,"error":{"code":-32600,"message":"The id is neither a text nor a whole number of 64 bits."}}""")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"result":1} x""", null)]
    [InlineData("17", null)]
    public void What_is_no_message_reaches_no_backend(string line, string? answer)
    {
        _state.OnBackendReady();
        Client(line);
        Assert.Empty(_sent.Backend);
        Assert.Equal(answer is null ? [] : [answer], _sent.Client);
    }

    [Fact]
    public void Only_a_subscription_is_not_waited_for_at_the_end()
    {
        _state.OnBackendReady();
        Client("""{"jsonrpc":"2.0","id":1,"method":"subscriptions/listen"}""");
        Assert.True(_state.HasUnanswered);
        Assert.False(_state.AwaitsAnswers);
        Client(Call(2));
        Assert.True(_state.AwaitsAnswers);
    }

    private static string Call(int id) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"method":"tools/call","params":{"n":{{{id}}}}}""";

    private static string Result(int id) => $$$"""{"jsonrpc":"2.0","id":{{{id}}},"result":{}}""";

    private static string Cancel(int id) => $$$"""{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":{{{id}}}}}""";

    private static JsonLine Line(string text) => JsonLine.Parse(Encoding.UTF8.GetBytes(text));

    private static string News(long position) =>
        $$$$"""{"jsonrpc":"2.0","method":"notifications/message","params":{"level":"info","data":{},"_meta":{"orchestrator/news":{{{{position}}}}}}}""";

    // What the next backend gets as params of logging/setLevel.
    private string Repeated(int generation)
    {
        Lose();
        _sent.Backend.Clear();
        _state.OnBackendReady();
        Backend($$$"""{"jsonrpc":"2.0","id":"front:{{{generation}}}:1","result":{"protocolVersion":"2025-06-18"}}""");
        var start = $$$"""{"jsonrpc":"2.0","id":"front:{{{generation}}}:2","method":"logging/setLevel","params":""";
        return Assert.Single(_sent.Backend, line => line.Item2.StartsWith(start, StringComparison.Ordinal)).Item2[start.Length..^1];
    }

    private void Handshake()
    {
        _state.OnBackendReady();
        Client(Initialize);
        Backend("""{"jsonrpc":"2.0","id":0,"result":{"protocolVersion":"2025-06-18"}}""");
        Client(Initialized);
    }

    private void Client(params string[] lines)
    {
        foreach (var line in lines)
        {
            _state.OnClientLine(Line(line), _now);
        }
    }

    private void Backend(params string[] lines)
    {
        foreach (var line in lines)
        {
            Assert.Null(_state.OnBackendLine(Line(line)));
        }
    }

    private void Lose() => _state.OnBackendLost(_now);
}
