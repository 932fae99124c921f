using System.Text;
using CsCheck;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Protocol.Tests.Wire;

public sealed class KeyedMessageSpecs
{
    private const string Client = "0123456789abcdef0123456789abcdef";

    [Fact]
    public void A_keyed_message_comes_out_as_it_went_in() => Gen.Byte.Array.Sample(bytes =>
    {
        var read = KeyedMessage.Parse(new KeyedMessage(Client, bytes).ToPayload());
        Assert.Equal((Client, Convert.ToHexString(bytes)), (read.Client, Convert.ToHexString(read.Message.Span)));
    });

    [Theory]
    [InlineData("")]
    [InlineData("0123456789abcdef0123456789abcde")]
    [InlineData("0123456789ABCDEF0123456789abcdef{}")]
    [InlineData("""{"jsonrpc":"2.0","id":1,"method":"ping","params":{}}""")]
    public void What_does_not_begin_with_a_key_is_refused(string payload) =>
        Assert.Throws<WireException>(() => KeyedMessage.Parse(Encoding.ASCII.GetBytes(payload)));
}
