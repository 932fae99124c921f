using System.CommandLine;
using System.Globalization;
using System.Text.Json.Nodes;
using Orchestrator.Front;
using Orchestrator.Host.Commands.Clients;
using Orchestrator.Host.Diagnosis;
using Orchestrator.Protocol.Locations;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Commands.Backends;

/// <summary><c>orchestrator status</c>: the run directory, the hello and the database, looked at from outside. Nothing is started.</summary>
internal static class StatusCommand
{
    private static readonly TimeSpan WatchEvery = TimeSpan.FromSeconds(1);

    private static readonly Option<bool> Watch = new("--watch") { Description = "Look again every second until interrupted." };

    public static Command Create() =>
        Verb.Create("status", "Show the backend, its gate, its clients, and the open claims of a data directory.", Run, Watch);

    private static async Task<int> Run(ParseResult parsed, Output output, CancellationToken cancellation)
    {
        var location = RootCommands.Location(parsed);
        if (!parsed.GetValue(Watch))
        {
            Show(output, await Facts.At(location, cancellation));
            return ExitCode.Done;
        }

        using var ticks = new PeriodicTimer(WatchEvery);
        string? shown = null;
        try
        {
            do
            {
                var facts = await Facts.At(location, cancellation);
                var text = facts.ToJson().ToJsonString();
                if (output.IsTerminal)
                {
                    Spectre.Console.AnsiConsole.Clear();
                }

                if (output.IsTerminal || text != shown)
                {
                    Show(output, facts);
                    shown = text;
                }
            }
            while (await ticks.WaitForNextTickAsync(cancellation));
        }
        catch (OperationCanceledException)
        {
            // That is how it ends.
        }

        return ExitCode.Done;
    }

    private static void Show(Output output, Facts facts)
    {
        if (output.IsJson)
        {
            Output.Json("status/1", facts.ToJson());
            return;
        }

        var (backend, store) = (facts.Backend, facts.Store);
        output.Line($"data directory  {facts.Location.Path}");
        output.Line($"backend         {ClientReport.Name(backend.State)}{(backend.ProcessId is { } pid ? $", process {pid}" : "")}"
            + $"{(backend.Build is { } build ? $", {build}" : "")}{(facts.Since is { } since ? $", since {Time(since)}" : "")}");
        if (backend.Trouble is { } trouble)
        {
            output.Line($"                {trouble}");
        }

        output.Line($"standby         {(facts.Standby is { } standby ? $"process {standby}, {Memory.Show(standby)}" : "none")}");
        output.Line($"gate            {backend.Gate}");
        output.Line($"clients         {backend.Clients?.ToString(CultureInfo.InvariantCulture) ?? "-"}");
        if (store is null)
        {
            output.Line(facts.StoreTrouble is { } why ? $"database        {why}" : "database        none yet");
            return;
        }

        output.Line($"database        {store.Bytes} bytes, log {store.WalBytes} bytes, epoch {store.Epoch}, {store.Journal} events");
        output.Line($"tasks           {facts.Tasks}: {store.Ready} ready"
            + string.Concat(store.ByPhase.Select(p => $", {p.Tasks} {Name(p.Phase)}")));
        if (store.LastRestart is { } restart)
        {
            output.Line($"last restart    {restart.At}: {restart.Reason}, {restart.State}");
        }

        output.Line($"claims          {store.Claims.Count}");
        output.Table(["task", "worker", "until", "title"], store.Claims.Select(c => new[] { c.TaskId, c.Worker, Time(c.Until), c.Title }));
    }

    private static string Name(TaskPhase phase) => ClientReport.Name(phase);

    private static string Time(DateTimeOffset time) => time.UtcDateTime.ToString("yyyy-MM-dd'T'HH:mm:ss'Z'", CultureInfo.InvariantCulture);

    /// <summary>All that a status tells.</summary>
    private sealed record Facts(DataDirectory Location, BackendLook Backend, DateTimeOffset? Since, StoreLook? Store,
        string? StoreTrouble)
    {
        /// <summary>The process that is ready to take the backend's place.</summary>
        public int? Standby { get; } = ServerProcess.HolderOf(Location.StandbyLockPath)?.Id;

        public long Tasks
        {
            get
            {
                var tasks = 0L;
                foreach (var count in Store?.ByPhase ?? [])
                {
                    tasks += count.Tasks;
                }

                return tasks;
            }
        }

        public static async Task<Facts> At(DataDirectory location, CancellationToken cancellation)
        {
            var backend = await BackendLook.At(location, cancellation);
            var since = backend.ProcessId is { } pid ? OpenFiles.StartedAt(pid) : null;
            try
            {
                return new Facts(location, backend, since, StoreLook.At(location), null);
            }
            catch (StoreUnreadableException e)
            {
                return new Facts(location, backend, since, null, e.Message);
            }
        }

        private static JsonObject ByStatus(StoreLook store)
        {
            var counts = new JsonObject();
            foreach (var count in store.ByPhase)
            {
                counts[Name(count.Phase)] = count.Tasks;
            }

            return counts;
        }

        public JsonObject ToJson() => new()
        {
            ["data_directory"] = Location.Path,
            ["workspace"] = Location.Workspace,
            ["socket"] = Location.SocketPath,
            ["log"] = Location.LogPath,
            ["version"] = BuildInfo.Build,
            ["backend"] = new JsonObject
            {
                ["state"] = ClientReport.Name(Backend.State),
                ["process_id"] = Backend.ProcessId,
                ["build"] = Backend.Build,
                ["since"] = Since is { } since ? Time(since) : null,
                ["clients"] = Backend.Clients,
                ["trouble"] = Backend.Trouble,
            },
            ["standby"] = Standby is { } standby
                ? new JsonObject
                {
                    ["process_id"] = standby,
                    ["resident_mib"] = Memory.ResidentOf(standby) >> 20,
                    ["own_mib"] = Memory.OwnOf(standby) >> 20,
                }
                : null,
            ["gate"] = Backend.Gate,
            ["store"] = Store is null ? null : new JsonObject
            {
                ["bytes"] = Store.Bytes,
                ["wal_bytes"] = Store.WalBytes,
                ["epoch"] = Store.Epoch,
                ["holder"] = Store.Holder,
                ["events"] = Store.Journal,
                ["tasks"] = Tasks,
                ["ready"] = Store.Ready,
                ["by_status"] = ByStatus(Store),
            },
            ["last_restart"] = Store?.LastRestart is { } restart
                ? new JsonObject { ["at"] = restart.At, ["reason"] = restart.Reason, ["state"] = restart.State } : null,
            ["store_trouble"] = StoreTrouble,
            ["claims"] = new JsonArray([.. (Store?.Claims ?? []).Select(c => (JsonNode)new JsonObject
            {
                ["task_id"] = c.TaskId, ["title"] = c.Title, ["worker"] = c.Worker, ["until"] = Time(c.Until),
            })]),
        };
    }
}
