using System.Globalization;
using System.Text;
using System.Text.Json;

namespace Orchestrator.Front;

/// <content>How a line is read: once, from its beginning to its end, and no value is copied that nobody asks for.</content>
internal sealed partial class JsonLine
{
    // A server may nest deeper than the reader's default of 64.
    private static readonly JsonReaderOptions Options = new() { MaxDepth = 1000 };

    private Members _seen;

    [Flags]
    private enum Members
    {
        None = 0,
        Id = 1,
        Method = 2,
        Params = 4,
        Result = 8,
        Error = 16,
        Version = 32,
    }

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
            // A broken answer is awaited by nobody at the client's side.
            var isAnswer = (line._seen & (Members.Result | Members.Error)) != 0;
            line.Kind = LooksLikeMessage(bytes.Span) && !isAnswer ? LineKind.Broken : LineKind.Junk;
        }

        return line;
    }

    // A log line may begin with a bracket, but hardly goes on with a brace.
    private static bool LooksLikeMessage(ReadOnlySpan<byte> bytes) =>
        bytes[0] == (byte)'{' || (bytes[0] == (byte)'[' && bytes[1..].TrimStart(" \t"u8) is [(byte)'{', ..]);

    private static LineKind ReadToEnd(ref Utf8JsonReader json, LineKind kind)
    {
        while (json.Read())
        {
        }

        return kind;
    }

    private static bool NextMember(ref Utf8JsonReader json) => json.Read() && json.TokenType == JsonTokenType.PropertyName;

    // Steps from a member's name to its value.
    private static bool Is(ref Utf8JsonReader json, ReadOnlySpan<byte> name) => json.ValueTextEquals(name) && json.Read();

    private static ByteRange Here(ref Utf8JsonReader json, long start) => new((int)start, (int)(json.BytesConsumed - start));

    private LineKind ReadObject(ref Utf8JsonReader json)
    {
        while (NextMember(ref json))
        {
            ReadEnvelope(ref json);
        }

        ReadToEnd(ref json, default);   // anything after the object makes it no line of ours
        var answers = (_seen & (Members.Result | Members.Error)) != 0;
        return Method is not null && !HasStrangeId ? Id is null ? LineKind.Notification : LineKind.Request
            : Method is null && Id is not null && answers ? LineKind.Response
            : answers && Method is null ? LineKind.Junk
            : LineKind.Invalid;
    }

    private void ReadEnvelope(ref Utf8JsonReader json)
    {
        if (Is(ref json, "id"u8))
        {
            See(Members.Id);
            ReadOwnId(ref json);
        }
        else if (Is(ref json, "method"u8))
        {
            See(Members.Method);
            Method = ReadString(ref json);
        }
        else if (Is(ref json, "params"u8))
        {
            See(Members.Params);
            var start = json.TokenStartIndex;
            HasStrangeParams = json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.Null);
            ReadMembers(ref json, this, static (ref json, line) => line.ReadParam(ref json));
            ParamsAt = Here(ref json, start);
        }
        else if (Is(ref json, "result"u8))
        {
            See(Members.Result);
            HasResult = true;
            ReadMembers(ref json, this, static (ref json, line) => line.ReadResult(ref json));
        }
        else if (Is(ref json, "jsonrpc"u8))
        {
            See(Members.Version);
            IsVersion2 = json.TokenType == JsonTokenType.String && json.ValueTextEquals("2.0"u8);
            Skip(ref json);
        }
        else
        {
            See(json.ValueTextEquals("error"u8) ? Members.Error : Members.None);
            SkipMember(ref json);
        }
    }

    private void See(Members member)
    {
        IsAmbiguous |= (_seen & member) != 0;
        _seen |= member;
    }

    private delegate void ReadMember(ref Utf8JsonReader json, JsonLine line);

    private static void ReadMembers(ref Utf8JsonReader json, JsonLine line, ReadMember read)
    {
        if (json.TokenType != JsonTokenType.StartObject)
        {
            line.Skip(ref json);
            return;
        }

        while (NextMember(ref json))
        {
            read(ref json, line);
        }
    }

    private void ReadOwnId(ref Utf8JsonReader json)
    {
        var isScalar = json.TokenType is JsonTokenType.String or JsonTokenType.Number;
        IdAt = isScalar ? Here(ref json, json.TokenStartIndex) : default;
        HasStrangeId = json.TokenType != JsonTokenType.String && !(json.TokenType == JsonTokenType.Number && json.TryGetInt64(out _));
        Id = HasStrangeId ? null : ReadId(ref json);
        Skip(ref json);
    }

    private (string? Id, ByteRange At) ReadIdHere(ref Utf8JsonReader json)
    {
        var start = json.TokenStartIndex;
        var id = ReadId(ref json);
        return (id, Here(ref json, start));
    }

    private string? ReadString(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.String)
        {
            return json.GetString();
        }

        Skip(ref json);
        return null;
    }

    private string? ReadId(ref Utf8JsonReader json)
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
                Skip(ref json);
                return null;
        }
    }

    private ByteRange SkipHere(ref Utf8JsonReader json)
    {
        var start = json.TokenStartIndex;
        Skip(ref json);
        return Here(ref json, start);
    }

    // From a member's name, or from its value, to the value's end.
    private void SkipMember(ref Utf8JsonReader json)
    {
        if (json.TokenType == JsonTokenType.PropertyName)
        {
            json.Read();
        }

        Skip(ref json);
    }

    // Like the reader's own, and measures how deep it goes.
    private void Skip(ref Utf8JsonReader json)
    {
        if (json.TokenType is not (JsonTokenType.StartObject or JsonTokenType.StartArray))
        {
            return;
        }

        var depth = json.CurrentDepth;
        do
        {
            if (json.TokenType is JsonTokenType.StartObject or JsonTokenType.StartArray)
            {
                Depth = Math.Max(Depth, json.CurrentDepth + 1);
            }

            json.Read();
        }
        while (json.CurrentDepth > depth || json.TokenType is not (JsonTokenType.EndObject or JsonTokenType.EndArray));
    }
}
