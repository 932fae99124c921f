using System.Diagnostics;
using LinqToDB.Data;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>
/// Fills the read model again from the first event of the journal, in a file beside the database, while the tables there are read and kept up to
/// date; then makes them equal to the new ones. Whatever ends it before leaves the tables as they were, and a file that the next one removes.
/// </summary>
public sealed class TaskIndexRebuild(SqliteStore store, TaskIndexProjection live, TimeProvider clock) : IDisposable
{
    private const string Suffix = ".rebuild";
    private readonly Lock _running = new();
    private volatile RebuildReport? _report;
    private volatile TaskIndexProjection? _beside;
    private volatile bool _ended;

    /// <summary>What keeps the tables that are read up to date.</summary>
    public TaskIndexProjection Live => live;

    /// <summary>The one that runs, or the last one of this process; null when there was none.</summary>
    public RebuildReport? Report => _report;

    /// <summary>Rebuilds.</summary>
    /// <exception cref="ObjectDisposedException">It has ended, perhaps in the middle; the tables are as they were.</exception>
    public RebuildReport Run()
    {
        lock (_running)
        {
            return RunAlone();
        }
    }

    /// <summary>Ends one that is under way and waits for it: nothing of it may be at the database any more when that is closed.</summary>
    public void Dispose()
    {
        _ended = true;
        _beside?.Dispose();
        lock (_running)
        {
        }
    }

    private RebuildReport RunAlone()
    {
        var (path, start) = ($"{store.Path}{Suffix}", Stopwatch.GetTimestamp());
        var began = _report = new RebuildReport { IsRunning = true, At = clock.GetUtcNow() };
        try
        {
            Remove(path);
            var options = store.Beside(path);
            using (var db = new DataConnection(options))
            {
                foreach (var statement in TaskIndexTables.Create.Prepend(SqliteStore.ProjectionTable))
                {
                    db.Execute(statement);
                }
            }

            using var beside = _beside = new TaskIndexProjection(options);
            ObjectDisposedException.ThrowIf(_ended, this);   // it may have come before there was anything to end
            _report = began with { Last = live.JournalEnd() };
            beside.Progress = (position, last) => _report = began with { Position = position, Last = last, Events = beside.Applied, Ms = Ms() };
            beside.Pull();
            live.Pull();   // so that little is left to do while nobody can write
            var (reached, corrected) = live.TakeOver(path, beside);
            return _report = began with
            {
                IsRunning = false,
                Position = reached,
                Last = reached,
                Events = beside.Applied,
                Corrected = corrected,
                Ms = Ms(),
            };
        }
        catch (Exception e)
        {
            _report = _report with { IsRunning = false, Ms = Ms(), Error = e.Message };
            throw;
        }
        finally
        {
            Remove(path);
        }

        double Ms() => Math.Round(Stopwatch.GetElapsedTime(start).TotalMilliseconds, 1);
    }

    private static void Remove(string path)
    {
        foreach (var file in new[] { path, $"{path}-journal" })
        {
            File.Delete(file);
        }
    }
}

/// <summary>How a rebuild of the read model gets on, or went. Everything is counted while it is done.</summary>
public sealed record RebuildReport
{
    /// <summary>Whether it is under way.</summary>
    public bool IsRunning { get; init; }
    /// <summary>When it began.</summary>
    public DateTimeOffset At { get; init; }
    /// <summary>How far in the journal it is.</summary>
    public long Position { get; init; }
    /// <summary>How far the journal goes.</summary>
    public long Last { get; init; }
    /// <summary>Events of tasks and sessions that were replayed.</summary>
    public long Events { get; init; }
    /// <summary>Rows of the old tables that were not as the journal says. None when all was well.</summary>
    public long? Corrected { get; init; }
    /// <summary>How long it has taken.</summary>
    public double Ms { get; init; }
    /// <summary>Why it came to nothing; the tables are as they were.</summary>
    public string? Error { get; init; }
}
