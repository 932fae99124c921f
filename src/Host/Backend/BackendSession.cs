using System.Diagnostics;
using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Backend;

/// <summary>
/// The time in which this process holds the store: from the lock to the closed database. Usually the process's whole life; after a hand-over that
/// failed it begins another one.
/// </summary>
internal sealed class BackendSession : IDisposable
{
    // How long writes may go into files that somebody has deleted.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    private readonly BackendOptions _options;
    private readonly TimeProvider _clock;
    private readonly ILoggerFactory _loggers;
    private readonly ILogger _log;
    private readonly Gate _gate;
    private readonly StandbyKeeper _standby;
    private readonly RestartDriver _restarts;
    private readonly CancellationTokenSource _leaving;
    private readonly TaskCompletionSource<Handover> _handover = new();
    private bool _isPlanned;

    public BackendSession(BackendOptions options, ProcessFacts me, TimeProvider clock, ILoggerFactory loggers, CancellationToken ending)
    {
        (_options, _clock, _loggers) = (options, clock, loggers);
        _log = loggers.CreateLogger(nameof(BackendProcess));
        _leaving = CancellationTokenSource.CreateLinkedTokenSource(ending);
        _gate = new Gate(progress => SafeMode.Allows(options, clock, () => Storage.Open(options, clock, Supersede, progress, _isPlanned)), clock, loggers.CreateLogger<Gate>());
        var fronts = new Fronts();
        _standby = new StandbyKeeper(options, fronts, _gate, loggers.CreateLogger<StandbyKeeper>());
        _restarts = new RestartDriver(options, me, _gate, fronts, _standby, clock, loggers.CreateLogger<RestartDriver>(), Leave, _leaving.Token);
        _restarts.Fronts.Came += front => _ = _restarts.Consider(front);
    }

    /// <summary>Serves. Returns the hand-over that ended it, with the store closed; null when it ended otherwise.</summary>
    public async Task<Handover?> Run(Arrival arrival)
    {
        _isPlanned = arrival is Arrival.BySuccession;
        _gate.BeginToOpen();
        if (arrival is not Arrival.ByStart)
        {
            await _gate.Enter(_leaving.Token);
            StopPoint.Reached(arrival is Arrival.BySuccession ? "new:opened" : "old:reopened");
        }

        var tools = ToolList.Create(_gate, _loggers, _restarts, RehearsalTool.IsWanted);
        Task keeping;
        using (var listener = FrontListener.Publish(_options.Location.SocketPath, _loggers.CreateLogger<FrontListener>()))
        {
            var published = Stopwatch.GetTimestamp();
            arrival.Published?.Invoke();
            KnownStores.Remember(_options.Location);
            using var idle = _clock.CreateTimer(_ => _leaving.Cancel(), null, _options.IdleAfter, Timeout.InfiniteTimeSpan);
            listener.Changed += connections => idle.Change(connections == 0 ? UntilIdle() : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);
            using var memory = MemoryAtRest.Watch(_clock);
            using var watch = _clock.CreateTimer(_ => EndIfDeleted(), null, LookEvery, LookEvery);
            using var reload = PosixSignalRegistration.Create(PosixSignal.SIGHUP, s =>
            {
                s.Cancel = true;
                _ = _restarts.Reload(_leaving.Token);
            });
            _ = _restarts.Arrive(arrival, published, _leaving.Token);
            keeping = _standby.Keep(_leaving.Token);
            await listener.Run(
                (socket, stopping) => new FrontConnection(socket, _options, _restarts.Fronts, tools.ServerOptions, _gate, _loggers).Run(stopping),
                _leaving.Token);
        }

        await keeping;   // first: whoever stands by must not take this end for a death
        await _gate.Close();
        StopPoint.Reached("old:closed");
        return _handover.Task.IsCompletedSuccessfully ? await _handover.Task : null;
    }

    public void Dispose()
    {
        _leaving.Dispose();
        _standby.Dispose();
    }

    // Who only looks comes and goes, and is no reason to stay.
    private TimeSpan UntilIdle() =>
        _options.IdleAfter - Stopwatch.GetElapsedTime(_restarts.Fronts.LastLeft) is { Ticks: > 0 } left ? left : TimeSpan.Zero;

    // Past the point of no return.
    private async Task Leave(Heir heir, long heldAt)
    {
        await heir.Tell(new HandoverMessage(HandoverMessage.Closing) { HeldAt = heldAt, Build = BuildInfo.Build, Folder = BuildInfo.Folder });
        _handover.SetResult(new Handover(heir, heldAt, Handover.Elect(_options.Location), _log));
        _restarts.Fronts.Cut();
        StopPoint.Reached("old:closing");
        await _leaving.CancelAsync();
    }

    // An open file outlives its name. Without its directory this process would acknowledge what nobody will ever find.
    private void EndIfDeleted()
    {
        if (!File.Exists(_options.Location.LockPath))
        {
            _standby.Abandon();
            _log.LogError("{Path} was deleted. This process ends; the next request begins with a new store.", _options.Location.Path);
            Environment.Exit(BackendExitCode.Deleted);
        }
    }

    // Nothing of ours may be written any more, so there is nothing to close in order.
    private void Supersede()
    {
        _standby.Abandon();
        _log.LogError("Another process has taken over the database. This one ends; its fronts find the other.");
        Environment.Exit(BackendExitCode.Superseded);
    }
}
