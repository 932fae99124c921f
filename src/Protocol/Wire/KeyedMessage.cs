using System.Buffers;
using System.Text;

namespace Orchestrator.Protocol.Wire;

/// <summary>The payload of a <see cref="FrameKind.Keyed"/> frame: the first half of the message's key, and the message.</summary>
/// <param name="Client">32 lower-case hex digits, as an instance id of a front.</param>
/// <param name="Message">The message.</param>
public sealed record KeyedMessage(string Client, ReadOnlyMemory<byte> Message)
{
    private const int KeyLength = 32;
    private static readonly SearchValues<byte> HexDigits = SearchValues.Create("0123456789abcdef"u8);

    /// <summary>The payload.</summary>
    public byte[] ToPayload()
    {
        var payload = GC.AllocateUninitializedArray<byte>(KeyLength + Message.Length);
        Encoding.ASCII.GetBytes(Client, payload);
        Message.Span.CopyTo(payload.AsSpan(KeyLength));
        return payload;
    }

    /// <summary>Reads a payload.</summary>
    /// <exception cref="WireException">It does not begin with a key.</exception>
    public static KeyedMessage Parse(ReadOnlyMemory<byte> payload)
    {
        if (payload.Length < KeyLength || payload.Span[..KeyLength].ContainsAnyExcept(HexDigits))
        {
            throw new WireException("A message that is to have a key of its own does not begin with 32 hex digits.");
        }

        return new KeyedMessage(Encoding.ASCII.GetString(payload.Span[..KeyLength]), payload[KeyLength..]);
    }
}
