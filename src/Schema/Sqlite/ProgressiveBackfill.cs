using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// Fills new columns while the program of before goes on reading and writing: the column is added without its NOT NULL, which takes a moment, and its
/// rows are filled in small transactions with pauses between them. What is left to do is kept in the database, so that whoever comes after a kill
/// goes on where it ended. The migration itself finds the column there and has only to forbid NULL.
/// </summary>
/// <param name="path">The SQLite file.</param>
/// <param name="wanted">What it shall be, with the backfill in its hints.</param>
/// <param name="options">How; the progress tells of each batch.</param>
public sealed class ProgressiveBackfill(string path, WantedSchema wanted, UpgradeOptions? options = null)
{
    private const string Rest = "migration_backfill";

    private readonly UpgradeOptions _options = options ?? new UpgradeOptions();

    /// <summary>Rows of one transaction: others wait for as long as these take.</summary>
    public int Batch { get; init; } = 2_000;

    /// <summary>Time that is left to others between two transactions.</summary>
    public TimeSpan Pause { get; init; } = TimeSpan.FromMilliseconds(5);

    /// <summary>Whether an earlier run was cut off.</summary>
    public bool IsPending
    {
        get
        {
            using var connection = Open();
            return HasRest(connection);
        }
    }

    /// <summary>Adds the columns that can be added ahead, and fills them and whatever an earlier run has left.</summary>
    /// <param name="cancellation">Ends it between two batches; the next run goes on.</param>
    /// <returns>How many rows were filled.</returns>
    /// <exception cref="SchemaException">An expression of the hints does not work.</exception>
    public async Task<long> Run(CancellationToken cancellation = default)
    {
        using var connection = Open();
        try
        {
            foreach (var (table, column, sql) in Ahead(connection))
            {
                Begin(connection, table, column, sql);
            }

            var filled = 0L;
            while (Next(connection) is { } entry)
            {
                filled += await Fill(connection, entry, cancellation);
            }

            return filled;
        }
        catch (SqliteException e) when (e.SqliteErrorCode is 1 or 19)
        {
            throw new SchemaException($"The backfill stopped: {e.Message}. What was filled stays; the rest is left as it is.", e);
        }
    }

    private SqliteConnection Open()
    {
        var connection = SqliteBackup.Open(path, SqliteOpenMode.ReadWrite);
        connection.DefaultTimeout = Math.Max(1, (int)_options.LockWait.TotalSeconds);
        connection.Execute("PRAGMA synchronous = FULL");
        // What is filled is not what the user's triggers wait for.
        SQLitePCL.raw.sqlite3_db_config(connection.Handle, SQLitePCL.raw.SQLITE_DBCONFIG_ENABLE_TRIGGER, 0, out _);
        return connection;
    }

