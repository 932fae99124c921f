using System.Globalization;
using Orchestrator.Protocol;

namespace Orchestrator.Front;

/// <summary>
/// The rules of the relay: what the client waits for, what a new backend must be told, and which lines pass. Single-threaded; time is given in
/// milliseconds.
/// </summary>
internal sealed partial class RelayState
{
    /// <summary>In the refusal of a request that kills every backend that gets it.</summary>
    public const string PoisonRequest = "POISON_REQUEST";

    /// <summary>A backend that has lived for so long, in milliseconds, came to serve.</summary>
    public const long HealthyAfter = 5_000;

    private const string PrivatePrefix = "front:";

    // A subscription that ends because its backend does is not at its end. The backend's own end follows soon.
    private const long LongestClosing = 3_000;

    private readonly IRelayOutput _output;
    private readonly TimeSpan _holdLimit;
    private readonly Func<Snapshot?> _snapshot;
    private readonly PendingRequests _unanswered = new();
    private readonly HeldNotifications _held = new();
    private readonly Handshake _handshake = new();
    private readonly BackendQuestions _questions;
    private readonly ToolListWatch _tools = new();
    private Mode _mode;
    private string? _awaited;
    private string? _awaitedTools;
    private PendingRequest? _onTrial;
    private long _trialSince;
    private (PendingRequest Suspect, long Until)? _control;
    private long _readySince;
    private long _now;
    private int _generation;
    private string _build = "";

    public RelayState(IRelayOutput output, TimeSpan holdLimit, Func<Snapshot?>? snapshot = null)
    {
        (_output, _holdLimit, _snapshot) = (output, holdLimit, snapshot ?? (() => null));
        _questions = new BackendQuestions(output);
    }

    private enum Mode
    {
        /// <summary>No backend: everything is held.</summary>
        Disconnected,
        /// <summary>An <c>initialize</c> is on its way. Backends serve messages side by side, so nothing else is sent before its answer.</summary>
        Handshake,
        /// <summary>One suspect is with the backend, and nothing else; or is about to be.</summary>
        Trial,
        Ready,
    }

    /// <summary>The highest number that a line of the client has had.</summary>
    public long LastSequence { get; private set; }

    /// <summary>Memory of the requests that wait, about.</summary>
    public long HeldBytes => _unanswered.Bytes;

    public bool IsReady => _mode == Mode.Ready;

    /// <summary>A backend is there, and has not yet answered the handshake.</summary>
    public bool IsGreeting => _mode == Mode.Handshake;

    public bool HasUnanswered => _unanswered.Count > 0;

    /// <summary>True when an answer may come soon. A subscription is answered only when it ends.</summary>
    public bool AwaitsAnswers => _unanswered.Awaited > 0;

    /// <summary>A backend has said hello: it is told what its predecessor knew and given what that did not answer.</summary>
    public void OnBackendReady(string build = "", long now = 0)
    {
        (_build, _now, _readySince) = (build, now, now);
        _generation++;
        if (!_handshake.IsDone)
        {
            Begin();
            return;
        }

        var id = PrivateId(1);
        (_mode, _awaited) = (Mode.Handshake, "s:" + id);
        _output.ToBackend(0, LocalAnswer.PrivateRequest(id, "initialize", _handshake.InitializeParams));
    }

    /// <summary>The backend is gone; it has died, unless it has told us to go.</summary>
    public void OnBackendLost(long now, bool hasDied = true)
    {
        hasDied &= _mode != Mode.Disconnected;
        (_mode, _awaited, _awaitedTools, _now) = (Mode.Disconnected, null, null, now);
        if (hasDied)
        {
            Judge(now);
        }

        (_onTrial, _control) = (null, null);
        var wasHealthy = now - _readySince >= HealthyAfter;
        foreach (var request in _unanswered.InOrder)
        {
            // Backends that die one after the other serve nobody: to whoever waits it is one outage.
            request.HeldSince = wasHealthy ? now : request.HeldSince;
            request.Closing = null;
            if (hasDied && request.Generation == _generation && !request.IsSubscription)
            {
                request.Deaths++;
            }
        }

        _questions.Settle(_unanswered.OldestAwaited, current: 0);
    }

    /// <summary>Nobody will serve for now: everything that waits is answered with the reason. A subscription that was granted waits for nothing.</summary>
    public void Refuse(Refusal refusal)
    {
        foreach (var request in _unanswered.InOrder.Where(request => request.Granted is null).ToList())
        {
            _unanswered.Remove(request);
            Refuse(request, refusal);
        }

        (_onTrial, _control) = (null, null);
        Settle();
    }

