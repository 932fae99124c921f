using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using ModelContextProtocol;
using ModelContextProtocol.Protocol;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>
/// One front's frames as the SDK's transport. Each message carries its key in its context, so that the tools know which request they serve
/// without anything being put into the client's JSON.
/// </summary>
internal sealed class FrameTransport : TransportBase
{
    /// <summary>Where the context of a message holds its <see cref="CommandId"/>.</summary>
    public const string RequestKey = "requestKey";

    /// <summary>There, when the sender named the key itself.</summary>
    public const string NamesKey = "namesKey";

    private const int AcknowledgeEvery = 64;
    private static readonly JsonTypeInfo<JsonRpcMessage> Messages =
        (JsonTypeInfo<JsonRpcMessage>)McpJsonUtilities.DefaultOptions.GetTypeInfo(typeof(JsonRpcMessage));

    private readonly FrameStream _frames;
    private readonly string _front;
    private readonly CallLedger _calls;
    private readonly CancellationTokenSource _ending = new();
    private readonly Task _reading;
    private long _sent;
    private long _seen;
    private volatile bool _isCut;

    /// <summary>Begins to read at once.</summary>
    /// <param name="frames">The connection, after both hellos.</param>
    /// <param name="front">Instance id of the front.</param>
    /// <param name="calls">Counts what is in flight, and lets new calls wait.</param>
    /// <param name="loggers">For the SDK.</param>
    public FrameTransport(FrameStream frames, string front, CallLedger calls, ILoggerFactory loggers) : base(front, loggers)
    {
        (_frames, _front, _calls) = (frames, front, calls);
        SetConnected();
        _reading = Task.Run(Read);
    }

    /// <inheritdoc/>
    public override async Task SendMessageAsync(JsonRpcMessage message, CancellationToken cancellationToken = default)
    {
        if (_isCut)
        {
            return;
        }

        // A message of which half was written would tear the frames after it: once begun it is not cancelled.
        var payload = JsonSerializer.SerializeToUtf8Bytes(message, Messages);
        await _frames.WriteAsync(FrameKind.Message, Interlocked.Increment(ref _sent), Volatile.Read(ref _seen), payload, CancellationToken.None);
        if (message is JsonRpcResponse or JsonRpcError)
        {
            _calls.End(this, ((JsonRpcMessageWithId)message).Id);
        }
    }

    /// <summary>Says something to the front itself.</summary>
    public ValueTask Say(FrameKind kind, ReadOnlyMemory<byte> payload) =>
        _frames.WriteAsync(kind, 0, Volatile.Read(ref _seen), payload, CancellationToken.None);

    /// <summary>
    /// From now on no message leaves: the store is about to be closed, and a call that stumbles over that must not tell its client so. Its front
    /// sends it again.
    /// </summary>
    public void Cut() => _isCut = true;

    /// <summary>Lets a request through that had to wait.</summary>
    public ValueTask Release(JsonRpcMessage message) => new(WriteMessageAsync(message, _ending.Token));

    /// <inheritdoc/>
    public override async ValueTask DisposeAsync()
    {
        await _ending.CancelAsync();
        await _frames.DisposeAsync();
        await _reading.ConfigureAwait(ConfigureAwaitOptions.SuppressThrowing);
        SetDisconnected();
        _calls.Forget(this);
        _ending.Dispose();
    }

    private async Task Read()
    {
        Exception? error = null;
        try
        {
            for (var count = 1; await _frames.ReadAsync(_ending.Token) is { } frame; count++)
            {
                if (frame.Kind == FrameKind.Message)
                {
                    Volatile.Write(ref _seen, Math.Max(_seen, frame.Sequence));
                    await Take(frame.Payload, new() { [RequestKey] = new CommandId(_front, frame.Sequence) });
                }

                if (frame.Kind == FrameKind.Keyed)
                {
                    var keyed = KeyedMessage.Parse(frame.Payload);
                    await Take(keyed.Message, new() { [RequestKey] = new CommandId(keyed.Client, frame.Sequence), [NamesKey] = true });
                }

                if (frame is { Kind: FrameKind.Ack, Sequence: FrameHeader.AskForAck })
                {
                    await _frames.WriteAsync(FrameKind.Ack, FrameHeader.AnswerToAck, _seen, default, _ending.Token);
                }

                if (count % AcknowledgeEvery == 0)
                {
                    await _frames.WriteAsync(FrameKind.Ack, 0, _seen, default, _ending.Token);
                }
            }
        }
        catch (Exception e) when (e is WireException or IOException or ObjectDisposedException or OperationCanceledException)
        {
            error = e is WireException ? e : null;
        }

        SetDisconnected(error);
    }

    private async Task Take(ReadOnlyMemory<byte> payload, Dictionary<string, object?> facts)
    {
        if (DamagedMessage.Describe(payload.Span) is { } damage)
        {
            await Reject(payload, damage);
            return;
        }

        JsonRpcMessage? message;
        try
        {
            message = JsonSerializer.Deserialize(payload.Span, Messages);
        }
        catch (Exception e) when (e is JsonException or InvalidOperationException)
        {
            await Reject(payload, e.Message);
            return;
        }

        if (message is not null)
        {
            message.Context = new JsonRpcMessageContext { Items = facts };
            if (_calls.Begin(this, message))
            {
                await WriteMessageAsync(message, _ending.Token);
            }
            else if (RestartNews.Waiting((JsonRpcRequest)message) is { } news)
            {
                await SendMessageAsync(news, CancellationToken.None);
            }
        }
    }

    /// <summary>The SDK would drop what it cannot read, and the client would wait for ever.</summary>
    private async Task Reject(ReadOnlyMemory<byte> payload, string why)
    {
        if (DamagedMessage.FindId(payload.Span) is { } id)
        {
            await SendMessageAsync(
                new JsonRpcError
                {
                    Id = id,
                    Error = new JsonRpcErrorDetail
                    {
                        Code = (int)McpErrorCode.ParseError,
                        Message = $"{RefusalCode.ValidationFailed}: this message cannot be read: {why} Send valid UTF-8 and valid JSON.",
                    },
                },
                CancellationToken.None);
        }
    }
}
