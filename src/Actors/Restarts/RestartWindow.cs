using System.Diagnostics;
using System.Globalization;
using System.Text;
using LinqToDB;
using LinqToDB.Data;
using Orchestrator.Actors.Artifacts;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Restarts;

/// <summary>
/// The work that waits for a planned restart, done by the new process: it has the database, the old one has closed it, and there are no actors yet
/// and no calls. Here a process that fails costs nothing, because the old one takes everything back; the old one itself has only seconds to close.
/// That the work has begun is written into a file first, and taken away when its result is in the journal: a file that is found there is the sign
/// of a process that has ended in the middle.
/// </summary>
public sealed class RestartWindow(SqliteStore store, string directory, string process, TimeProvider clock)
{
    private const string MarkName = "maintenance-window";
    private const int ArchivesAtOnce = 50;

    // Long enough for whoever wants to go back to the version before the last.
    private static readonly TimeSpan KeepBackupsFor = TimeSpan.FromDays(90);

    private readonly string _mark = Path.Combine(directory, MarkName);
    private readonly List<WindowResult> _results = [];
    private readonly Stopwatch _worked = new();   // The start of the actors between the two parts is none of its time.
    private (CommandId Window, string Cause)? _cutOff;
    private Window? _window;

    /// <summary>Told of each act: where tests stop the process.</summary>
    public Action<string>? Reached { get; init; }

    private TimeSpan Left => TimeSpan.FromSeconds(_window!.Wish.BudgetSeconds) - _worked.Elapsed;

    /// <summary>What can be done for the store, without its actors.</summary>
    public static SqliteUpkeep UpkeepOf(SqliteStore store, TimeProvider clock) =>
        new(store.Path, new UpgradeOptions { Clock = clock, KeepBackupsFor = KeepBackupsFor });

    /// <summary>How fast the last window that wrote the file anew was; null when none has.</summary>
    public static double? MeasuredSpeed(IEnumerable<Window> windows) => windows.SelectMany(w => w.Results)
        .Where(r => r is { Work: WindowWork.Vacuum, Outcome: WindowOutcome.Done, Ms: > 100 })
        .Select(r => (double?)(r.BytesAfter / (r.Ms / 1000))).LastOrDefault();

