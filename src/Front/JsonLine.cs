namespace Orchestrator.Front;

/// <summary>What a line is to JSON-RPC.</summary>
internal enum LineKind
{
    /// <summary>Another framing, a log line: nobody waits for an answer.</summary>
    Junk,
    /// <summary>It begins like a message and is not JSON.</summary>
    Broken,
    /// <summary>JSON, but no message.</summary>
    Invalid,
    /// <summary>An array of messages.</summary>
    Batch,
    Request,
    Notification,
    Response,
}

/// <summary>Where something stands in a line.</summary>
internal readonly record struct ByteRange(int Start, int Length);

/// <summary>
/// One line of JSON-RPC, understood just enough to relay it: the envelope and a few members of <c>params</c> and <c>result</c>. The bytes are
/// kept as they came; where an id must change, the rest is copied around it.
/// </summary>
internal sealed partial class JsonLine
{
    private JsonLine(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public ReadOnlyMemory<byte> Bytes { get; }

    public LineKind Kind { get; private set; }

    /// <summary>The id in one spelling, <c>n:1</c> or <c>s:text</c>: an answer may escape it in another way than the question.</summary>
    public string? Id { get; private set; }

    public ByteRange IdAt { get; private set; }

    /// <summary>The id as the sender spelled it; empty when there is none, or none that can be repeated.</summary>
    public ReadOnlyMemory<byte> RawId => Slice(IdAt);

    /// <summary>There is an id, and it is neither a text nor a whole number.</summary>
    public bool HasStrangeId { get; private set; }

    public string? Method { get; private set; }

    /// <summary><c>params</c> as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Params => Slice(ParamsAt);

    public ByteRange ParamsAt { get; private set; }

    /// <summary><c>params</c> is there, and is no object.</summary>
    public bool HasStrangeParams { get; private set; }

    /// <summary><c>params._meta.progressToken</c>, spelled like <see cref="Id"/>: under which a request wants to hear of its progress.</summary>
    public string? ProgressToken { get; private set; }

    public ByteRange ProgressTokenAt { get; private set; }

    /// <summary><c>params.progressToken</c>: of whose progress a notification speaks.</summary>
    public string? Progressing { get; private set; }

    public ByteRange ProgressingAt { get; private set; }

    /// <summary><c>params.progress</c>.</summary>
    public double? Progress { get; private set; }

    /// <summary><c>params.requestId</c>, spelled like <see cref="Id"/>: whose work a cancellation ends.</summary>
    public string? RequestId { get; private set; }

    public ByteRange RequestIdAt { get; private set; }

    /// <summary><c>params.uri</c>.</summary>
    public string? Uri { get; private set; }

    /// <summary><c>params.name</c>.</summary>
    public string? Name { get; private set; }

    /// <summary>True when <c>params.cursor</c> asks for a further page.</summary>
    public bool HasCursor { get; private set; }

    /// <summary><c>params.notifications</c> as it came: the filter of a subscription.</summary>
    public ByteRange FilterAt { get; private set; }

    /// <summary><c>params._meta</c>, the subscription that a notification belongs to, spelled like <see cref="Id"/>.</summary>
    public string? SubscriptionId { get; private set; }

    public ByteRange SubscriptionIdAt { get; private set; }

    /// <summary><c>_meta</c> of <c>params</c> or of <c>result</c>: how far the client has been told what happens.</summary>
    public long? NewsPosition { get; private set; }

    /// <summary><c>params._meta</c>, the revision that a request without a handshake speaks.</summary>
    public string? MetaVersion { get; private set; }

    /// <summary>Whether it is a request of <see cref="Handshake.ModernVersion"/>.</summary>
    public bool IsModern => MetaVersion == Handshake.ModernVersion;

    /// <summary><c>params._meta</c> says what the client can do, as every request without a handshake must.</summary>
    public bool HasCapabilities { get; private set; }

    /// <summary><c>protocolVersion</c> of <c>params</c> or of <c>result</c>.</summary>
    public string? ProtocolVersion { get; private set; }

    public ByteRange ProtocolVersionAt { get; private set; }

    /// <summary>True for an answer that has a result.</summary>
    public bool HasResult { get; private set; }

    /// <summary><c>result.tools</c> as it came.</summary>
    public ByteRange ToolsAt { get; private set; }

    /// <summary><c>result.capabilities.tools.listChanged</c>.</summary>
    public bool AnnouncesTools { get; private set; }

    /// <summary>How many objects and arrays lie within each other, at most, in what is not looked at.</summary>
    public int Depth { get; private set; }

    /// <summary>True when <c>jsonrpc</c> is <c>"2.0"</c>.</summary>
    public bool IsVersion2 { get; private set; }

    /// <summary>A member of the envelope stands there twice.</summary>
    public bool IsAmbiguous { get; private set; }

    public ReadOnlyMemory<byte> Slice(ByteRange range) => Bytes.Slice(range.Start, range.Length);

    /// <summary>A copy of the bytes in which something else stands in one place.</summary>
    public byte[] With(ByteRange place, ReadOnlySpan<byte> instead)
    {
        var copy = new byte[Bytes.Length - place.Length + instead.Length];
        Bytes.Span[..place.Start].CopyTo(copy);
        instead.CopyTo(copy.AsSpan(place.Start));
        Bytes.Span[(place.Start + place.Length)..].CopyTo(copy.AsSpan(place.Start + instead.Length));
        return copy;
    }
}
