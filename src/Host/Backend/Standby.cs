using Microsoft.Extensions.Logging;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>
/// This process as the one that stands by: a successor that was started before anybody needs it. It has proved itself, holds a lock by which fronts
/// see that they need not start anybody, and does nothing until the line to the process that serves ends (<see cref="StandbyKeeper"/> is the other
/// end). A death then costs a lock and the opening of the store, not a start.
/// </summary>
internal sealed class Standby(BackendOptions options) : IDisposable
{
    private readonly DateTime _program = OwnProgram.WrittenAt;
    private BackendLock? _held;

    /// <summary>Whether it stands by, or has done so.</summary>
    public bool HasBegun { get; private set; }

    /// <summary>Begins. False when another process stands by already.</summary>
    public bool Begin()
    {
        _held ??= BackendLock.TryTake(options.Location.StandbyLockPath);
        if (_held is null)
        {
            return false;
        }

        HasBegun = true;
        MemoryAtRest.GiveBack();   // it has served a short life, and now waits for long
        return true;
    }

    /// <summary>
    /// The process that served is dead: takes its lock. Null when this process is not the one to go on, or somebody else was faster. It stands by until
    /// it listens: fronts that saw nobody who does either would start one for nothing.
    /// </summary>
    public async Task<BackendLock?> TakePlace(TimeProvider clock, ILoggerFactory loggers, CancellationToken cancellation)
    {
        var log = loggers.CreateLogger(nameof(Standby));
        StopPoint.Reached("standby:turn");
        if (WhyNot(clock.GetUtcNow()) is { } reason)
        {
            log.LogWarning("The process that served has died, and this one, which stood by, does not take its place: {Reason}", reason);
            return null;
        }

        if (await Successor.TakeLock(options, cancellation) is not { } taken)
        {
            log.LogWarning("The process that served has died, and another one was faster than this one, which stood by.");
            return null;
        }

        StopPoint.Reached("standby:locked");
        log.LogWarning("The process that served has died. This one stood by and takes its place.");
        return taken;
    }

    /// <summary>Stands by no more.</summary>
    public void Dispose()
    {
        _held?.Dispose();
        _held = null;
    }

    // Whoever starts a backend in the usual way then does what is right.
    private string? WhyNot(DateTimeOffset now) =>
        !File.Exists(options.Location.LockPath) ? "the data directory was deleted."
        : ServedProgram.IsOther(options.Location) ? "another version is to serve."
        : OwnProgram.WrittenAt != _program ? "its program was replaced."
        : CrashRecord.Recent(options.Location, now).Count >= CrashRecord.Budget ? "there were too many crashes."
        : null;
}
