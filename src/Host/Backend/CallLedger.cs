using ModelContextProtocol.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>
/// The calls of all fronts that are in flight. Before a hand-over new calls of tools wait here, and those that had begun are counted down.
/// </summary>
internal sealed class CallLedger
{
    // Answered by the process that comes after; to wait for it would be to wait for oneself.
    private const string AnsweredLater = "orchestrator_restart_server";

    // They are asked about the restart itself.
    private static readonly HashSet<string> NeverWait =
        [AnsweredLater, "orchestrator_restart_status", "orchestrator_health_check", "orchestrator_shutdown_prepare"];

    // It may wait for most of a minute and changes nothing: nobody waits for it, its front sends it again to the process that comes after.
    private const string Waits = "orchestrator_watch";

    private readonly Lock _lock = new();
    private readonly HashSet<(FrameTransport Front, RequestId Id)> _open = [];
    private readonly HashSet<(FrameTransport Front, RequestId Id)> _later = [];
    private readonly List<(FrameTransport Front, JsonRpcRequest Request)> _waiting = [];
    private readonly TaskCompletionSource _served = new(TaskCreationOptions.RunContinuationsAsynchronously);
    private TaskCompletionSource? _drained;

    /// <summary>Completed when the first call of a tool has been answered.</summary>
    public Task Served => _served.Task;

    /// <summary>Calls that have begun and are not answered.</summary>
    public int InFlight
    {
        get
        {
            lock (_lock)
            {
                return _open.Count;
            }
        }
    }

    /// <summary>Calls of one front that have begun and are not answered.</summary>
    public int InFlightOf(FrameTransport front)
    {
        lock (_lock)
        {
            return _open.Count(call => call.Front == front) + _later.Count(call => call.Front == front);
        }
    }

    /// <summary>Calls that have not been begun because new ones wait.</summary>
    public int Waiting
    {
        get
        {
            lock (_lock)
            {
                return _waiting.Count;
            }
        }
    }

    /// <summary>A message has come. False when it waits.</summary>
    public bool Begin(FrameTransport front, JsonRpcMessage message)
    {
        if (message is JsonRpcNotification { Method: "notifications/cancelled" } cancelled)
        {
            Cancel(front, cancelled);
        }

        if (message is not JsonRpcRequest { Method: "tools/call" } request)
        {
            return true;   // the rest is answered at once, or never
        }

        var tool = request.Params?["name"] is System.Text.Json.Nodes.JsonValue name && name.TryGetValue<string>(out var text) ? text : "";
        lock (_lock)
        {
            if (_drained is not null && !NeverWait.Contains(tool))
            {
                _waiting.Add((front, request));
                return false;
            }

            if (tool != Waits)
            {
                (tool == AnsweredLater ? _later : _open).Add((front, request.Id));
            }

            return true;
        }
    }

    /// <summary>A request has been answered.</summary>
    public void End(FrameTransport front, RequestId id)
    {
        lock (_lock)
        {
            if (_open.Remove((front, id)) | _later.Remove((front, id)))
            {
                _served.TrySetResult();
            }

            Look();
        }
    }

    /// <summary>A front has gone.</summary>
    public void Forget(FrameTransport front)
    {
        lock (_lock)
        {
            _open.RemoveWhere(call => call.Front == front);
            _later.RemoveWhere(call => call.Front == front);
            _waiting.RemoveAll(call => call.Front == front);
            Look();
        }
    }

    /// <summary>New calls wait from now on. The task is completed when those that had begun are answered.</summary>
    public Task Hold()
    {
        lock (_lock)
        {
            _drained ??= new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
            Look();
            return _drained.Task;
        }
    }

    /// <summary>Nobody waits any longer; what has waited begins now.</summary>
    public async Task Resume()
    {
        (FrameTransport Front, JsonRpcRequest Request)[] waited;
        lock (_lock)
        {
            _drained = null;
            waited = [.. _waiting];
            _waiting.Clear();
            _open.UnionWith(waited.Select(w => (w.Front, w.Request.Id)));
        }

        foreach (var (front, request) in waited)
        {
            try
            {
                await front.Release(request);
            }
            catch (Exception gone) when (gone is OperationCanceledException or ObjectDisposedException or InvalidOperationException)
            {
                Forget(front);
            }
        }
    }

    // It is never answered. Those that have not begun never do.
    private void Cancel(FrameTransport front, JsonRpcNotification cancelled)
    {
        var id = cancelled.Params?["requestId"] switch
        {
            System.Text.Json.Nodes.JsonValue v when v.TryGetValue<string>(out var text) => new RequestId(text),
            System.Text.Json.Nodes.JsonValue v when v.TryGetValue<long>(out var number) => new RequestId(number),
            _ => default,
        };
        lock (_lock)
        {
            _open.Remove((front, id));
            _waiting.RemoveAll(call => call.Front == front && call.Request.Id.Equals(id));
            Look();
        }
    }

    private void Look()
    {
        if (_open.Count == 0)
        {
            _drained?.TrySetResult();
        }
    }
}