    /// <summary>Before the actors: does what can be done without them. Never throws: a restart does not fail because of it.</summary>
    /// <param name="isPlanned">Whether this is the new process of a planned restart. No other start does any work.</param>
    public void Begin(bool isPlanned)
    {
        _cutOff = Found();
        var state = Read();
        if (!isPlanned || _cutOff is not null || state.Pending is not { } pending)
        {
            return;
        }

        _window = pending;
        _worked.Start();
        try
        {
            DurableFile.Create(_mark, Encoding.UTF8.GetBytes($"{pending.Id}\n{process}\n{clock.GetUtcNow():yyyy-MM-dd'T'HH:mm:ss.fff'Z'}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            _results.AddRange(pending.Wish.Work.Select(w => new WindowResult(w, WindowOutcome.Failed, $"not begun: {e.Message}", 0, 0, 0, 0)));
            _worked.Stop();
            return;
        }

        Reached?.Invoke("begun");
        var upkeep = UpkeepOf(store, clock);
        upkeep.Reached = Reached;
        foreach (var work in pending.Wish.Work.Order())
        {
            Do(work, upkeep, () => work switch
            {
                _ when Left <= TimeSpan.Zero => new Upkeep(UpkeepOutcome.Skipped, "no time was left"),
                WindowWork.Compact => upkeep.Compact(Left),
                WindowWork.Retention => upkeep.PruneBackups(),
                WindowWork.Vacuum => upkeep.Vacuum(Left, MeasuredSpeed(state.History)),
                _ => throw new NotSupportedException($"No rule for {work}."),
            });
        }

        _worked.Stop();
    }

    /// <summary>With the actors, before the first call: does the rest, and writes down what became of it.</summary>
    public async Task Finish(WindowGateway windows, IMaintenanceIndex index, TaskGateway tasks)
    {
        if (_cutOff is { } cut)
        {
            await Settle(windows, new WindowCommands.Interrupt(cut.Window, process, cut.Cause));
        }

        if (_window is { } window)
        {
            if (_results.FindIndex(r => r is { Work: WindowWork.Retention, Outcome: WindowOutcome.Done }) is var at and >= 0)
            {
                _worked.Start();
                try
                {
                    _results[at] = await ExpireArchives(_results[at], window, index, tasks);
                }
                catch (System.Data.Common.DbException e)
                {
                    _results[at] = _results[at] with { Outcome = WindowOutcome.Failed, What = $"{_results[at].What}, then: {e.Message}" };
                }

                _worked.Stop();
            }

            Reached?.Invoke("done");
            await Settle(windows, new WindowCommands.Finish(window.Id, process, Math.Round(_worked.Elapsed.TotalMilliseconds, 1), _results));
        }
    }

    private void Do(WindowWork work, SqliteUpkeep upkeep, Func<Upkeep> run)
    {
        var (start, before) = (Stopwatch.GetTimestamp(), 0L);
        Upkeep done;
        var outcome = WindowOutcome.Failed;
        try
        {
            before = upkeep.Space().Bytes;
            done = run();
            outcome = done.Outcome switch
            {
                UpkeepOutcome.Done => WindowOutcome.Done,
                UpkeepOutcome.Skipped => WindowOutcome.Skipped,
                _ => WindowOutcome.Stopped,
            };
        }
        catch (Exception e) when (e is System.Data.Common.DbException or IOException or UnauthorizedAccessException)
        {
            done = new Upkeep(UpkeepOutcome.Stopped, e.Message);
        }

        var ms = Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
        _results.Add(new WindowResult(work, outcome, done.What, ms, done.Items, before, After(upkeep, before)));
    }

    private static long After(SqliteUpkeep upkeep, long before)
    {
        try
        {
            return upkeep.Space().Bytes;
        }
        catch (System.Data.Common.DbException)
        {
            return before;   // it could not be looked at before, either
        }
    }

    private async Task<WindowResult> ExpireArchives(WindowResult so, Window window, IMaintenanceIndex index, TaskGateway tasks)
    {
        var start = Stopwatch.GetTimestamp();
        var (deleted, kept) = (0, new HashSet<TaskId>());
        var isWhole = false;
        while (Left > TimeSpan.Zero && !isWhole)
        {
            var expired = index.ExpiredArchives(MaintenanceScope.Everything, clock.GetUtcNow(), ArchivesAtOnce + kept.Count).First
                .Where(t => !kept.Contains(t.TaskId)).ToList();
            isWhole = expired.Count == 0;
            foreach (var task in expired.TakeWhile(_ => Left > TimeSpan.Zero))
            {
                var command = new TaskCommands.Delete(task.TaskId, window.Id.Derive(task.TaskId.Value), "restart", "It was kept for its time.", false);
                _ = await tasks.Send(command, CancellationToken.None) is TaskReplies.Accepted ? deleted++ : kept.Add(task.TaskId) ? 0 : 0;
            }
        }

        var rest = isWhole ? "" : "; the time was over before the rest";
        return so with
        {
            Outcome = isWhole ? WindowOutcome.Done : WindowOutcome.Stopped,
            What = string.Create(CultureInfo.InvariantCulture, $"{so.What}, {deleted} archived tasks deleted whose time was over{rest}"),
            Items = so.Items + deleted,
            Ms = Math.Round(so.Ms + Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1),
        };
    }

    // What the journal does not hold stays marked; the next process writes it down.
    private async Task Settle(WindowGateway windows, IWindowCommand command)
    {
        if (await windows.Send(command) is WindowReplies.Accepted)
        {
            File.Delete(_mark);
        }
    }

    private (CommandId Window, string Cause)? Found()
    {
        if (!File.Exists(_mark))
        {
            return null;
        }

        var lines = File.ReadAllLines(_mark);
        return lines.Length < 3 ? null : (
            CommandId.Parse(lines[0]),
            $"{lines[1]} began at {lines[2]} and ended before its result was written down. What it had not done whole is as it was.");
    }

    private WindowState Read()
    {
        using var db = new DataConnection(store.ReadOnly);
        return db.GetTable<JournalRecord>().Where(j => j.PersistenceId == WindowActor.Id).OrderBy(j => j.SequenceNumber).ToList()
            .Aggregate(new WindowState(), (state, row) => state.Apply((IWindowEvent)EventCodec.Read(row.Manifest, row.Message)));
    }
}
