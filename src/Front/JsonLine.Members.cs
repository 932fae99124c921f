using System.Text.Json;

namespace Orchestrator.Front;

/// <content>What is read in the parameters and the result of a message.</content>
internal sealed partial class JsonLine
{
    private void ReadParam(ref Utf8JsonReader json)
    {
        if (Is(ref json, "_meta"u8))
        {
            ReadMembers(ref json, this, static (ref json, line) => line.ReadMeta(ref json));
        }
        else if (Is(ref json, "requestId"u8))
        {
            (RequestId, RequestIdAt) = ReadIdHere(ref json);
        }
        else if (Is(ref json, "progressToken"u8))
        {
            (Progressing, ProgressingAt) = ReadIdHere(ref json);
        }
        else if (Is(ref json, "progress"u8))
        {
            Progress = json.TokenType == JsonTokenType.Number && json.TryGetDouble(out var value) ? value : null;
            Skip(ref json);
        }
        else if (Is(ref json, "uri"u8))
        {
            Uri = ReadString(ref json);
        }
        else if (Is(ref json, "name"u8))
        {
            Name = ReadString(ref json);
        }
        else if (Is(ref json, "cursor"u8))
        {
            HasCursor = json.TokenType != JsonTokenType.Null;
            Skip(ref json);
        }
        else if (Is(ref json, "notifications"u8))
        {
            FilterAt = SkipHere(ref json);
        }
        else
        {
            ReadVersionOrSkip(ref json);
        }
    }

    private void ReadMeta(ref Utf8JsonReader json)
    {
        if (Is(ref json, "progressToken"u8))
        {
            (ProgressToken, ProgressTokenAt) = ReadIdHere(ref json);
        }
        else if (Is(ref json, "io.modelcontextprotocol/subscriptionId"u8))
        {
            (SubscriptionId, SubscriptionIdAt) = ReadIdHere(ref json);
        }
        else if (Is(ref json, "io.modelcontextprotocol/protocolVersion"u8))
        {
            MetaVersion = ReadString(ref json);
        }
        else if (Is(ref json, "io.modelcontextprotocol/clientCapabilities"u8))
        {
            HasCapabilities = json.TokenType == JsonTokenType.StartObject;
            Skip(ref json);
        }
        else
        {
            ReadNewsPositionOrSkip(ref json);
        }
    }

    private void ReadNewsPositionOrSkip(ref Utf8JsonReader json)
    {
        if (json.ValueTextEquals(Protocol.Wire.NewsPosition.Member) && json.Read())
        {
            NewsPosition = json.TokenType == JsonTokenType.Number && json.TryGetInt64(out var position) ? position : null;
            Skip(ref json);
        }
        else
        {
            SkipMember(ref json);
        }
    }

    private void ReadResult(ref Utf8JsonReader json)
    {
        if (Is(ref json, "tools"u8))
        {
            ToolsAt = SkipHere(ref json);
        }
        else if (Is(ref json, "capabilities"u8))
        {
            ReadMembers(ref json, this, static (ref json, line) => line.ReadCapability(ref json));
        }
        else if (Is(ref json, "_meta"u8))
        {
            ReadMembers(ref json, this, static (ref json, line) => line.ReadNewsPositionOrSkip(ref json));
        }
        else
        {
            ReadVersionOrSkip(ref json);
        }
    }

    private void ReadCapability(ref Utf8JsonReader json)
    {
        if (!Is(ref json, "tools"u8))
        {
            SkipMember(ref json);
            return;
        }

        ReadMembers(ref json, this, static (ref json, line) =>
        {
            line.AnnouncesTools |= json.ValueTextEquals("listChanged"u8) && json.Read() && json.TokenType == JsonTokenType.True;
            line.SkipMember(ref json);
        });
    }

    private void ReadVersionOrSkip(ref Utf8JsonReader json)
    {
        if (Is(ref json, "protocolVersion"u8))
        {
            var start = json.TokenStartIndex;
            ProtocolVersion = ReadString(ref json);
            ProtocolVersionAt = Here(ref json, start);
        }
        else
        {
            SkipMember(ref json);
        }
    }
}