    private static bool HasRest(SqliteConnection connection) =>
        connection.Number($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{Rest}'") > 0;

    // A column that is not there yet, of a table that has row numbers. Everything else is the migration's.
    private IEnumerable<(Table Table, Column Column, string Sql)> Ahead(SqliteConnection connection)
    {
        var (found, target) = (SqliteIntrospection.Read(connection), SqliteIntrospection.Of(wanted.Statements));
        return
            from fill in wanted.Hints.Backfill
            let there = found.Table(fill.Table)
            let column = target.Table(fill.Table)?.Column(fill.Column, SqliteNames.Comparer)
            where there is { WithoutRowId: false, IsVirtual: false } && SqliteRebuild.RowId(there) is not null
                && column is { Generated: null, IsRowId: false } && there.Column(fill.Column, SqliteNames.Comparer) is null
                && SqliteDialect.CanAdd(column)
            select (there, column, fill.Sql);
    }

    private static void Begin(SqliteConnection connection, Table table, Column column, string sql)
    {
        using var transaction = connection.BeginTransaction(deferred: false);
        connection.Execute($"EXPLAIN SELECT ({sql}) FROM {SqlTokens.Quote(table.Name)}");   // before anything is changed
        connection.Execute(
            $"CREATE TABLE IF NOT EXISTS {Rest} (table_name TEXT NOT NULL, column_name TEXT NOT NULL, row_id TEXT NOT NULL, sql TEXT NOT NULL, "
            + "position INTEGER NOT NULL, PRIMARY KEY (table_name, column_name))");
        connection.Execute($"ALTER TABLE {SqlTokens.Quote(table.Name)} ADD COLUMN {Nullable(column.Definition)}");
        connection.Execute(
            $"INSERT INTO {Rest} VALUES ($t, $c, $r, $s, -9223372036854775808)",
            ("$t", table.Name), ("$c", column.Name), ("$r", SqliteRebuild.RowId(table)), ("$s", sql));
        transaction.Commit();
    }

    private static string Nullable(string definition)
    {
        var tokens = SqlTokens.Of(definition);
        var at = Enumerable.Range(0, Math.Max(0, tokens.Count - 1)).FirstOrDefault(i => tokens[i].Is("not") && tokens[i + 1].Is("null"), -1);
        return at < 0 ? definition : definition[..tokens[at].Start] + definition[tokens[at + 1].End..];
    }

    private static Entry? Next(SqliteConnection connection)
    {
        if (!HasRest(connection))
        {
            return null;
        }

        var rows = connection.Rows($"SELECT table_name, column_name, row_id, sql, position FROM {Rest} ORDER BY rowid LIMIT 1");
        if (rows is [[string table, string column, string rowId, string sql, long position]])
        {
            return new Entry(table, column, rowId, sql, position);
        }

        connection.Execute($"DROP TABLE {Rest}");
        return null;
    }

    private async Task<long> Fill(SqliteConnection connection, Entry entry, CancellationToken cancellation)
    {
        var (table, column, row) = (SqlTokens.Quote(entry.Table), SqlTokens.Quote(entry.Column), entry.RowId);
        var (filled, position) = (0L, entry.Position);
        while (true)
        {
            cancellation.ThrowIfCancellationRequested();
            _options.Reached?.Invoke($"backfill {entry.Table}.{entry.Column} after {position.ToString(CultureInfo.InvariantCulture)}");
            using (var transaction = connection.BeginTransaction(deferred: false))
            {
                var next = connection.Rows(
                    $"SELECT coalesce(max(r), $p), count(*) FROM (SELECT {row} AS r FROM {table} WHERE {row} > $p ORDER BY {row} LIMIT $n)",
                    ("$p", position), ("$n", Batch))[0];
                var (end, count) = ((long)next[0]!, (long)next[1]!);
                filled += connection.Execute(
                    $"UPDATE {table} SET {column} = ({entry.Sql}) WHERE {row} > $p AND {row} <= $e AND {column} IS NULL",
                    ("$p", position), ("$e", end));
                // Who writes on and on must not keep it from its end; the migration fills what came since.
                var isDone = count < Batch;
                connection.Execute(
                    isDone ? $"DELETE FROM {Rest} WHERE table_name = $t AND column_name = $c AND $e = $e"
                        : $"UPDATE {Rest} SET position = $e WHERE table_name = $t AND column_name = $c",
                    ("$e", end), ("$t", entry.Table), ("$c", entry.Column));
                transaction.Commit();
                position = end;
                if (isDone)
                {
                    return filled;
                }
            }

            Report(connection, entry, position);
            await Task.Delay(Pause, _options.Clock, cancellation);
        }
    }

    private void Report(SqliteConnection connection, Entry entry, long position)
    {
        if (_options.Progress is { } progress)
        {
            var (first, last) = (Edge(connection, entry, "min"), Edge(connection, entry, "max"));
            progress(new UpgradeProgress("backfill", 0, 0, $"filling {entry.Table}.{entry.Column}")
            {
                Percent = last <= first ? 100 : (int)(100 * (double)(position - first) / (last - first)),
            });
        }
    }

    private static long Edge(SqliteConnection connection, Entry entry, string which) =>
        connection.Number($"SELECT {which}({entry.RowId}) FROM {SqlTokens.Quote(entry.Table)}");

    private sealed record Entry(string Table, string Column, string RowId, string Sql, long Position);
}
