using System.Diagnostics;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Front;

/// <summary>
/// Finds a backend, starting one when nobody listens. Of several fronts one starts it, elected by a lock that the kernel frees; the others only
/// go on connecting.
/// </summary>
internal sealed class BackendConnector(FrontOptions options, Func<Hello> hello, ByteGate outgoing, TextWriter log) : IDisposable
{
    private const int StartsBeforeGivingUp = 5;
    private const string NobodyListens = "Nobody listens.";
    private static readonly TimeSpan FirstPause = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan LongestPause = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan LongestWait = TimeSpan.FromSeconds(5);
    private static readonly TimeSpan LongestSlowPause = TimeSpan.FromSeconds(30);
    private static readonly TimeSpan LongestLook = TimeSpan.FromMilliseconds(100);
    private static readonly TimeSpan LookForHello = TimeSpan.FromMilliseconds(20);
    private static readonly TimeSpan FirstLookForStandby = TimeSpan.FromMilliseconds(5);
    private static readonly TimeSpan StandbyLimit = TimeSpan.FromSeconds(2);
    private static readonly TimeSpan StoppedFor = TimeSpan.FromSeconds(1);
    private static readonly TimeSpan ExpectedPause = TimeSpan.FromMilliseconds(10);
    private static readonly TimeSpan ExpectedFor = TimeSpan.FromSeconds(5);

    private readonly SemaphoreSlim _nudge = new(0, 1);
    private readonly SpawnLock _spawnLock = new(options.Location.SpawnLockPath);
    private volatile bool _isElected;
    private int _failedStarts;
    private string _lastFailure = NobodyListens;
    private string? _told;

    /// <summary>Somebody waits: ends the pause after which the next attempt would have been made.</summary>
    public void Nudge()
    {
        if (_nudge.CurrentCount == 0)
        {
            _nudge.Release();   // The event loop is the only caller.
        }
    }

    /// <summary>What to tell those who can wait no longer.</summary>
    public Refusal Unavailable() => new(
        RefusalCode.BackendUnavailable,
        $"No backend serves {options.Location.Path}. {_lastFailure}",
        $"Look at {options.Location.LogPath}, then repeat the request.");

    /// <summary>Tries until a backend has said hello. Meanwhile <paramref name="onRefusal"/> hears why there is none.</summary>
    /// <param name="firstPause">Time to wait before the first attempt.</param>
    /// <param name="unavailable">True when it is already known that nobody serves: every failed attempt is then told at once.</param>
    /// <param name="expected">True when another backend is about to take the place of the last one: it is looked for more often, for a while.</param>
    /// <param name="onRefusal">Told each time when there is no hope for those who wait.</param>
    /// <param name="cancellationToken">Ends the search.</param>
    public async Task<BackendLink> FindAsync(
        TimeSpan firstPause, bool unavailable, bool expected, Action<Refusal> onRefusal, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        var pause = firstPause;
        _failedStarts = 0;
        _lastFailure = NobodyListens;
        _told = null;
        while (true)
        {
            await PauseAsync(pause, canBeCutShort: unavailable, cancellationToken);
            try
            {
                var isExpected = expected && Stopwatch.GetElapsedTime(since) < ExpectedFor;
                if (await TryAsync(isExpected, cancellationToken) is { } link)
                {
                    return link;
                }

                unavailable |= _failedStarts >= StartsBeforeGivingUp || Stopwatch.GetElapsedTime(since) >= options.HelloLimit;
                if (unavailable)
                {
                    onRefusal(Unavailable());
                }
            }
            catch (BackendRefusedException refused)
            {
                unavailable = true;
                Tell($"{refused.Refusal.Message} {refused.Refusal.NextStep}");
                onRefusal(refused.Refusal);
            }

            pause = unavailable
                ? Clamp(pause * 2, options.SlowRetry, LongestSlowPause)
                : expected && Stopwatch.GetElapsedTime(since) < ExpectedFor ? ExpectedPause
                : Clamp(pause * 2, FirstPause, LongestPause);
        }
    }

