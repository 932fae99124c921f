using System.Text.Json;
using System.Text.Json.Nodes;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Idempotency;

namespace Orchestrator.Host.Tools;

/// <summary>
/// A call under an idempotency key, for clients that repeat what was not answered as a new request. The front knows that a request is the same when
/// it sends it again itself; that another request means the same, only the client can say.
/// </summary>
internal sealed class KeyedCall(KeyId key, string arguments)
{
    /// <summary>The argument, and the member of <c>_meta</c>, that carries a key.</summary>
    public const string Name = "idempotency_key";

    /// <summary>In <c>_meta</c> of a result: the call was made before, and this is what it was answered.</summary>
    public const string Replayed = "idempotency_replayed";

    private const int LongestKey = 200;

    // Two calls under one key take turns: the second is answered from what the first leaves. A few that share a place wait for nothing.
    private static readonly SemaphoreSlim[] Places = [.. Enumerable.Range(0, 64).Select(_ => new SemaphoreSlim(1))];

    /// <summary>The key that a call has; null when it has none.</summary>
    /// <exception cref="RefusedException">It is no key.</exception>
    public static KeyedCall? Of(string tool, CallToolRequestParams? call, ToolArguments read)
    {
        var words = read.Text(Name, LongestKey, TextRule.OneLine);
        if (call?.Meta is { } meta && meta.TryGetPropertyValue(Name, out var named) && named is not null)
        {
            // Read like an argument, so that it has the same limits.
            using var value = JsonDocument.Parse(named.ToJsonString());
            var other = new ToolArguments(new Dictionary<string, JsonElement> { [Name] = value.RootElement }).Text(Name, LongestKey, TextRule.OneLine);
            words = words is null || words == other
                ? other
                : throw read.Invalid(Name, "is another one in _meta than in the arguments", "Name the key in one of the two places.");
        }

        return words is null ? null
            : string.IsNullOrWhiteSpace(words) ? throw read.Invalid(Name, "is empty", "Leave it out, or take a random text for each call.")
            : new KeyedCall(DerivedId.Key(tool, words), ArgumentFingerprint.Of(call?.Arguments, Name));
    }

    /// <summary>Makes the call, or answers what it was answered before.</summary>
    /// <exception cref="RefusedException">The key stands for another call, or the call was refused.</exception>
    public async Task<CallToolResult> Make(ToolCall call, Func<ToolCall, Task<CallToolResult>> run, CancellationToken cancellation)
    {
        var place = Places[(uint)key.GetHashCode() % Places.Length];
        await place.WaitAsync(cancellation);
        try
        {
            return await Send(call, new KeyCommands.Begin(key, call.Key, call.By, arguments), cancellation) switch
            {
                KeyReplies.Go go => await Make(call.Under(go.CommandId), go.CommandId, run, cancellation),
                KeyReplies.Answered known => Repeat(known),
                var other => throw new NotSupportedException($"No rule for reply {other.GetType().Name}."),
            };
        }
        finally
        {
            place.Release();
        }
    }

    private async Task<CallToolResult> Make(ToolCall call, CommandId command, Func<ToolCall, Task<CallToolResult>> run, CancellationToken cancellation)
    {
        CallToolResult result;
        try
        {
            result = await run(call);
        }
        catch (RefusedException refused) when (ChangedNothing(refused.Refusal))
        {
            await Send(call, new KeyCommands.Free(key, command, call.By), cancellation);
            throw;
        }

        // The effect is on disk. If its answer cannot be recorded, a repetition finds the effect by its command.
        var line = ((TextContentBlock)result.Content[0]).Text;
        await call.Storage.Keys.Send(new KeyCommands.Record(key, command, call.By, line, result.StructuredContent!.Value.GetRawText()), cancellation);
        return result;
    }

    private static async Task<IKeyReply> Send(ToolCall call, IKeyCommand command, CancellationToken cancellation) =>
        await call.Storage.Keys.Send(command, cancellation) switch
        {
            KeyReplies.Refused refused => throw new RefusedException(refused.Refusal),
            var reply => reply,
        };

    private static bool ChangedNothing(Refusal refusal) =>
        refusal.Code is not (RefusalCode.OutcomeUnknown or RefusalCode.StorageFailed or RefusalCode.InternalError);

    private static CallToolResult Repeat(KeyReplies.Answered known)
    {
        using var facts = JsonDocument.Parse(known.Facts);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = known.Line }, new TextContentBlock { Text = known.Facts }],
            StructuredContent = facts.RootElement.Clone(),
            Meta = new JsonObject { [Replayed] = true },
        };
    }
}
