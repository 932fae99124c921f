using System.Globalization;
using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <summary>
/// The rules of the relay: what the client waits for, what a new backend must be told, and which lines pass. Single-threaded; time is given in
/// milliseconds.
/// </summary>
internal sealed class RelayState(IRelayOutput output, TimeSpan holdLimit)
{
    private const string PrivatePrefix = "front:";

    private readonly PendingRequests _unanswered = new();
    private readonly HeldNotifications _held = new();
    private readonly Handshake _handshake = new();
    private readonly HashSet<string> _askedByBackend = new(StringComparer.Ordinal);
    private Mode _mode;
    private string? _awaited;
    private int _generation;

    private enum Mode
    {
        /// <summary>No backend: everything is held.</summary>
        Disconnected,
        /// <summary>An <c>initialize</c> is on its way. Backends serve messages side by side, so nothing else is sent before its answer.</summary>
        Handshake,
        Ready,
    }

    /// <summary>The highest number that a line of the client has had.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Memory of the requests that wait, about.</summary>
    public long HeldBytes => _unanswered.Bytes;

    public bool IsReady => _mode == Mode.Ready;

    public bool HasUnanswered => _unanswered.Count > 0;

    /// <summary>True when an answer may come soon. A subscription is answered only when it ends.</summary>
    public bool AwaitsAnswers => _unanswered.Count > 0 && AnyButSubscriptions();

    public void OnClientLine(JsonLine line, long now)
    {
        switch (line.Kind)
        {
            case LineKind.Request:
                OnClientRequest(line, now);
                break;
            case LineKind.Notification:
                OnClientNotification(line);
                break;
            case LineKind.Response:
                OnClientResponse(line);
                break;
            case LineKind.Batch:
                output.ToClient(LocalAnswer.Error([], LocalAnswer.InvalidRequest, "batches are not supported"));
                break;
            case LineKind.Broken:
                output.ToClient(LocalAnswer.Error(line.RawId.Span, LocalAnswer.ParseError, "The line is not JSON, or nested too deeply."));
                break;
        }
    }

    /// <summary>A backend has said hello: it is told what its predecessor knew and given what that did not answer.</summary>
    public void OnBackendReady()
    {
        _generation++;
        if (!_handshake.IsDone)
        {
            _mode = Mode.Ready;
            Flush();
            return;
        }

        var id = PrivateId(1);
        (_mode, _awaited) = (Mode.Handshake, "s:" + id);
        output.ToBackend(0, LocalAnswer.PrivateRequest(id, "initialize", _handshake.InitializeParams));
    }

    /// <summary>One line of the backend. A refusal means that this backend is of no use to the client.</summary>
    public Refusal? OnBackendLine(JsonLine line)
    {
        switch (line.Kind)
        {
            case LineKind.Response:
                return OnBackendResponse(line);
            case LineKind.Request:
                _askedByBackend.Add(line.Id!);
                output.ToClient(line.Bytes);
                return null;
            case LineKind.Notification:
                output.ToClient(line.Bytes);
                return null;
            default:
                return null;   // Answers without an id, and what is no message: nobody waits for it.
        }
    }

    public void OnBackendLost(long now)
    {
        _mode = Mode.Disconnected;
        _awaited = null;
        _askedByBackend.Clear();
        foreach (var request in _unanswered.InOrder)
        {
            request.HeldSince = now;
        }
    }

    /// <summary>Nobody will serve for now: everything that waits is answered with the reason.</summary>
    public void Refuse(Refusal refusal)
    {
        foreach (var request in _unanswered.TakeAll())
        {
            Refuse(request, refusal);
        }
    }

    /// <summary>Answers what has been held for too long.</summary>
    public void Expire(Refusal refusal, long now)
    {
        if (_mode == Mode.Ready)
        {
            return;
        }

        List<PendingRequest>? overdue = null;
        foreach (var request in _unanswered.InOrder)
        {
            var isServed = _mode == Mode.Handshake && request.Generation == _generation && request.Line.Id != _awaited;
            if (!isServed && now - request.HeldSince >= holdLimit.TotalMilliseconds)
            {
                (overdue ??= []).Add(request);
            }
        }

        foreach (var request in overdue ?? [])
        {
            _unanswered.Take(request.Line.Id!);
            Refuse(request, refusal);
            EndHandshake(request.Line.Id!);
        }
    }