    /// <summary>
    /// Ends a backend that does not answer, so that a successor can take its place; when it wakes, there is nothing of it that could write. One front
    /// does so, elected like the one that starts backends; the others see the end of their connection.
    /// </summary>
    public void Kill(ServerProcess silent)
    {
        using var elected = _isElected ? null : _spawnLock.TryTake();
        // One that was stopped while it handed over holds that lock itself.
        if ((elected is not null || _isElected || silent.IsStopped) && silent.Kill())
        {
            log.WriteLine($"{options.Name}: The backend (process {silent.Id}) did not answer and was killed. Another one takes its place.");
        }
    }

    public void Dispose() => _nudge.Dispose();

    private static TimeSpan Clamp(TimeSpan value, TimeSpan low, TimeSpan high) => value < low ? low : value > high ? high : value;

    private async Task PauseAsync(TimeSpan pause, bool canBeCutShort, CancellationToken cancellationToken)
    {
        if (pause <= TimeSpan.Zero)
        {
            return;
        }

        // Fronts that lost the same backend should not all knock at the same moment.
        var jittered = pause * (0.75 + (Random.Shared.NextDouble() / 2));
        if (!canBeCutShort)
        {
            await Task.Delay(jittered, cancellationToken);
        }
        else if (await _nudge.WaitAsync(jittered, cancellationToken))
        {
            await Task.Delay(LongestLook, cancellationToken);   // A busy client must not turn into a storm of starts.
        }
    }

    private async Task<BackendLink?> TryAsync(bool isExpected, CancellationToken cancellationToken)
    {
        try
        {
            return await ConnectAsync(options.HelloLimit, cancellationToken) ?? await StartAsync(isExpected, cancellationToken);
        }
        catch (TimeoutException)
        {
            Fail($"A backend is running but has said nothing for {options.HelloLimit.TotalSeconds:0} s.");
        }
        catch (Exception failure) when (failure is not OperationCanceledException and not BackendRefusedException)
        {
            Fail(failure.Message);   // Whatever it is: a front that gave up looking would leave its client waiting for ever.
            _failedStarts++;
        }

        return null;
    }

    private Task<BackendLink?> ConnectAsync(TimeSpan limit, CancellationToken cancellationToken) =>
        BackendLink.ConnectAsync(options.Location, hello(), limit, KillIfStopped, outgoing, cancellationToken);

    private async Task<BackendLink?> StartAsync(bool isExpected, CancellationToken cancellationToken)
    {
        options.Location.PrepareRunDirectory();
        using var elected = _spawnLock.TryTake();
        if (elected is null && !await MayStartWithoutElection(isExpected, cancellationToken))
        {
            return isExpected ? null : await ConnectAsync(options.HelloLimit, cancellationToken);   // who hands over holds the lock until the other serves
        }

        try
        {
            _isElected = true;
            var standby = options.Location.StandbyLockPath is { } path ? ServerProcess.HolderOf(path) : null;   // one that stands by no more listens
            if (await ConnectAsync(options.HelloLimit, cancellationToken) is { } link)
            {
                return link;   // It had just done so.
            }

            if (standby is not null && await AwaitStandbyAsync(standby, cancellationToken) is { } successor)
            {
                return successor;
            }

            options.Location.PrepareDataDirectory();
            var words = LastWords.Mark(options.Location.LogPath);
            var backend = BackendSpawner.Start(options.Backend, options.Location);
            _ = NoteCrashAsync(backend);
            return await AwaitHelloAsync(backend, words, cancellationToken);
        }
        finally
        {
            _isElected = false;
        }
    }

    // What the elected one does will be seen when he has done it, not at some later look. Only when he takes long it is asked whether he can: a thousand
    // fronts that asked at once would take the processors from the backend that he starts.
    private async Task<bool> MayStartWithoutElection(bool isExpected, CancellationToken cancellationToken)
    {
        if (isExpected)
        {
            return await IsElectedOneStopped(cancellationToken);
        }

        if (await _spawnLock.IsFreeWithinAsync(StoppedFor, cancellationToken))
        {
            return false;
        }

        if (await IsElectedOneStopped(cancellationToken))
        {
            return true;
        }

        await _spawnLock.IsFreeWithinAsync(LongestWait, cancellationToken);
        return false;
    }

