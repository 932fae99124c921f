using System.Diagnostics;
using Microsoft.Extensions.Logging;
using Orchestrator.Actors;
using Orchestrator.Actors.Restarts;
using Orchestrator.Front;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>Walks a restart in the processes; <see cref="RestartActor"/> writes down where it is. One per session of a backend.</summary>
internal sealed class RestartDriver(
    BackendOptions options, ProcessFacts me, Gate gate, Fronts fronts, StandbyKeeper standby, TimeProvider clock, ILogger log, Func<Heir, long, Task> leave,
    CancellationToken leaving)
{
    private const string By = "restart";
    private const int UsualPauseMs = 200;

    // Loading and compiling everything on a machine that has other things to do.
    private static readonly TimeSpan ReadyWithin = TimeSpan.FromSeconds(60);
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(3);
    private static readonly TimeSpan NoUpgradeAfterFailure = TimeSpan.FromMinutes(10);
    private static readonly TimeSpan TryAgain = TimeSpan.FromSeconds(2);

    /// <summary>Who is connected.</summary>
    public Fronts Fronts => fronts;

    /// <summary>What their clients are told, where they asked to be.</summary>
    public RestartNews News => field ??= new RestartNews(Fronts);

    /// <summary>Tests of their links.</summary>
    public ReconnectTests Reconnects => field ??= new ReconnectTests(Fronts);

    /// <summary>Restarts of a part.</summary>
    public PartialRestarts Partial => LazyInitializer.EnsureInitialized(ref field, () => new PartialRestarts(Fronts, clock))!;

    /// <summary>The process that is kept ready to take this one's place.</summary>
    public StandbyKeeper Standby => standby;

    /// <summary>This process.</summary>
    public ProcessFacts Me => me;

    /// <summary>What it was started with.</summary>
    public BackendOptions Options => options;

    /// <summary>When it began to serve, in ticks of <see cref="Stopwatch"/>.</summary>
    public long Since { get; } = Stopwatch.GetTimestamp();

    /// <summary>
    /// Begins a restart, or joins the one that is under way, and waits for its end. The end is usually another process's to tell: this one has
    /// then gone, and the request comes to the other again, under the same key.
    /// </summary>
    /// <exception cref="RefusedException">It was refused.</exception>
    public async Task<Restart> Ask(CommandId request, string by, RestartWish wish, CancellationToken cancellation)
    {
        var command = CommandFor(wish.Folder);
        if (wish.Folder is null && (ConfigurationFiles.Check()?.ToString() ?? StandbySetting.Read(Environment.GetEnvironmentVariable).Fault) is { } fault)
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ConfigurationInvalid, $"{fault.TrimEnd('.')}.", "Correct the file and ask again. The server goes on with the settings that it has."));
        }

        var storage = wish.Reason == RestartReasons.ErrorRecovery ? await SafeMode.Leave(options, gate, clock, cancellation) : await gate.Enter(cancellation);
        switch (await storage.Restarts.Send(new RestartCommands.Ask(request, by, wish, me), cancellation))
        {
            case RestartReplies.Accepted { HasBegun: true, Restart: { } restart }:
                _ = Task.Run(() => Walk(restart, command, storage), CancellationToken.None);
                break;
            case RestartReplies.Refused refused:
                throw new RefusedException(refused.Refusal);
        }

        return await storage.Restarts.End(request, cancellation)
            ?? throw new InvalidOperationException($"The restart {request} is not remembered.");
    }

    /// <summary>What came before is taken up: the restart that has brought this process here, or that another one has left unfinished.</summary>
    public async Task Arrive(Arrival arrival, long published, CancellationToken cancellation)
    {
        var at = clock.GetUtcNow();
        try
        {
            if (arrival is Arrival.BySuccession { Predecessor: var predecessor })
            {
                await predecessor.Say(HandoverMessage.Serving);
                StopPoint.Reached("new:serving");
                _ = SayServed(predecessor);
            }

            var storage = await Enter(cancellation);
            var (cause, heldAt, undone) = arrival switch
            {
                Arrival.BySuccession s => (null, s.Predecessor.HeldAt, false),
                Arrival.ByReturn r => (r.Cause, r.HeldAt, r.MigrationUndone),
                _ => (null, published, false),
            };
            var downtime = Stopwatch.GetElapsedTime(heldAt, published).TotalMilliseconds;
            var reply = await storage.Restarts.Send(new RestartCommands.TakeUp(me, By, at, Math.Round(downtime, 1), cause, undone), cancellation);
            switch (reply)
            {
                case RestartReplies.Accepted { Restart: { } restart } when RestartState.PhaseOf(restart) == RestartPhase.Serving:
                    await Complete(restart, storage, cancellation);
                    break;
                case RestartReplies.Accepted { Restart: { } restart } when RestartState.PhaseOf(restart) == RestartPhase.Failed:
                    Leftovers.End(restart, options, log);
                    break;
            }
        }
        catch (OperationCanceledException)
        {
            // This process is on its way out.
        }
        catch (Exception e)
        {
            log.LogError(e, "A restart could not be taken up.");
        }
    }

    /// <summary>A front has come. When it is newer than this process, so is the program beside it: that one is to serve.</summary>
    public async Task Consider(ConnectedFront front)
    {
        var (hello, key) = (front.Hello, new CommandId($"upgrade.{front.Id}", 1));
        if (hello.Program is not { } folder || hello.Insists || !BuildInfo.IsNewer(hello.Build, BuildInfo.Build) || OwnProgram.In(folder) is null
            || ServedProgram.Read(options.Location) is { IsPinned: true })
        {
            return;
        }

        try
        {
            var storage = await gate.Enter(front.Ending.Token);
            var since = clock.GetUtcNow() - NoUpgradeAfterFailure;
            if (!(await storage.Restarts.History()).Any(r => r.Wish.Folder == folder && r.Cause is not null && r.Phases[^1].At > since))
            {
                await Ask(key, By, new RestartWish(RestartReasons.Upgrade, true, true, 30, folder), front.Ending.Token);
            }
        }
        catch (Exception e) when (e is OperationCanceledException or ObjectDisposedException or RefusedException)
        {
            // Its end, or this process's; or the database is not open, and then nothing can be handed over.
        }
    }

    /// <summary>Somebody has sent SIGHUP: the settings have changed.</summary>
    public async Task Reload(CancellationToken cancellation)
    {
        try
        {
            var wish = new RestartWish(RestartReasons.ConfigurationUpdate, true, true, 30, null);
            var restart = await Ask(new CommandId($"signal.{Guid.NewGuid():N}", 1), "signal", wish, cancellation);
            if (restart.Cause is { } cause)
            {
                log.LogError("The settings were not taken up: {Cause}", cause);
            }
        }
        catch (RefusedException refused)
        {
            log.LogError("The settings were not taken up: {Cause}", refused.Refusal.Message);
        }
        catch (OperationCanceledException)
        {
            // They are read by whoever comes next.
        }
    }

    private static BackendCommand CommandFor(string? folder) => folder is null
        ? OwnProgram.Command
        : OwnProgram.In(folder) ?? throw new RefusedException(new Refusal(
            RefusalCode.RestartNotPossible, $"There is no orchestrator in {folder}.", "Name the folder that a version was installed in."));

    private async Task Walk(Restart restart, BackendCommand command, Storage storage)
    {
        Heir? heir = null;
        long? heldAt = null;
        try
        {
            StopPoint.Reached("old:requested");
            // One that stands by has proved this program with the settings of then.
            var isSame = restart.Wish is { Folder: null, Reason: not RestartReasons.ConfigurationUpdate };
            var takesBack = restart.Wish is { Folder: not null, Reason: RestartReasons.RollbackWithSchema };
            heir = await standby.Take(isSame) ?? Heir.Start(command, options, takesBack);
            await Record(storage, new RestartEvents.SuccessorStarted(restart.Id, By, clock.GetUtcNow(), heir.ProcessId));
            StopPoint.Reached("old:starting");
            await heir.Prove(ReadyWithin, CancellationToken.None);
            await Record(storage, new RestartEvents.SuccessorProved(restart.Id, By, clock.GetUtcNow(), heir.Facts!, heir.Plan));
            StopPoint.Reached("old:ready");
            heldAt = Stopwatch.GetTimestamp();
            await Drain(restart, heir, storage);
            StopPoint.Reached("old:suspended");
            await heir.MakeSure();
            await Record(storage, new RestartEvents.HandedOver(restart.Id, By, clock.GetUtcNow()));
            StopPoint.Reached("old:handed-over");
            await leave(heir, heldAt.Value);
        }
        catch (Exception e)
        {
            log.LogError(e, "The restart came to nothing.");
            await Undo(restart, heir, storage, heldAt is not null, e.Message);
        }
    }

    private async Task Drain(Restart restart, Heir heir, Storage storage)
    {
        var drained = Fronts.Calls.Hold();
        var fronts = Fronts.All;
        var inFlight = Fronts.Calls.InFlight;
        await RestartNews.TellPending(Fronts, restart);
        await Fronts.Tell(FrameKind.Hold, new HoldNotice(restart.Wish.Reason, heir.Facts!.Build, UsualPauseMs).ToUtf8());
        await Record(storage, new RestartEvents.DrainingBegan(restart.Id, By, clock.GetUtcNow(), [.. fronts.Select(f => f.Id)], inFlight));
        StopPoint.Reached("old:draining");
        if (restart.Wish.Graceful)
        {
            await Task.WhenAny(drained, Task.Delay(TimeSpan.FromSeconds(restart.Wish.TimeoutSeconds), clock));
        }

        var (active, claims) = await ClaimsAcrossRestart.Suspend(restart, storage, clock.GetUtcNow());
        await Record(storage, new RestartEvents.WorkSuspended(restart.Id, By, clock.GetUtcNow(), active, claims, Fronts.Calls.InFlight));
    }

    // As if nothing had been asked.
    private async Task Undo(Restart restart, Heir? heir, Storage storage, bool isHolding, string cause)
    {
        try
        {
            await (heir?.Kill() ?? Task.CompletedTask);
            heir?.Dispose();
        }
        catch (Exception e)
        {
            log.LogError(e, "A successor could not be ended.");   // the lock of the database keeps it from doing harm
        }

        standby.GoOn();
        if (isHolding)
        {
            await Fronts.Tell(FrameKind.Resume, default);
            await Fronts.Calls.Resume();
        }

        await WriteDown(storage, new RestartEvents.Failed(restart.Id, By, clock.GetUtcNow(), cause));
    }

    // For as long as it takes: while a restart has no end, whoever asked for it waits, and nobody can begin another one.
    private async Task WriteDown(Storage storage, RestartEvents.Failed end)
    {
        try
        {
            while (!await IsWritten(storage, end))
            {
                await Task.Delay(TryAgain, clock, leaving);
            }
        }
        catch (OperationCanceledException)
        {
            // The next process does it.
        }
        catch (Exception e)
        {
            log.LogError(e, "The end of a restart could not be written down.");
        }
    }

    private async Task<bool> IsWritten(Storage storage, RestartEvents.Failed end)
    {
        using var patience = CancellationTokenSource.CreateLinkedTokenSource(leaving);
        patience.CancelAfter(TryAgain);
        try
        {
            if (await storage.Restarts.Send(new RestartCommands.Record(end), patience.Token) is RestartReplies.Refused { Refusal: var refusal })
            {
                log.LogError("The end of a restart could not be written down: {Reason}", refusal.Message);
                return refusal.Code != RefusalCode.OutcomeUnknown;
            }

            return true;
        }
        catch (OperationCanceledException) when (!leaving.IsCancellationRequested)
        {
            return false;   // after a write that failed, who writes it down is not there for a moment
        }
    }

    private static async Task Record(Storage storage, IRestartEvent fact)
    {
        if (await storage.Restarts.Send(new RestartCommands.Record(fact)) is RestartReplies.Refused refused)
        {
            throw new HeirFailedException(refused.Refusal.Message);
        }
    }

    private async Task Complete(Restart restart, Storage storage, CancellationToken cancellation)
    {
        var resuming = ClaimsAcrossRestart.Resume(restart, storage, cancellation);
        await Fronts.Until(() => restart.Clients.All(id => Fronts.Find(id) is not null), BackWithin, cancellation);
        var back = restart.Clients.Count(id => Fronts.Find(id) is not null);
        var done = await storage.Restarts.Send(
            new RestartCommands.Record(new RestartEvents.Completed(restart.Id, By, clock.GetUtcNow(), back, await resuming)), cancellation);
        await News.TellDone((done as RestartReplies.Accepted)?.Restart);
    }

    // A database that cannot be opened now may be opened later; what it holds of a restart is taken up then.
    private async Task<Storage> Enter(CancellationToken cancellation)
    {
        while (true)
        {
            try
            {
                return await gate.Enter(cancellation);
            }
            catch (RefusedException)
            {
                await Task.Delay(TryAgain, clock, cancellation);
            }
        }
    }

    private async Task SayServed(Predecessor predecessor)
    {
        await Fronts.Calls.Served;
        await predecessor.Say(HandoverMessage.Served);
    }
}