    private void OnClientRequest(JsonLine line, long now)
    {
        if (_mode != Mode.Ready && line.Method == "ping")
        {
            output.ToClient(LocalAnswer.Empty(line.RawId));
            return;
        }

        if (line.Method == "initialize")
        {
            _handshake.Begin();
        }

        var request = new PendingRequest(line, ++LastSequence, now);
        _unanswered.Add(request);
        if (_mode == Mode.Ready)
        {
            Send(request);
        }
    }

    private void OnClientNotification(JsonLine line)
    {
        var sequence = ++LastSequence;
        switch (line.Method)
        {
            case "notifications/cancelled":
                OnCancelled(line, sequence);
                return;
            case "notifications/initialized":
                _handshake.Initialized = line.Bytes;
                break;
            case "notifications/progress" when _mode == Mode.Disconnected:
                return;   // It speaks of a question that died with its backend.
        }

        if (_mode == Mode.Ready)
        {
            output.ToBackend(sequence, line.Bytes);
        }
        else if (line.Method != "notifications/initialized" || !_handshake.IsDone)   // otherwise the replay says it
        {
            _held.Add(sequence, line.Bytes);
        }
    }

    // Clients also cancel what was answered long ago; a backend has nothing to learn from that.
    private void OnCancelled(JsonLine line, long sequence)
    {
        if (line.RequestId is not { } id || _unanswered.Take(id) is not { } request)
        {
            return;
        }

        if (_mode != Mode.Disconnected && request.Generation == _generation)
        {
            output.ToBackend(sequence, line.Bytes);
        }

        EndHandshake(id);
    }

    // An answer to a question of a backend that is gone would answer another question of the new one.
    private void OnClientResponse(JsonLine line)
    {
        var sequence = ++LastSequence;
        if (_askedByBackend.Remove(line.Id!) && _mode != Mode.Disconnected)
        {
            output.ToBackend(sequence, line.Bytes);
        }
    }

    private Refusal? OnBackendResponse(JsonLine line)
    {
        if (_unanswered.Take(line.Id!) is { } request)
        {
            _handshake.Learn(request.Line, line);
            output.ToClient(line.Bytes);
            EndHandshake(line.Id!);
            return null;
        }

        if (_mode != Mode.Handshake || line.Id != _awaited)
        {
            return null;   // Late, repeated, or the answer to a private request that nothing hangs on.
        }

        if (!line.HasResult || line.ProtocolVersion != _handshake.ProtocolVersion)
        {
            return new Refusal(
                RefusalCode.ProtocolMismatch,
                $"The new backend does not speak the revision that this client has agreed on ({_handshake.ProtocolVersion}).",
                "Start this client again.");
        }

        Replay();
        EndHandshake(line.Id!);
        return null;
    }

    private void Replay()
    {
        if (!_handshake.Initialized.IsEmpty)
        {
            output.ToBackend(0, _handshake.Initialized);
        }

        if (!_handshake.LogLevelParams.IsEmpty)
        {
            output.ToBackend(0, LocalAnswer.PrivateRequest(PrivateId(2), "logging/setLevel", _handshake.LogLevelParams));
        }
    }

    private void EndHandshake(string id)
    {
        if (_mode == Mode.Handshake && _awaited == id)
        {
            (_mode, _awaited) = (Mode.Ready, null);
            Flush();
        }
    }

    // Everything that this backend has not been given, in the client's order.
    private void Flush()
    {
        foreach (var request in _unanswered.InOrder)
        {
            if (request.Generation == _generation)
            {
                continue;
            }

            _held.SendBefore(request.Sequence, output);
            Send(request);
            if (_mode != Mode.Ready)
            {
                return;
            }
        }

        _held.SendBefore(long.MaxValue, output);
    }

    private void Send(PendingRequest request)
    {
        request.Generation = _generation;
        output.ToBackend(request.Sequence, request.Line.Bytes);
        if (request.Line.Method == "initialize")
        {
            (_mode, _awaited) = (Mode.Handshake, request.Line.Id);
        }
    }

    private void Refuse(PendingRequest request, Refusal refusal)
    {
        // The request had reached a backend that then went away: only its key can tell what became of it.
        var told = request.Generation == 0
            ? refusal
            : refusal with { Message = refusal.Message + " The request had been sent before; whether it took effect is not known." };
        output.ToClient(LocalAnswer.Refused(request.Line, told));
    }

    private bool AnyButSubscriptions()
    {
        foreach (var request in _unanswered.InOrder)
        {
            if (request.Line.Method != "subscriptions/listen")
            {
                return true;
            }
        }

        return false;
    }

    private string PrivateId(int number) => string.Create(CultureInfo.InvariantCulture, $"{PrivatePrefix}{_generation}:{number}");
}
