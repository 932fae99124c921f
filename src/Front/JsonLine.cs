using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Front;

/// <summary>What a line is to JSON-RPC.</summary>
internal enum LineKind
{
    /// <summary>Not JSON-RPC, and nobody waits for an answer.</summary>
    Junk,
    /// <summary>A request that cannot be read to its end; its id was found.</summary>
    Broken,
    /// <summary>An array of messages.</summary>
    Batch,
    Request,
    Notification,
    Response,
}

/// <summary>
/// One line of JSON-RPC, understood just enough to relay it: the envelope and a few members of <c>params</c> and <c>result</c>. The bytes are
/// kept as they came and never written anew.
/// </summary>
internal sealed class JsonLine
{
    // A client may nest deeper than the reader's default of 64.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private JsonLine(ReadOnlyMemory<byte> bytes) => Bytes = bytes;

    public ReadOnlyMemory<byte> Bytes { get; }

    public LineKind Kind { get; private set; }

    /// <summary>The id in one spelling, <c>n:1</c> or <c>s:text</c>: an answer may escape it in another way than the question.</summary>
    public string? Id { get; private set; }

    /// <summary>The id as the sender spelled it.</summary>
    public ReadOnlyMemory<byte> RawId { get; private set; }

    public string? Method { get; private set; }

    /// <summary><c>params</c> as it came; empty when there is none.</summary>
    public ReadOnlyMemory<byte> Params { get; private set; }

    /// <summary><c>params._meta.progressToken</c>, spelled like <see cref="Id"/>.</summary>
    public string? ProgressToken { get; private set; }

    /// <summary><c>params.requestId</c>, spelled like <see cref="Id"/>: whose work a cancellation ends.</summary>
    public string? RequestId { get; private set; }

    /// <summary><c>protocolVersion</c> of <c>params</c> or of <c>result</c>.</summary>
    public string? ProtocolVersion { get; private set; }

    /// <summary>True for an answer that has a result.</summary>
    public bool HasResult { get; private set; }

    private bool HasError { get; set; }

    public static JsonLine Parse(ReadOnlyMemory<byte> bytes)
    {
        var line = new JsonLine(bytes);
        try
        {
            var json = new Utf8JsonReader(bytes.Span, Options);
            json.Read();
            line.Kind = json.TokenType switch
            {
                JsonTokenType.StartObject => line.ReadObject(ref json),
                JsonTokenType.StartArray => ReadToEnd(ref json, LineKind.Batch),
                _ => LineKind.Junk,
            };
        }
        catch (Exception broken) when (broken is JsonException or InvalidOperationException)
        {
            line.Kind = line.Id is not null && line.Method is not null ? LineKind.Broken : LineKind.Junk;
        }

        return line;
    }

    private static LineKind ReadToEnd(ref Utf8JsonReader json, LineKind kind)
    {
        while (json.Read())
        {
        }

        return kind;
    }

    private LineKind ReadObject(ref Utf8JsonReader json)
    {
        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("id"u8))
            {
                json.Read();
                Id = ReadId(ref json);
                RawId = Id is null ? default : Slice(json.TokenStartIndex, json.BytesConsumed);
            }
            else if (json.ValueTextEquals("method"u8))
            {
                json.Read();
                Method = ReadString(ref json);
            }
            else if (json.ValueTextEquals("params"u8))
            {
                json.Read();
                var start = json.TokenStartIndex;
                ReadParams(ref json);
                Params = Slice(start, json.BytesConsumed);
            }
            else if (json.ValueTextEquals("result"u8))
            {
                json.Read();
                HasResult = true;
                ReadResult(ref json);
            }
            else
            {
                HasError |= json.ValueTextEquals("error"u8);
                json.Read();
                json.Skip();
            }
        }

        ReadToEnd(ref json, default);   // anything after the object makes it no line of ours
        return (Method, Id) switch
        {
            (not null, not null) => LineKind.Request,
            (not null, null) => LineKind.Notification,
            (null, not null) when HasResult || HasError => LineKind.Response,
            _ => LineKind.Junk,
        };
    }

    private void ReadParams(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            if (json.ValueTextEquals("_meta"u8))
            {
                json.Read();
                ReadMeta(ref json);
            }
            else if (json.ValueTextEquals("requestId"u8))
            {
                json.Read();
                RequestId = ReadId(ref json);
            }
            else
            {
                ReadVersionOrSkip(ref json);
            }
        }
    }

    private void ReadMeta(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            var isToken = json.ValueTextEquals("progressToken"u8);
            json.Read();
            if (isToken)
            {
                ProgressToken = ReadId(ref json);
            }
            else
            {
                json.Skip();
            }
        }
    }

    private void ReadResult(ref Utf8JsonReader json)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            json.Skip();
            return;
        }

        while (json.Read() && json.TokenType == JsonTokenType.PropertyName)
        {
            ReadVersionOrSkip(ref json);
        }
    }

    private void ReadVersionOrSkip(ref Utf8JsonReader json)
    {
        var isVersion = json.ValueTextEquals("protocolVersion"u8);
        json.Read();
        if (isVersion)
        {
            ProtocolVersion = ReadString(ref json);
        }
        else
        {
            json.Skip();
        }
    }

    private static string? ReadString(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return json.GetString();
        }

        json.Skip();
        return null;
    }

    private static string? ReadId(ref Utf8JsonReader json)
    {
        switch (json.TokenType)
        {
            case JsonTokenType.String:
                return "s:" + json.GetString();
            case JsonTokenType.Number:
                return json.TryGetInt64(out var number)
                    ? "n:" + number.ToString(CultureInfo.InvariantCulture)
                    : "n:" + Encoding.UTF8.GetString(json.ValueSpan);
            default:
                json.Skip();
                return null;
        }
    }

    private ReadOnlyMemory<byte> Slice(long start, long end) => Bytes[(int)start..(int)end];
}
