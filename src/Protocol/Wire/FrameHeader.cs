using System.Buffers.Binary;

namespace Orchestrator.Protocol.Wire;

/// <summary>What a frame is for. A receiver skips kinds that it does not know, so that builds of different age can talk.</summary>
public enum FrameKind : byte
{
    /// <summary>The first frame each way; its payload is a <see cref="Wire.Hello"/>.</summary>
    Hello = 1,
    /// <summary>One line of the client or for the client: the original bytes, without the newline.</summary>
    Message = 2,
    /// <summary>Nothing but the acknowledged number; see also <see cref="FrameHeader.AskForAck"/>.</summary>
    Ack = 3,
    /// <summary>Why the backend does not serve; its payload is a <see cref="RefusalJson"/>.</summary>
    Refuse = 4,
    /// <summary>
    /// From a backend, since version 3: this connection will end on purpose and another process will serve; its payload is a
    /// <see cref="HoldNotice"/>. What is sent from now on may not be begun, and is sent again to the other process.
    /// </summary>
    Hold = 5,
    /// <summary>From a backend, since version 3: it serves on after all.</summary>
    Resume = 6,
    /// <summary>
    /// What the person behind the front should know; its payload is a <see cref="RefusalJson"/>. The backend goes on serving, and the front passes it
    /// to its own standard error.
    /// </summary>
    Notice = 7,
    /// <summary>
    /// To a backend whose hello says <see cref="Wire.Hello.TakesKeys"/>: a <see cref="Message"/> under a key of its own, so that one connection can
    /// carry the requests of many. Its payload is a <see cref="KeyedMessage"/>, its sequence the second half of the key.
    /// </summary>
    Keyed = 8,
}

/// <summary>The fixed start of every frame: 24 bytes, little endian.</summary>
/// <param name="Kind">What the frame is for.</param>
/// <param name="Sequence">
/// From the front: the number of the client's line, kept when it is sent again; 0 for the front's own messages. From the backend: 1 and up per
/// connection.
/// </param>
/// <param name="Acknowledged">The highest sequence of the other side seen so far.</param>
/// <param name="Length">Bytes of payload that follow.</param>
public readonly record struct FrameHeader(FrameKind Kind, long Sequence, long Acknowledged, int Length)
{
    /// <summary>The sequence of an <see cref="FrameKind.Ack"/> that asks for one in return, since version 2: does the other side still live?</summary>
    public const long AskForAck = -1;

    /// <summary>The sequence of the <see cref="FrameKind.Ack"/> that answers it. It is not answered.</summary>
    public const long AnswerToAck = -2;

    /// <summary>Bytes of a header.</summary>
    public const int Size = 24;

    /// <summary>The longest payload: no client sends a line near it, and a broken length must not allocate the machine.</summary>
    public const int MaxPayload = 128 * 1024 * 1024;

    /// <summary>Writes the header into the first <see cref="Size"/> bytes.</summary>
    public void Write(Span<byte> destination)
    {
        BinaryPrimitives.WriteUInt32LittleEndian(destination, (byte)Kind);   // and three zero bytes
        BinaryPrimitives.WriteUInt32LittleEndian(destination[4..], (uint)Length);
        BinaryPrimitives.WriteInt64LittleEndian(destination[8..], Sequence);
        BinaryPrimitives.WriteInt64LittleEndian(destination[16..], Acknowledged);
    }

    /// <summary>Reads a header from the first <see cref="Size"/> bytes.</summary>
    /// <exception cref="WireException">The length is out of range: the other side does not speak this protocol.</exception>
    public static FrameHeader Read(ReadOnlySpan<byte> source)
    {
        var length = BinaryPrimitives.ReadUInt32LittleEndian(source[4..]);
        if (length > MaxPayload)
        {
            throw new WireException($"A frame claims {length} bytes; the limit is {MaxPayload}. The other side does not speak this protocol.");
        }

        return new FrameHeader(
            (FrameKind)source[0],
            BinaryPrimitives.ReadInt64LittleEndian(source[8..]),
            BinaryPrimitives.ReadInt64LittleEndian(source[16..]),
            (int)length);
    }
}
