using System.Diagnostics;
using System.Globalization;
using System.Text.Json;
using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Host.Backend;
using Orchestrator.Host.Diagnosis;

namespace Orchestrator.Host.Tools;

/// <summary>How the server is. Everything is measured when it is asked, but for the schema, which is looked at once.</summary>
internal sealed class HealthCheckTool(Gate gate, RestartDriver? restarts, ILogger log) : ServerTool<HealthCheckTool.Input>(
    gate, restarts, log, "orchestrator_health_check",
    "Measured now: database, journal, connections, disk, version.",
    Reads,
    """
    {"type":"object","properties":{"include_reboot_readiness":{"type":"boolean"},"include_connection_status":{"type":"boolean"},"include_database_status":{"type":"boolean"}}}
    """)
{
    // A gate that opens is open by then; one that does not will not keep a question about the health waiting.
    private static readonly TimeSpan OpensWithin = TimeSpan.FromSeconds(2);

    private readonly Gate _gate = gate;

    /// <summary>What is behind the gate; null when that cannot be had soon.</summary>
    public static async ValueTask<Storage?> EnterIfOpen(Gate gate, CancellationToken cancellation) => (await Look(gate, cancellation)).Storage;

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Flag("include_reboot_readiness") ?? true, arguments.Flag("include_connection_status") ?? true,
        arguments.Flag("include_database_status") ?? true);

    protected override ValueTask<Storage?> Enter(Gate gate, CancellationToken cancellation) => new((Storage?)null);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var (storage, closed) = await Look(_gate, cancellation);
        var database = storage is not null && input.Database ? Measure(storage) : null;
        var readiness = input.Readiness ? Readiness.Of(Restarts, storage) : null;
        var isHealthy = storage is not null && database is null or { Error: null };
        var view = new HealthView(
            isHealthy ? "healthy" : "unhealthy", BuildInfo.Version, BuildInfo.Build, Restarts.Me.ProcessId,
            Math.Round(Stopwatch.GetElapsedTime(Restarts.Since).TotalSeconds, 1), storage is null ? "closed" : "open", closed, database,
            new DriveInfo(Restarts.Options.Location.Path).AvailableFreeSpace,
            Shown(Restarts.Standby), input.Connections ? [.. Restarts.Fronts.All.Select(Shown)] : null,
            readiness is null ? null : readiness.Blockers.Count == 0, readiness?.Blockers is { Count: > 0 } blockers ? blockers : null);
        return Answer(
            isHealthy
                ? string.Create(CultureInfo.InvariantCulture, $"Healthy: version {view.Version}, process {view.Pid}, {Restarts.Fronts.All.Count} clients.")
                : $"Unhealthy: {closed ?? database?.Error}",
            view, ToolJson.Default.HealthView);
    }

    private static async Task<(Storage? Storage, string? Why)> Look(Gate gate, CancellationToken cancellation)
    {
        using var late = CancellationTokenSource.CreateLinkedTokenSource(cancellation);
        late.CancelAfter(OpensWithin);
        try
        {
            return (await gate.Enter(late.Token), null);
        }
        catch (RefusedException refused)
        {
            return (null, refused.Refusal.Message);
        }
        catch (OperationCanceledException) when (!cancellation.IsCancellationRequested)
        {
            return (null, "The database is still being opened.");
        }
    }

    private StoreHealthView Measure(Storage storage)
    {
        var probe = storage.Probe;
        var file = new FileInfo(Restarts.Options.Database);
        var schema = Math.Round(storage.SchemaTook.TotalMilliseconds, 2);
        try
        {
            var start = Stopwatch.GetTimestamp();
            var tasks = storage.Index.Count().Total;
            var read = Stopwatch.GetElapsedTime(start).TotalMilliseconds;
            var lag = probe.Lag(storage.Index.Position());
            return new StoreHealthView(file.Length, tasks, Math.Round(read, 2), Math.Round(probe.WriteMs(), 2), lag, probe.Epoch, schema, null);
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or InvalidOperationException)
        {
            return new StoreHealthView(null, null, null, null, null, probe.Epoch, schema, e.Message);
        }
    }

    private static StandbyView Shown(StandbyKeeper standby)
    {
        var (process, isReady) = (standby.ProcessId, standby.IsReady);
        return new StandbyView(
            JsonNamingPolicy.SnakeCaseLower.ConvertName($"{standby.Mode}"), isReady ? "ready" : process is null ? "none" : "starting", process,
            process is { } id ? Memory.ResidentOf(id) >> 20 : null, process is { } same ? Memory.OwnOf(same) >> 20 : null, standby.Trouble);
    }

    private static ConnectionView Shown(ConnectedFront front) => new(
        front.Id[..12], front.Server.ClientInfo?.Name, front.Hello.Build, front.Hello.ProcessId,
        Math.Round(Stopwatch.GetElapsedTime(front.Since).TotalSeconds, 1));

    internal sealed record Input(bool Readiness, bool Connections, bool Database);
}

/// <param name="SizeBytes">Of the database file.</param>
/// <param name="Tasks">How many tasks a query has counted.</param>
/// <param name="ReadMs">How long that took.</param>
/// <param name="JournalWriteMs">How long a durable write took.</param>
/// <param name="ReadModelLag">Events of tasks that the read model has not taken in yet.</param>
/// <param name="Epoch">The epoch that this process writes under.</param>
/// <param name="SchemaCheckMs">How long the schema took when this process opened the database: a look, or an upgrade.</param>
/// <param name="Error">What went wrong.</param>
internal sealed record StoreHealthView(
    long? SizeBytes, long? Tasks, double? ReadMs, double? JournalWriteMs, long? ReadModelLag, long Epoch, double SchemaCheckMs, string? Error);

/// <param name="Mode">on, off or auto.</param>
/// <param name="State">ready, starting or none.</param>
/// <param name="Pid">Its process.</param>
/// <param name="ResidentMib">What it has in memory.</param>
/// <param name="OwnMib">What of it no other process shares.</param>
/// <param name="Trouble">Why there is none although one is wanted.</param>
internal sealed record StandbyView(string Mode, string State, int? Pid, long? ResidentMib, long? OwnMib, string? Trouble);

/// <param name="SessionId">The front, for orchestrator_reconnect_test.</param>
/// <param name="Client">What the client calls itself.</param>
/// <param name="Version">The front's build.</param>
/// <param name="Pid">The front's process.</param>
/// <param name="ConnectedS">For how long.</param>
internal sealed record ConnectionView(string SessionId, string? Client, string Version, int Pid, double ConnectedS);

/// <param name="Status">healthy or unhealthy.</param>
/// <param name="Version">Product version.</param>
/// <param name="Build">Exact build.</param>
/// <param name="Pid">Process.</param>
/// <param name="UptimeS">Since it serves.</param>
/// <param name="Gate">open or closed.</param>
/// <param name="GateReason">Why it is closed.</param>
/// <param name="Database">Figures of the database.</param>
/// <param name="DiskFreeBytes">Free where the data is.</param>
/// <param name="Standby">The process that is kept ready to take this one's place.</param>
/// <param name="Connections">Who is connected.</param>
/// <param name="RestartReady">Whether a restart could begin.</param>
/// <param name="RestartBlockers">What stands in its way.</param>
internal sealed record HealthView(
    string Status, string Version, string Build, int Pid, double UptimeS, string Gate, string? GateReason, StoreHealthView? Database, long DiskFreeBytes,
    StandbyView Standby, IReadOnlyList<ConnectionView>? Connections, bool? RestartReady, IReadOnlyList<string>? RestartBlockers);
