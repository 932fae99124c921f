using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Host.Backend;

/// <summary>The backend: lock, socket, gate, in this order; how it hands over to another process; and how it ends.</summary>
internal static class BackendProcess
{
    /// <summary>Serves until nobody needs it any more. Returns the exit code.</summary>
    public static async Task<int> Run(BackendOptions options, TimeProvider clock)
    {
        _ = Task.Run(SqliteStore.Prepare);   // what is wrong with SQLite shows when the database is opened
        using var loggers = LoggerFactory.Create(l => l.SetMinimumLevel(LogLevel.Warning)
            // A client that names an unknown tool is no event of ours; the SDK logs each with a stack trace.
            .AddFilter("ModelContextProtocol", LogLevel.Critical).AddSimpleConsole(c =>
        {
            (c.SingleLine, c.UseUtcTimestamp, c.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ");
        }));
        options.Location.PrepareDataDirectory();
        options.Location.PrepareRunDirectory();
        using var ending = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => End(s, ending));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => End(s, ending));
        var me = new ProcessFacts(Environment.ProcessId, Guid.NewGuid().ToString("N"), BuildInfo.Build, BuildInfo.Folder);
        try
        {
            if (options.Predecessor is null)
            {
                ServedProgram.RunOther(options, clock.GetUtcNow());
                return BackendLock.TryTake(options.Location.LockPath) is { } backendLock
                    ? await Serve(options, me, clock, loggers, backendLock, new Arrival.ByStart(), ending.Token)
                    : BackendExitCode.AlreadyServed;
            }

            return await Succeed(options, me, clock, loggers, ending.Token);
        }
        catch (OperationCanceledException) when (ending.IsCancellationRequested)
        {
            return 0;
        }
    }

    private static async Task<int> Succeed(
        BackendOptions options, ProcessFacts me, TimeProvider clock, ILoggerFactory loggers, CancellationToken ending)
    {
        // Whoever started this process may be gone by then: nobody else would learn that it has crashed.
        AppDomain.CurrentDomain.UnhandledException += (_, _) => CrashRecord.Add(options.Location, me.ProcessId, clock.GetUtcNow());
        using var standby = new Standby(options);
        var (turn, found) = await Successor.Prepare(options, me, standby, clock, loggers, ending);
        using var predecessor = found;
        if (turn == Turn.Died)
        {
            return await standby.TakePlace(clock, loggers, ending) is { } freed
                ? await Serve(options, me, clock, loggers, freed, new Arrival.ByStart { Published = standby.Dispose }, ending)
                : BackendExitCode.AlreadyServed;
        }

        if (turn == Turn.Never || predecessor is null)
        {
            return standby.HasBegun ? 0 : 1;
        }

        if (await Successor.TakeLock(options, ending) is not { } backendLock)
        {
            await predecessor.Say(HandoverMessage.Unable, "Another process was faster to take the data directory.");
            return BackendExitCode.AlreadyServed;
        }

        StopPoint.Reached("new:locked");
        try
        {
            if (options.TakesBack)
            {
                await TakenMigration.Undo(options, clock, loggers);
                StopPoint.Reached("new:taken-back");
            }

            // After a migration was taken back: until then only the newer build understands the database. And before the database can become one that
            // only this build understands: whoever starts a backend after us must start this one.
            ServedProgram.Remember(options.Location, BuildInfo.IsNewer(predecessor.Build, BuildInfo.Build), predecessor.Folder);
            return await Serve(options, me, clock, loggers, backendLock, new Arrival.BySuccession(predecessor), ending);
        }
        catch (RefusedException refused)
        {
            await predecessor.Say(HandoverMessage.Unable, refused.Refusal.Message);
            return 1;
        }
    }

    private static async Task<int> Serve(
        BackendOptions options, ProcessFacts me, TimeProvider clock, ILoggerFactory loggers, BackendLock backendLock, Arrival arrival,
        CancellationToken ending)
    {
        while (true)
        {
            Handover? handover;
            using (backendLock)
            using (var session = new BackendSession(options, me, clock, loggers, ending))
            {
                handover = await session.Run(arrival);
            }

            if (handover is null)
            {
                return 0;
            }

            StopPoint.Reached("old:free");
            using (handover)
            {
                if (await handover.Finish() is not { } failure)
                {
                    return 0;
                }

                // Within the hand-over still: no front starts a backend meanwhile.
                if (await Successor.TakeLock(options, ending) is not { } again)
                {
                    return BackendExitCode.AlreadyServed;   // somebody else serves
                }

                ServedProgram.Remember(options.Location, isPinned: false);
                (backendLock, arrival) = (again, new Arrival.ByReturn(failure, handover.HeldAt, await TakenMigration.Undo(options, clock, loggers)));
            }
        }
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource ending)
    {
        signal.Cancel = true;   // not at once, but in order
        ending.Cancel();
    }
}
