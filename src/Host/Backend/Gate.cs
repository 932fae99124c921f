using Microsoft.Extensions.Logging;
using Orchestrator.Actors.Migrations;
using Orchestrator.Protocol;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Nothing reads or writes task data before the gate is open. Whoever comes early waits; when the database cannot be opened, they hear why, and
/// the next one after a pause makes another attempt, so that a full disk or a missing right heals without a restart.
/// </summary>
internal sealed class Gate(Func<Action<UpgradeProgress>, Task<Storage>> open, TimeProvider clock, ILogger<Gate> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    // What was begun and rolled back has copied the whole database: no call may make that happen every two seconds.
    private static readonly TimeSpan FirstPauseAfterFailure = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan LongestPauseAfterFailure = TimeSpan.FromMinutes(10);

    private readonly Lock _lock = new();
    private Task<Storage>? _opening;
    private DateTimeOffset _nextAttempt;
    private int _failures;
    private volatile GateState _state = GateState.Opening;
    private string _logged = "";

    /// <summary>Raised when it has opened, and each time that it has not.</summary>
    public event Action<GateState>? Decided;

    /// <summary>Where it stands, at once.</summary>
    public GateState State => _state;

    /// <summary>Begins to open, so that it is done when the first call comes; after a refusal: again, when its pause is over.</summary>
    public void BeginToOpen() => _ = Attempt();

    /// <summary>What is behind the gate, once it is open.</summary>
    /// <exception cref="RefusedException">It cannot be opened; the refusal says why.</exception>
    public async Task<Storage> Enter(CancellationToken cancellation)
    {
        try
        {
            return await Attempt().WaitAsync(cancellation);
        }
        catch (Exception e) when (e is not OperationCanceledException)
        {
            throw new RefusedException(Why(e));
        }
    }

    /// <summary>Closes what was opened.</summary>
    public async Task Close()
    {
        if (_opening is { } opening)
        {
            try
            {
                await (await opening).DisposeAsync();
            }
            catch (Exception e)
            {
                log.LogWarning(e, "The store was not closed in order; the next start recovers it.");
            }
        }
    }

    private Task<Storage> Attempt()
    {
        lock (_lock)
        {
            var again = _opening is { IsFaulted: true } && clock.GetUtcNow() >= _nextAttempt;
            return _opening is null || again ? _opening = Open() : _opening;
        }
    }

    private async Task<Storage> Open()
    {
        await Task.Yield();   // not under the lock
        try
        {
            var storage = await open(Report);
            _failures = 0;
            Decide(GateState.Open);
            return storage;
        }
        catch (Exception e)
        {
            log.LogError(e, "The database could not be opened: {Code}: {Reason}", Why(e).Code, Why(e).Message);
            _nextAttempt = clock.GetUtcNow() + PauseAfter(e);
            Decide(GateState.Closed(Why(e)));
            throw;
        }
    }

    private void Decide(GateState state)
    {
        _state = state;
        Decided?.Invoke(state);
    }

    private void Report(UpgradeProgress progress)
    {
        _state = GateState.Migrating(progress);
        if (progress.Percent is null && progress.What != _logged)
        {
            _logged = progress.What;
            log.LogWarning("{State}", _state.What);
        }
    }

    private TimeSpan PauseAfter(Exception e)
    {
        if (e is not UpgradeRefusedException { HasBegun: true })
        {
            return Pause;
        }

        var longer = FirstPauseAfterFailure * Math.Pow(2, Math.Min(_failures++, 10));
        return longer < LongestPauseAfterFailure ? longer : LongestPauseAfterFailure;
    }

    private static Refusal Why(Exception e) => e switch
    {
        UpgradeRefusedException refused => refused.Refusal,
        UpgradeWaitException waited => waited.Refusal,
        StoreUnavailableException => Unavailable(e.Message),
        _ => Unavailable($"The database could not be opened: {e.Message}"),
    };

    private static Refusal Unavailable(string message) => new(
        RefusalCode.DatabaseUnavailable, message, "Nothing was changed. Put this right, then repeat the call; no restart is needed.");
}

/// <summary>A refusal on its way to the client.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}