    /// <summary>Answers what has been held for too long, and lets go what was held back on a suspicion.</summary>
    public void Expire(Refusal refusal, long now)
    {
        _now = now;
        EndClosings();
        if (_mode == Mode.Ready && _control is null)
        {
            return;
        }

        List<PendingRequest>? overdue = null;
        foreach (var request in _unanswered.InOrder)
        {
            var isServed = _mode != Mode.Disconnected && request.Generation == _generation && request.Line.Id != _awaited;
            if (!isServed && request.Granted is null && now - request.HeldSince >= _holdLimit.TotalMilliseconds)
            {
                (overdue ??= []).Add(request);
            }
        }

        foreach (var request in overdue ?? [])
        {
            Take(request);
            Refuse(request, refusal);
        }

        GoOnWithTrials(now);
    }

    // What was to be said first has been said; now what the client waits for.
    private void Begin()
    {
        _mode = Mode.Ready;
        if (_tools.MustAsk(_build))
        {
            var id = PrivateId(0);
            _awaitedTools = "s:" + id;
            _output.ToBackend(0, LocalAnswer.PrivateRequest(id, "tools/list", _tools.Params));
        }

        Flush();
    }

    // Everything that this backend has not been given, in the client's order; but suspects first, and each alone.
    private void Flush()
    {
        if (_control is null && _unanswered.InOrder.FirstOrDefault(r => r.Deaths >= DeathsOfSuspects && r.Generation != _generation) is { } suspect)
        {
            if (suspect.Trials == 0)
            {
                Try(suspect);
                return;
            }

            _control = (suspect, _now + Math.Clamp(2 * suspect.DiedAfter, ShortestControl, LongestControl));
        }

        foreach (var request in _unanswered.InOrder)
        {
            if (request.Generation == _generation || _control is not null && request.Deaths > 0)
            {
                continue;
            }

            _held.SendBefore(request.Sequence, _output);
            Send(request);
            if (_mode != Mode.Ready)
            {
                return;
            }
        }

        _held.SendBefore(long.MaxValue, _output);
    }

    private void Send(PendingRequest request)
    {
        request.Generation = _generation;
        _output.ToBackend(request.Sequence, request.Line.Bytes);
        if (request.Line.Method == "initialize" && _mode == Mode.Ready)
        {
            (_mode, _awaited) = (Mode.Handshake, request.Line.Id);
        }
    }

    // It waits no longer. What hung on it goes on.
    private void Take(PendingRequest request)
    {
        _unanswered.Remove(request);
        Settle();
        if (_mode == Mode.Trial && request == _onTrial)
        {
            EndTrial();
        }
        else if (_mode == Mode.Trial)
        {
            SendOnTrial();
        }
        else if (request == _control?.Suspect)
        {
            _control = null;
            if (_mode == Mode.Ready)
            {
                Flush();
            }
        }

        EndHandshake(request.Line.Id!);
    }

    private void Settle() => _questions.Settle(_unanswered.OldestAwaited, _mode == Mode.Disconnected ? 0 : _generation);

    private void EndHandshake(string id)
    {
        if (_mode == Mode.Handshake && _awaited == id)
        {
            _awaited = null;
            Begin();
        }
    }

    private void Refuse(PendingRequest request, Refusal refusal)
    {
        // A call that had reached a backend which then went away may have taken effect. What only reads has none, but here nobody knows which does.
        var told = request.Generation == 0 || request.Line.Method != "tools/call"
            ? refusal
            : new Refusal(
                RefusalCode.OutcomeUnknown,
                $"{refusal.Code}: {refusal.Message} The call had been sent before; whether it took effect is not known.",
                $"{refusal.NextStep} If the call was to change something, look whether it has before you repeat it.");
        Reply(request, LocalAnswer.Refused(request.Line, told));
    }

    private void Reply(PendingRequest request, ReadOnlyMemory<byte> answer) => ToClient(request.Batch, answer);

    private void ToClient(Batch? batch, ReadOnlyMemory<byte> answer)
    {
        var line = batch is null ? answer : batch.Add(answer);
        if (!line.IsEmpty)
        {
            _output.ToClient(line);
        }
    }

    private static string Text(ReadOnlyMemory<byte> raw) => System.Text.Encoding.UTF8.GetString(raw.Span);

    private string PrivateId(int number) => string.Create(CultureInfo.InvariantCulture, $"{PrivatePrefix}{_generation}:{number}");
}
