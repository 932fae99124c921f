using System.Data.Common;
using System.Diagnostics;
using System.Text.Json;
using System.Text.Json.Serialization.Metadata;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using ModelContextProtocol.Server;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>
/// What all tools do alike: wait for the gate, bind arguments, turn refusals into results with the error flag, and never let an error's
/// message get lost. Schemas are written by hand, because every byte of the tool list is paid by every conversation.
/// </summary>
/// <typeparam name="TArguments">What the arguments of a call are bound to, before anything is done.</typeparam>
internal abstract class OrchestratorTool<TArguments> : McpServerTool
{
    // What became of a change is asked again under the same key, for as long as a client does not mind.
    private static readonly TimeSpan[] AskAgainAfter = [TimeSpan.FromMilliseconds(50), TimeSpan.FromMilliseconds(500)];
    private static readonly TimeSpan LastAskWithin = TimeSpan.FromSeconds(5);

    private readonly Gate _gate;
    private readonly ILogger _log;

    protected OrchestratorTool(Gate gate, ILogger log, string name, string description, ToolAnnotations annotations, string schema)
    {
        (_gate, _log) = (gate, log);
        using var parsed = JsonDocument.Parse(schema);
        ProtocolTool = new Tool
        {
            Name = name,
            Description = description,
            Annotations = annotations,
            InputSchema = Compact(parsed.RootElement),
        };
    }

    /// <inheritdoc/>
    public override Tool ProtocolTool { get; }

    /// <inheritdoc/>
    public override IReadOnlyList<object> Metadata => [];

    /// <summary>Changes nothing.</summary>
    protected static ToolAnnotations Reads => new() { ReadOnlyHint = true, OpenWorldHint = false };

    /// <summary>Adds or changes, never destroys.</summary>
    protected static ToolAnnotations Writes => new() { DestructiveHint = false, OpenWorldHint = false };

    /// <summary>Can destroy.</summary>
    protected static ToolAnnotations Destroys => new() { DestructiveHint = true, OpenWorldHint = false };

    /// <inheritdoc/>
    public sealed override async ValueTask<CallToolResult> InvokeAsync(
        RequestContext<CallToolRequestParams> request, CancellationToken cancellationToken = default)
    {
        try
        {
            var arguments = new ToolArguments(request.Params?.Arguments);
            var keyed = ProtocolTool.Annotations?.ReadOnlyHint == true ? null : KeyedCall.Of(ProtocolTool.Name, request.Params, arguments);
            var bound = Bind(arguments);
            arguments.RefuseUnread();
            if (_gate.State is { Phase: GatePhase.Migrating or GatePhase.Refused } closed && WhileClosed(closed) is { } early)
            {
                _gate.BeginToOpen();   // Who only asks for the status heals it, too.
                return early;
            }

            var call = new ToolCall(request, await Enter(_gate, cancellationToken));
            return keyed is null
                ? await Resolve(bound, call, cancellationToken)
                : await keyed.Make(call, under => Resolve(bound, under, cancellationToken), cancellationToken);
        }
        catch (Exception e) when (e is not OperationCanceledException || !cancellationToken.IsCancellationRequested)
        {
            return ToRefusal(e);
        }
    }

    /// <summary>Reads every argument and holds it against its limits. Called before the gate, so it sees no data.</summary>
    protected abstract TArguments Bind(ToolArguments arguments);

    /// <summary>An answer that needs no data, while there is none; null for a tool that waits for the gate or is refused by it.</summary>
    protected virtual CallToolResult? WhileClosed(GateState gate) => null;

    /// <summary>Waits for the store. A tool that can do without it says so here.</summary>
    protected virtual async ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => await gate.Enter(cancellation);

    /// <summary>Asks and renders.</summary>
    protected abstract Task<CallToolResult> Run(TArguments arguments, ToolCall call, CancellationToken cancellation);

    /// <summary>A result: one short line for people, then the same facts as JSON, since many clients show a model only the text.</summary>
    protected static CallToolResult Answer<T>(string line, T value, JsonTypeInfo<T> type)
    {
        var json = JsonSerializer.SerializeToElement(value, type);
        return new CallToolResult
        {
            Content = [new TextContentBlock { Text = line }, new TextContentBlock { Text = json.GetRawText() }],
            StructuredContent = json,
        };
    }

    // A change whose outcome is unknown is asked for again: under the same key it is either found or made, and never made twice.
    private async Task<CallToolResult> Resolve(TArguments arguments, ToolCall call, CancellationToken cancellation)
    {
        var since = Stopwatch.GetTimestamp();
        for (var attempt = 0; ; attempt++)
        {
            try
            {
                return await Run(arguments, call, cancellation);
            }
            catch (Exception e) when (call.MayHaveChanged && e is not OperationCanceledException)
            {
                if (attempt == AskAgainAfter.Length || Stopwatch.GetElapsedTime(since) > LastAskWithin)
                {
                    throw e is RefusedException { Refusal.Code: RefusalCode.OutcomeUnknown } ? e : Unknown(e);
                }
            }

            await Task.Delay(AskAgainAfter[attempt], cancellation);
        }
    }

    private RefusedException Unknown(Exception e)
    {
        _log.LogError(e, "{Tool}: the change was sent; its answer could not be put together.", ProtocolTool.Name);
        return new RefusedException(new Refusal(
            RefusalCode.OutcomeUnknown, $"The change was sent and may have taken effect; then something failed: {e.Message}",
            "Look at the task with orchestrator_query_tasks before asking again."));
    }

    private static CallToolResult Error(Refusal refusal) => new()
    {
        IsError = true,
        Content = [new TextContentBlock { Text = $"{refusal.Code}: {refusal.Message} {refusal.NextStep}" }],
        StructuredContent = JsonSerializer.SerializeToElement(refusal, ToolJson.Default.Refusal),
    };

    private CallToolResult ToRefusal(Exception e)
    {
        switch (e)
        {
            case RefusedException refused:
                return Error(refused.Refusal);
            case InvalidCursorException:
                return Error(new Refusal(RefusalCode.ValidationFailed, $"cursor: {e.Message}", "Pass the cursor of the page before, with the same filters."));
            case ArtifactDamagedException:
                return Error(new Refusal(RefusalCode.ArtifactDamaged, e.Message, "Restore the data directory's artifacts folder from a backup."));
            case TimeoutException or DbException:
                _log.LogError(e, "{Tool}: the store could not be read.", ProtocolTool.Name);
                return Error(new Refusal(
                    RefusalCode.StorageFailed, e.Message, "Nothing was changed. Try again; if it stays so, look at logs/backend.log in the data directory."));
            case IOException or UnauthorizedAccessException:
                _log.LogError(e, "{Tool}: a file could not be used.", ProtocolTool.Name);
                return Error(new Refusal(
                    RefusalCode.StorageFailed, e.Message,
                    "Nothing was changed. Free some space or set the permissions right, then try again."));
            default:
                var number = Guid.NewGuid().ToString("N")[..8];
                _log.LogError(e, "{Tool} failed ({Number}).", ProtocolTool.Name, number);
                return Error(new Refusal(
                    RefusalCode.InternalError, $"A defect of this program: {e.GetType().Name}, log entry {number} in logs/backend.log.",
                    "Look at the task with orchestrator_query_tasks to see what was changed, and report the log entry."));
        }
    }

    private static JsonElement Compact(JsonElement schema)
    {
        using var buffer = new MemoryStream();
        using (var writer = new Utf8JsonWriter(buffer))
        {
            schema.WriteTo(writer);
        }

        using var compact = JsonDocument.Parse(buffer.ToArray());
        return compact.RootElement.Clone();
    }
}
