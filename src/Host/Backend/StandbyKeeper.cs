using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Commands;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Keeps a process ready to take this one's place, as long as one is wanted: starts it when this one has served for a while, replaces it when it has
/// died or was stopped, gives it to a restart that needs a successor, and ends it when this one leaves in order.
/// </summary>
internal sealed class StandbyKeeper(BackendOptions options, Fronts fronts, Gate gate, ILogger log) : IDisposable
{
    /// <summary>
    /// So long a backend serves before it gets one. Nobody counts the crash of a process whose parent has died, so it must not be able to hand a crash
    /// on and on: one that dies sooner is followed by a process that a front starts, and counts, and the restart budget cannot be used up unseen.
    /// </summary>
    public static readonly TimeSpan ServesFirst = CrashRecord.Window / CrashRecord.Budget;

    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BeginsWithin = TimeSpan.FromSeconds(10);
    private static readonly TimeSpan NoneAfterFailure = TimeSpan.FromMinutes(10);

    private readonly SemaphoreSlim _turn = new(1);
    private readonly long _since = Stopwatch.GetTimestamp();
    private volatile CancellationTokenSource _pause = new();
    private volatile Heir? _heir;
    private volatile bool _isReady;
    private (long Since, TimeSpan Pause)? _failed;
    private DateTime _program;

    /// <summary>What was asked for.</summary>
    public StandbyMode Mode { get; private set; }

    /// <summary>The process; null when there is none.</summary>
    public int? ProcessId => _heir?.ProcessId;

    /// <summary>Whether it would take this one's place now.</summary>
    public bool IsReady => _isReady && _heir is { IsThere: true };

    /// <summary>Why there is none although one is wanted; null when nothing is wrong.</summary>
    public string? Trouble { get; private set; }

    /// <summary>Keeps one until this process leaves; returns when it has ended.</summary>
    public async Task Keep(CancellationToken leaving)
    {
        try
        {
            await Task.Yield();
            (Mode, Trouble) = StandbySetting.Read(Environment.GetEnvironmentVariable);
            if (Trouble is { } fault)
            {
                log.LogError("{Fault}", fault);
            }

            while (Mode != StandbyMode.Off)
            {
                await Task.Delay(LookEvery, leaving);
                await Look(leaving);
            }
        }
        catch (OperationCanceledException)
        {
            // This process leaves.
        }
        catch (Exception e)
        {
            log.LogError(e, "No process stands by any more.");
        }
        finally
        {
            await Take(isWanted: false);
        }
    }

    /// <summary>Gives the process away, if it is ready and wanted, and ends it otherwise. There is none from now on until <see cref="GoOn"/>.</summary>
    public async Task<Heir?> Take(bool isWanted)
    {
        await _pause.CancelAsync();
        await _turn.WaitAsync();
        try
        {
            if (isWanted && IsReady && _program == OwnProgram.WrittenAt)
            {
                var heir = _heir;
                (_heir, _isReady) = (null, false);
                return heir;
            }

            await End();
            return null;
        }
        finally
        {
            _turn.Release();
        }
    }

    /// <summary>There may be one again.</summary>
    public void GoOn() => _pause = new CancellationTokenSource();

    /// <summary>This process ends at this very moment, and there is nothing that anybody could take over.</summary>
    public void Abandon() => _heir?.KillAtOnce();

    public void Dispose()
    {
        _pause.Dispose();
        _turn.Dispose();
    }

    private async Task Look(CancellationToken leaving)
    {
        await _turn.WaitAsync(leaving);
        try
        {
            if (_pause.IsCancellationRequested)
            {
                return;
            }

            if (_heir is { IsThere: false } lost)
            {
                log.LogWarning("The process that stood by (process {Id}) has ended or was stopped.", lost.ProcessId);
                await End();
                Wait("The one that stood by has ended; another one comes soon.", ServesFirst);
            }

            if (!IsWanted())
            {
                await End();
            }
            else if (_heir is null)
            {
                await Start(leaving);
            }
        }
        finally
        {
            _turn.Release();
        }
    }

    private bool IsWanted() =>
        gate.State == GateState.Open && Stopwatch.GetElapsedTime(_since) >= ServesFirst
        && (_heir is not null || _failed is not { } failed || Stopwatch.GetElapsedTime(failed.Since) >= failed.Pause)
        && (Mode == StandbyMode.On
            || StandbySetting.IsWorthIt(fronts.All.Select(f => Stopwatch.GetElapsedTime(f.Since)), Memory.Available, _heir is not null));

    private async Task Start(CancellationToken leaving)
    {
        using var interrupted = CancellationTokenSource.CreateLinkedTokenSource(leaving, _pause.Token);
        try
        {
            _program = OwnProgram.WrittenAt;
            _heir = Heir.Start(OwnProgram.Command, options);
            await _heir.Prove(ReadyWithin, interrupted.Token);
            await _heir.Tell(new HandoverMessage(HandoverMessage.StandBy));
            await _heir.Await(HandoverMessage.StandingBy, BeginsWithin);
            (_isReady, Trouble, _failed) = (true, null, null);
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            await End();   // a restart has begun
        }
        catch (HeirFailedException failed)
        {
            log.LogError("No process stands by: {Reason}", failed.Message);
            await End();
            Wait(failed.Message, NoneAfterFailure);
        }
    }

    private void Wait(string trouble, TimeSpan pause) => (Trouble, _failed) = (trouble, (Stopwatch.GetTimestamp(), pause));

    private async Task End()
    {
        if (_heir is { } heir)
        {
            _isReady = false;
            try
            {
                await heir.Dismiss();
            }
            catch (HeirFailedException stays)
            {
                log.LogError("{Reason}", stays.Message);   // the lock of the database keeps it from doing harm
            }

            _heir = null;
            heir.Dispose();
        }
    }
}
