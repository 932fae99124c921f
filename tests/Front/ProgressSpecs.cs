using static Orchestrator.Front.Tests.Conversation;

namespace Orchestrator.Front.Tests;

public sealed class ProgressSpecs
{
    private const string WithToken = ",\"_meta\":{\"progressToken\":\"p\"}";

    private readonly Conversation _relay = new Conversation().Ready();

    [Fact]
    public void Progress_rises_however_often_the_work_begins_again()
    {
        _relay.Client(Call(1, WithToken)).Backend(Progress("1"), Progress("2.5")).Lose().Ready().Backend(Progress("1"), Progress("2.5"), Progress("3"));
        Assert.Equal([Progress("1"), Progress("2.5"), Progress("3")], _relay.ToClient);
    }

    [Fact]
    public void Progress_of_what_is_answered_cancelled_or_unknown_is_dropped()
    {
        _relay.Client(Call(1, WithToken)).Backend(Result(1), Progress("1"), Progress("9", "\"other\""), Progress("\"x\""));
        Assert.Equal([Result(1)], _relay.ToClient);
        _relay.Client(Call(2, WithToken), """{"jsonrpc":"2.0","method":"notifications/cancelled","params":{"requestId":2}}""").Backend(Progress("1"));
        Assert.Empty(_relay.ToClient);
    }

    [Fact]
    public void A_token_that_is_used_again_begins_anew()
    {
        _relay.Client(Call(1, WithToken)).Backend(Progress("7"), Result(1)).Client(Call(2, WithToken)).Backend(Progress("1"));
        Assert.Equal([Progress("7"), Result(1), Progress("1")], _relay.ToClient);
    }

    private static string Progress(string value, string token = "\"p\"") =>
        $$$"""{"jsonrpc":"2.0","method":"notifications/progress","params":{"progressToken":{{{token}}},"progress":{{{value}}}}}""";
}
