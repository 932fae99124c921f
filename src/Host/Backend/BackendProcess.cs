using System.Runtime.InteropServices;
using Microsoft.Extensions.Logging;
using Orchestrator.Host.Tools;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>The backend: lock, socket, gate, in this order; and how it ends.</summary>
internal static class BackendProcess
{
    // How long writes may go into files that somebody has deleted.
    private static readonly TimeSpan LookEvery = TimeSpan.FromSeconds(2);

    /// <summary>Serves until nobody needs it any more. Returns the exit code.</summary>
    public static async Task<int> Run(BackendOptions options, TimeProvider clock)
    {
        using var loggers = LoggerFactory.Create(l => l.SetMinimumLevel(LogLevel.Warning)
            // A client that names an unknown tool is no event of ours; the SDK logs each with a stack trace.
            .AddFilter("ModelContextProtocol", LogLevel.Critical).AddSimpleConsole(c =>
        {
            (c.SingleLine, c.UseUtcTimestamp, c.TimestampFormat) = (true, true, "yyyy-MM-dd'T'HH:mm:ss.fff'Z' ");
        }));
        var log = loggers.CreateLogger(nameof(BackendProcess));
        options.Location.PrepareDataDirectory();
        options.Location.PrepareRunDirectory();
        using var backendLock = BackendLock.TryTake(options.Location.LockPath);
        if (backendLock is null)
        {
            return BackendExitCode.AlreadyServed;
        }

        using var ending = new CancellationTokenSource();
        using var terminate = PosixSignalRegistration.Create(PosixSignal.SIGTERM, s => End(s, ending));
        using var interrupt = PosixSignalRegistration.Create(PosixSignal.SIGINT, s => End(s, ending));

        var gate = new Gate(() => Storage.Open(options, clock, () => Supersede(log)), clock, loggers.CreateLogger<Gate>());
        gate.BeginToOpen();
        var tools = ToolList.Create(gate, loggers, RehearsalTool.IsWanted);
        using var listener = FrontListener.Publish(options.Location.SocketPath, loggers.CreateLogger<FrontListener>());
        using var idle = clock.CreateTimer(_ => ending.Cancel(), null, options.IdleAfter, Timeout.InfiniteTimeSpan);
        listener.Changed += fronts => idle.Change(fronts == 0 ? options.IdleAfter : Timeout.InfiniteTimeSpan, Timeout.InfiniteTimeSpan);

        using var watch = clock.CreateTimer(_ => EndIfDeleted(options.Location.LockPath, log), null, LookEvery, LookEvery);

        await listener.Run((socket, stopping) => new FrontConnection(socket, options, tools.ServerOptions, loggers).Run(stopping), ending.Token);
        await gate.Close();
        return 0;
    }

    private static void End(PosixSignalContext signal, CancellationTokenSource ending)
    {
        signal.Cancel = true;   // not at once, but in order
        ending.Cancel();
    }

    // An open file outlives its name. Without its directory this process would acknowledge what nobody will ever find.
    private static void EndIfDeleted(string lockPath, ILogger log)
    {
        if (!File.Exists(lockPath))
        {
            log.LogError("{Path} was deleted. This process ends; the next request begins with a new store.", Path.GetDirectoryName(lockPath));
            Environment.Exit(5);
        }
    }

    // Nothing of ours may be written any more, so there is nothing to close in order.
    private static void Supersede(ILogger log)
    {
        log.LogError("Another process has taken over the database. This one ends; its fronts find the other.");
        Environment.Exit(4);
    }
}
