using Microsoft.Extensions.Logging;
using Orchestrator.Protocol;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Nothing reads or writes task data before the gate is open. Whoever comes early waits; when the database cannot be opened, they hear why, and
/// the next one after a pause makes another attempt, so that a full disk or a missing right heals without a restart.
/// </summary>
internal sealed class Gate(Func<Task<Storage>> open, TimeProvider clock, ILogger<Gate> log)
{
    private static readonly TimeSpan Pause = TimeSpan.FromSeconds(2);

    private readonly Lock _lock = new();
    private Task<Storage>? _opening;
    private DateTimeOffset _nextAttempt;

    /// <summary>Begins to open, so that it is done when the first call comes.</summary>
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
            var message = e is StoreUnavailableException ? e.Message : $"The database could not be opened: {e.Message}";
            throw new RefusedException(new Refusal(
                RefusalCode.DatabaseUnavailable, message, "Nothing was changed. Put this right, then repeat the call; no restart is needed."));
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
            return await open();
        }
        catch (Exception e)
        {
            log.LogError(e, "The database could not be opened.");
            _nextAttempt = clock.GetUtcNow() + Pause;
            throw;
        }
    }
}

/// <summary>A refusal on its way to the client.</summary>
internal sealed class RefusedException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}
