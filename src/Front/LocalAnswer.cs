using System.Buffers;
using System.Text.Json;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>What the front answers by itself.</summary>
internal static class LocalAnswer
{
    public const int ParseError = -32700;
    public const int InvalidRequest = -32600;
    public const int MethodNotFound = -32601;
    public const int InvalidParams = -32602;
    private const int ServerError = -32000;

    /// <summary>The answer to a ping.</summary>
    public static byte[] Empty(ReadOnlyMemory<byte> rawId) => Write(rawId.Span, json =>
    {
        json.WriteStartObject("result"u8);
        json.WriteEndObject();
    });

    /// <summary>An error of JSON-RPC. An empty id is written as null: it could not be read.</summary>
    public static byte[] Error(ReadOnlySpan<byte> rawId, int code, string message, Refusal? data = null) => Write(rawId, json =>
    {
        json.WriteStartObject("error"u8);
        json.WriteNumber("code"u8, code);
        json.WriteString("message"u8, message);
        if (data is not null)
        {
            json.WritePropertyName("data"u8);
            RefusalJson.Write(json, data);
        }

        json.WriteEndObject();
    });

    /// <summary>Why a request is not served. A tool's caller is a model, which sees results but no errors of the protocol.</summary>
    public static byte[] Refused(JsonLine request, Refusal refusal)
    {
        var text = $"{refusal.Code}: {refusal.Message} {refusal.NextStep}";
        return request.Method != "tools/call"
            ? Error(request.RawId.Span, ServerError, text, refusal)
            : Write(request.RawId.Span, json =>
            {
                json.WriteStartObject("result"u8);
                if (request.IsModern)
                {
                    WriteComplete(json);
                }

                json.WriteStartArray("content"u8);
                json.WriteStartObject();
                json.WriteString("type"u8, "text"u8);
                json.WriteString("text"u8, text);
                json.WriteEndObject();
                json.WriteEndArray();
                json.WritePropertyName("structuredContent"u8);
                RefusalJson.Write(json, refusal);
                json.WriteBoolean("isError"u8, true);
                json.WriteEndObject();
            });
    }

    /// <summary>The end of a subscription that the server ends, in the form that revision 2026-07-28 gives it.</summary>
    public static byte[] EndOfSubscription(ReadOnlyMemory<byte> rawId, ReadOnlyMemory<byte> rawSubscription) => Write(rawId.Span, json =>
    {
        json.WriteStartObject("result"u8);
        WriteComplete(json);
        WriteSubscription(json, rawSubscription);
        json.WriteEndObject();
    });

    /// <summary>The news that the tools have changed; for a subscription or, with none, for the whole connection.</summary>
    public static byte[] ToolsChanged(ReadOnlyMemory<byte> rawSubscription) => WriteNotification("notifications/tools/list_changed", json =>
    {
        if (!rawSubscription.IsEmpty)
        {
            json.WriteStartObject("params"u8);
            WriteSubscription(json, rawSubscription);
            json.WriteEndObject();
        }
    });

    /// <summary>The news for a backend that nobody waits for a request any more.</summary>
    public static byte[] Cancelled(ReadOnlyMemory<byte> rawRequest) => WriteNotification("notifications/cancelled", json =>
    {
        json.WriteStartObject("params"u8);
        json.WritePropertyName("requestId"u8);
        json.WriteRawValue(rawRequest.Span, skipInputValidation: true);
        json.WriteEndObject();
    });

    /// <summary>A request of the front's own, under an id that no client has.</summary>
    public static byte[] PrivateRequest(string id, string method, ReadOnlyMemory<byte> rawParams)
    {
        var buffer = new ArrayBufferWriter<byte>(256 + rawParams.Length);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteString("id"u8, id);
            json.WriteString("method"u8, method);
            if (!rawParams.IsEmpty)
            {
                json.WritePropertyName("params"u8);
                json.WriteRawValue(rawParams.Span, skipInputValidation: true);
            }

            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    // Every result of revision 2026-07-28 says that it is one; those before have no such member.
    private static void WriteComplete(Utf8JsonWriter json) => json.WriteString("resultType"u8, "complete"u8);

    private static void WriteSubscription(Utf8JsonWriter json, ReadOnlyMemory<byte> rawSubscription)
    {
        json.WriteStartObject("_meta"u8);
        json.WritePropertyName("io.modelcontextprotocol/subscriptionId"u8);
        json.WriteRawValue(rawSubscription.Span, skipInputValidation: true);
        json.WriteEndObject();
    }

    private static byte[] WriteNotification(string method, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WriteString("method"u8, method);
            rest(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }

    private static byte[] Write(ReadOnlySpan<byte> rawId, Action<Utf8JsonWriter> rest)
    {
        var buffer = new ArrayBufferWriter<byte>(256);
        using (var json = new Utf8JsonWriter(buffer))
        {
            json.WriteStartObject();
            json.WriteString("jsonrpc"u8, "2.0"u8);
            json.WritePropertyName("id"u8);
            if (rawId.IsEmpty)
            {
                json.WriteNullValue();
            }
            else
            {
                json.WriteRawValue(rawId, skipInputValidation: true);
            }

            rest(json);
            json.WriteEndObject();
        }

        return buffer.WrittenSpan.ToArray();
    }
}
