using System.Globalization;
using System.Threading.Channels;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>
/// Between one client and whichever backend serves: an event loop round a <see cref="RelayState"/>. Reading and writing each go on by themselves,
/// so that neither a client that does not read nor a backend that does not can stop the other direction.
/// </summary>
internal sealed partial class Relay : IRelayOutput, IDisposable
{
    private const long MaxHeld = 256 * 1024 * 1024;
    private const long MaxUnwritten = 64 * 1024 * 1024;
    // A backend that answers nothing and is not stopped may be overloaded: it gets more time than one that cannot even try.
    private const long HungAfter = 10_000;

    // On a machine with far more work than processors, nothing answers in time; to kill what is slow would make it slower.
    private const long HungAfterUnderLoad = 60_000;

    // After the first backend that did not come to serve (it lived for a short time and answered nothing), the next ones are not sought at once.
    private const int MostShortLives = 8;
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);

    // Whoever leaves in an outage is let go before he loses patience.
    private static readonly TimeSpan GraceInOutage = TimeSpan.FromMilliseconds(500);

    private readonly FrontOptions _options;
    private readonly TextWriter _log;
    private readonly Func<bool> _hasGone;
    private readonly Channel<RelayEvent> _events = Channel.CreateUnbounded<RelayEvent>(new UnboundedChannelOptions { SingleReader = true });
    private readonly ByteGate _held = new(MaxHeld);
    private readonly ByteGate _toBackend = new(MaxUnwritten);
    private readonly ByteGate _toClient = new(MaxUnwritten);
    private readonly CancellationTokenSource _stopping;
    private readonly RelayState _state;
    private readonly ClientWriter _writer;
    private readonly BackendConnector _connector;
    private readonly ITimer _ticks;
    private BackendLink? _link;
    private HoldNotice? _holding;
    private long _heldSince;
    private long _heldBytes;
    private long _lastSequence;
    private long _readySince;
    private int _period;
    private readonly Liveness _liveness = new();
    private int _shortLives;
    private bool _hasServed;
    private bool _ended;
    private Refusal? _noted;

    public Relay(
        FrontOptions options, string front, string build, Stream stdout, TextWriter log, Func<bool> hasGone, CancellationToken cancellationToken)
    {
        (_options, _log, _hasGone) = (options, log, hasGone);
        _stopping = CancellationTokenSource.CreateLinkedTokenSource(cancellationToken);
        var snapshot = new Lazy<Snapshot?>(() => Snapshot.Load(options.SnapshotDirectory, build, options.Profile));
        _state = new RelayState(this, options.HoldLimit, () => snapshot.Value);
        _writer = new ClientWriter(stdout, _toClient);
        _connector = new BackendConnector(options, SayHello, _toBackend, log);
        _ticks = TimeProvider.System.CreateTimer(_ => Post(new RelayEvent.Tick()), null, Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        Hello SayHello() => new(
            Hello.OldestVersion, Hello.Version, build, options.Location.Identity, front, Volatile.Read(ref _lastSequence), Environment.ProcessId)
        { Profile = options.Profile, Program = options.Program, Insists = options.Insists };
    }

    public async Task RunAsync(Stream stdin)
    {
        var writing = WriteToClientAsync();
        _ = ReadClientAsync(stdin);
        Seek(TimeSpan.Zero, unavailable: false);
        SetPace(Pace);
        try
        {
            while (await _events.Reader.WaitToReadAsync(_stopping.Token))
            {
                while (_events.Reader.TryRead(out var happened))
                {
                    if (!TryHandle(happened))
                    {
                        _writer.Complete();
                        await Task.WhenAny(writing, Task.Delay(_options.EndGrace, _stopping.Token));
                        return;
                    }
                }
            }
        }
        catch (OperationCanceledException)
        {
            // Told to stop.
        }
        finally
        {
            await _stopping.CancelAsync();
            _link?.Dispose();
        }
    }

    public void Dispose()
    {
        _ticks.Dispose();
        _connector.Dispose();
        _stopping.Dispose();
    }

    private int Pace => _link is null ? Liveness.OutagePeriod
        : _state.IsReady && !_state.AwaitsAnswers ? Liveness.IdlePeriod
        : Liveness.BusyPeriod;

    void IRelayOutput.ToClient(ReadOnlyMemory<byte> line) => _writer.Write(line);

    void IRelayOutput.ToBackend(long sequence, ReadOnlyMemory<byte> line) => _link?.Send(sequence, line);

    // A defect must not take the client's pipe with it: what it met is answered, and everything else goes on.
    private bool TryHandle(RelayEvent happened)
    {
        try
        {
            return Handle(happened);
        }
        catch (Exception defect) when (defect is not OperationCanceledException)
        {
            _log.WriteLine($"{_options.Name}: A defect of the front: {defect}");
            if (happened is RelayEvent.ClientLine({ Kind: LineKind.Request } line))
            {
                _writer.Write(LocalAnswer.Refused(line, new Refusal(
                    RefusalCode.InternalError, $"A defect of this program: {defect.GetType().Name}.", "Report what stands on standard error.")));
            }

            return true;
        }
    }

    /// <summary>False when there is nothing left to do.</summary>
    private bool Handle(RelayEvent happened)
    {
        switch (happened)
        {
            case RelayEvent.ClientLine(var line):
                OnClientLine(line);
                break;
            case RelayEvent.ClientLineTooLong(var id):
                OnClientLineTooLong(id);
                break;
            case RelayEvent.ClientEnded:
                _ended = true;
                _ = StopLaterAsync();
                break;
            case RelayEvent.Stop:
                return false;
            case RelayEvent.BackendReady(var link):
                OnBackendReady(link);
                break;
            case RelayEvent.BackendLine(var link, var line) when link == _link:
                _hasServed |= _state.IsReady && line.Kind == LineKind.Response;
                OnRefused(_state.OnBackendLine(line, Environment.TickCount64));
                break;
            case RelayEvent.BackendRefused(var link, var refusal) when link == _link:
                OnRefused(refusal);
                break;
            case RelayEvent.BackendHolds(var link, var notice) when link == _link:
                OnBackendHolds(notice);
                break;
            case RelayEvent.BackendLost(var link) when link == _link:
                OnBackendLost();
                break;
            case RelayEvent.Tick:
                OnTick();
                break;
        }

        if (Pace < _period)
        {
            SetPace(Pace);   // A tick finds out when it may slow down again.
        }

        _held.Add(_state.HeldBytes - _heldBytes);
        _heldBytes = _state.HeldBytes;
        Volatile.Write(ref _lastSequence, _state.LastSequence);
        return !_ended || _state.AwaitsAnswers;
    }

    private void OnClientLine(JsonLine line)
    {
        _held.Add(-line.Bytes.Length);   // what of it is kept, the state counts
        _state.OnClientLine(line, Environment.TickCount64);
        if (!_state.IsReady && line.Kind == LineKind.Request)
        {
            _connector.Nudge();
        }
    }

    private void OnClientLineTooLong(byte[]? rawId)
    {
        var message = string.Create(
            CultureInfo.InvariantCulture, $"The line is longer than the limit of {_options.MaxLine} bytes (ORCHESTRATOR_MAX_LINE_BYTES).");
        _writer.Write(LocalAnswer.Error(rawId, LocalAnswer.InvalidRequest, message));
    }

    private void SetPace(int period)
    {
        _period = period;
        _ticks.Change(TimeSpan.FromMilliseconds(period), TimeSpan.FromMilliseconds(period));
    }

    private void OnTick()
    {
        var now = Environment.TickCount64;
        var period = Pace;
        if (_state.IsGreeting && now - _readySince > _options.HelloLimit.TotalMilliseconds)
        {
            OnBackendLost();   // It said hello and then nothing: the handshake stays unanswered.
        }
        else if (_link is { CanBeAsked: true } link)
        {
            Listen(link, now, period);
            period = _liveness.Period;
        }

        _state.Expire(_connector.Unavailable(), now);
        if (_hasGone())
        {
            Post(new RelayEvent.Stop());   // Nobody will read what we might write.
        }

        if (period != _period)
        {
            SetPace(period);
        }
    }

    private void Listen(BackendLink link, long now, int period)
    {
        switch (_liveness.Look(now, link.HeardAt, link.IsListening, period))
        {
            case Silence.Ask:
                link.Ask();
                break;
            case Silence.Unbroken when link.Process is { } process && (process.IsStopped || IsHung(now - link.HeardAt)):
                _connector.Kill(process);   // The end of the connection tells the rest.
                break;
        }
    }

    private static bool IsHung(long silentFor) =>
        silentFor >= HungAfterUnderLoad || (silentFor >= HungAfter && !ProcessorLoad.IsHigh());

    private void OnBackendHolds(HoldNotice? notice)
    {
        _log.WriteLine(notice is null
            ? $"{_options.Name}: The restart came to nothing; the server goes on."
            : $"{_options.Name}: The server restarts ({notice.Reason}; {notice.Build} will serve); calls wait, usually about {notice.ExpectedMs} ms.");
        (_holding, _heldSince) = (notice, Environment.TickCount64);
    }

    private void OnBackendReady(BackendLink link)
    {
        _link = link;
        _hasServed = false;
        if (_holding is not null)
        {
            _log.WriteLine($"{_options.Name}: {link.Theirs.Build} serves, after {Environment.TickCount64 - _heldSince} ms.");
            _holding = null;
        }

        _readySince = Environment.TickCount64;
        _liveness.Begin(_readySince);
        _ = ReadBackendAsync(link);
        _state.OnBackendReady(link.Theirs.Build, _readySince);
    }

    private void OnBackendLost()
    {
        if (_holding is not null)
        {
            // It has said so; and whoever takes its place is here in a moment.
            Drop(hasDied: false);
            Seek(TimeSpan.Zero, unavailable: false);
            return;
        }

        var isShort = !_hasServed && Environment.TickCount64 - _readySince < RelayState.HealthyAfter;
        _shortLives = isShort ? Math.Min(_shortLives + 1, MostShortLives) : 0;
        Drop(hasDied: true);
        var pause = TimeSpan.FromMilliseconds(_shortLives > 1 ? 10 << _shortLives : 0);
        Seek(pause < LongestPause ? pause : LongestPause, unavailable: false);
    }

    // Without a link the search goes on by itself; with one it begins anew, and slowly.
    private void OnRefused(Refusal? refusal)
    {
        if (refusal is null)
        {
            return;
        }

        var hadLink = _link is not null;
        Drop(hasDied: false);
        _state.Refuse(refusal);
        if (hadLink)
        {
            Seek(_options.SlowRetry, unavailable: true);
        }
    }

    private void Drop(bool hasDied)
    {
        _link?.Dispose();
        _link = null;
        _state.OnBackendLost(Environment.TickCount64, hasDied);
    }

    private void Seek(TimeSpan pause, bool unavailable)
    {
        _ = SeekAsync();

        async Task SeekAsync()
        {
            try
            {
                var link = await _connector.FindAsync(
                    pause, unavailable, _holding is not null, refusal => Post(new RelayEvent.BackendRefused(null, refusal)), _stopping.Token);
                Post(new RelayEvent.BackendReady(link));
            }
            catch (OperationCanceledException)
            {
                // The relay has ended.
            }
        }
    }
}
