using System.Data.Common;
using System.Globalization;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Applying;

/// <summary>
/// Fills new columns while the program of before goes on reading and writing: the column is added without its NOT NULL, which takes a moment, and its
/// rows are filled in small transactions with pauses between them. What is left to do is kept in the database, so that whoever comes after a kill
/// goes on where it ended. The migration itself finds the column there and has only to forbid NULL. What others write meanwhile is filled too.
/// </summary>
/// <param name="address">The SQLite file, or the address of a PostgreSQL database.</param>
/// <param name="wanted">What it shall be, with the backfill in its hints.</param>
/// <param name="options">How; the progress tells of each batch.</param>
public sealed class ProgressiveBackfill(string address, WantedSchema wanted, UpgradeOptions? options = null)
{
    private readonly UpgradeOptions _options = options ?? new UpgradeOptions();

    /// <summary>Rows of one transaction: others wait for as long as these take. On PostgreSQL, about as many.</summary>
    public int Batch { get; init; } = 2_000;

    /// <summary>Time that is left to others between two transactions.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether an earlier run was cut off.</summary>
    public bool IsPending
    {
        get
        {
            using var backfill = Open();
            return backfill.IsPending;
        }
    }

    /// <summary>Adds the columns that can be added ahead, and fills them and whatever an earlier run has left.</summary>
    /// <param name="cancellation">Ends it between two batches; the next run goes on.</param>
    /// <returns>How many rows were filled.</returns>
    /// <exception cref="SchemaException">An expression of the hints does not work, or somebody holds the rows.</exception>
    public async Task<long> Run(CancellationToken cancellation = default)
    {
        using var backfill = Open();
        try
        {
            backfill.Lock();
            var ahead = backfill.Ahead();
            var backup = ahead.Count == 0 ? (null, null) : backfill.BackUp();
            foreach (var (table, column, sql) in ahead)
            {
                _options.Reached?.Invoke($"begin {table.Name}.{column.Name}");
                backfill.Begin(table, column, sql, backup);
            }

            var filled = 0L;
            while (backfill.Next() is { } entry)
            {
                filled += await Fill(backfill, entry, cancellation);
                _options.Reached?.Invoke($"settle {entry.Table}.{entry.Column}");
                filled += backfill.Settle(entry, Batch);
            }

            return filled;
        }
        catch (DbException e) when (backfill.IsWrong(e))
        {
            throw new SchemaException($"The backfill stopped: {e.Message}. What was filled stays; the rest is left as it is.", e);
        }
        catch (RefusalException e)
        {
            throw new SchemaException($"The backfill stopped: {e.Message}. What was filled stays; {e.Refusal.NextStep}.", e);
        }
    }

    private Backfill Open() => DatabaseUpgrade.TargetOf(address).Backfill(wanted, _options);

    private async Task<long> Fill(Backfill backfill, BackfillEntry entry, CancellationToken cancellation)
    {
        var (filled, position) = (0L, entry.Position);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            _options.Reached?.Invoke($"backfill {entry.Table}.{entry.Column} after {position.ToString(CultureInfo.InvariantCulture)}");
            (var more, position, var isDone) = backfill.Fill(entry, position, Batch);
            filled += more;

            // Who writes on and on must not keep it from its end; what came since is seen to when it is settled.
            if (isDone)
            {
                return filled;
            }

            _options.Progress?.Invoke(new UpgradeProgress("backfill", 0, 0, $"filling {entry.Table}.{entry.Column}")
            {
                Percent = backfill.Percent(entry, position),
            });
            await Task.Delay(Pause, _options.Clock, cancellation);
        }
    }
}