    // A front whose client was stopped, or a backend that was stopped while it handed over: the others go on without him. If several start a backend
    // then, the lock of the data directory decides.
    private async Task<bool> IsElectedOneStopped(CancellationToken cancellationToken)
    {
        if (_spawnLock.StoppedHolder is not { } stopped)
        {
            return false;
        }

        await PauseAsync(StoppedFor, canBeCutShort: false, cancellationToken);
        return _spawnLock.StoppedHolder == stopped;
    }

    // One that stands by takes the place of the one that has died sooner than another could start. It must begin at once; when it is stopped, or ends
    // as well, there is nothing to wait for.
    private async Task<BackendLink?> AwaitStandbyAsync(ServerProcess standby, CancellationToken cancellationToken)
    {
        var since = Stopwatch.GetTimestamp();
        var pause = FirstLookForStandby;
        while (!standby.HasEnded)
        {
            if (standby.IsStopped)
            {
                Kill(standby);
                return null;
            }

            var hasBegun = ServerProcess.HolderOf(options.Location.LockPath) == standby;
            if (Stopwatch.GetElapsedTime(since) > (hasBegun ? options.HelloLimit : StandbyLimit))
            {
                return null;
            }

            await Task.Delay(pause, cancellationToken);
            if (await ConnectAsync(options.HelloLimit, cancellationToken) is { } link)
            {
                return link;
            }

            pause = Clamp(pause * 2, pause, LookForHello);
        }

        return null;
    }

    // A backend that has served and then dies by itself is started again at once; after some of these, not as before.
    private async Task NoteCrashAsync(SpawnedBackend backend)
    {
        if (CrashRecord.IsCrash(await backend.Exited))
        {
            CrashRecord.Add(options.Location, backend.ProcessId, TimeProvider.System.GetUtcNow());
        }
    }

    private async Task<BackendLink?> AwaitHelloAsync(SpawnedBackend backend, LastWords words, CancellationToken cancellationToken)
    {
        var started = Stopwatch.GetTimestamp();
        var pause = TimeSpan.FromMilliseconds(5);
        while (options.HelloLimit - Stopwatch.GetElapsedTime(started) is var left && left > TimeSpan.Zero)
        {
            await Task.WhenAny(backend.Exited, Task.Delay(pause, cancellationToken));
            cancellationToken.ThrowIfCancellationRequested();
            if (await ConnectAsync(left, cancellationToken) is { } link)
            {
                return link;
            }

            if (backend.Exited.IsCompleted)
            {
                CountExit(await backend.Exited, words);
                return null;
            }

            pause = Clamp(pause * 2, pause, LookForHello);
        }

        Fail($"The backend that was started (process {backend.ProcessId}) has not answered for {options.HelloLimit.TotalSeconds:0} s.");
        return null;
    }

    // The kernel accepts connections for a stopped process.
    private void KillIfStopped(ServerProcess silent)
    {
        if (silent.IsStopped)
        {
            Kill(silent);
        }
    }

    private void CountExit(int code, LastWords words)
    {
        if (code == BackendExitCode.AlreadyServed)
        {
            LookAtHolder();
            return;
        }

        _failedStarts++;
        Fail($"The backend ended with exit code {code} before it served.{(words.Find() is { } last ? $" It said: {last}" : "")}");
    }

    // Somebody holds the data directory and does not listen. A process that is about to, or on its way out, is soon done.
    private void LookAtHolder()
    {
        if (ServerProcess.HolderOf(options.Location.LockPath) is not { } holder)
        {
            return;
        }

        if (holder.IsStopped)
        {
            Kill(holder);
        }
        else
        {
            Fail($"Process {holder.Id} holds {options.Location.LockPath} and does not listen. If it stays so, end it: kill {holder.Id}.");
        }
    }

    private void Fail(string failure)
    {
        Tell($"{failure} Its log is {options.Location.LogPath}");
        _lastFailure = failure;
    }

    // The same thing is said once, however often it is tried.
    private void Tell(string what)
    {
        if (what != _told)
        {
            log.WriteLine($"{options.Name}: {what}");
            _told = what;
        }
    }
}
