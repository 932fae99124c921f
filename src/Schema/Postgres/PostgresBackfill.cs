using System.Data.Common;
using System.Diagnostics;
using System.Globalization;
using Npgsql;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Postgres;

/// <summary>
/// The progressive backfill of a PostgreSQL schema, by the blocks of its tables. A trigger of its own fills what others write meanwhile, so one way
/// through the blocks that were there is enough; a check that the server validates while others write is the proof, and the migration needs none.
/// </summary>
internal sealed class PostgresBackfill(PostgresSession session, WantedSchema wanted) : Backfill(session, wanted)
{
    // The last of its kind to run: it sees the row that the user's triggers leave.
    private const string Prefix = "zz_migration_backfill_";
    private const int RowsOfBlock = 100;
    private const int FirstWithRanges = 14;
    private static readonly TimeSpan Pause = TimeSpan.FromMilliseconds(50);

    private readonly NpgsqlConnection _connection = (NpgsqlConnection)session.Connection;
    private readonly HashSet<string> _quiet = [];
    private DatabaseSchema? _target;

    public override bool HasRest => Exists(_connection);

    /// <summary>Triggers, functions and checks of the backfill, which no schema names.</summary>
    public static bool IsOwn(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is left to do about a filled column.</summary>
    public static FilledAhead? Filled(NpgsqlConnection connection, string table, string column) => Exists(connection) && connection.Rows(
        $"""
        SELECT 1 FROM {Rest} WHERE filled = 1 AND {OfEntry} AND EXISTS (SELECT 1 FROM pg_constraint WHERE conname = @n AND convalidated
            AND conrelid = to_regclass(@q))
        """,
        ("@t", table), ("@c", column), ("@n", Own(table, column)), ("@q", Q(table))).Count > 0
        ? new FilledAhead([], [
            $"{PostgresSteps.Alter(table)} DROP CONSTRAINT {Q(Own(table, column))}", .. End(table, column),
            $"DELETE FROM {Rest} WHERE table_name = {PostgresNames.Literal(table)} AND column_name = {PostgresNames.Literal(column)}"])
        : null;

    public override void Lock() => PostgresLock.Take(_connection, session.Options);

    // A column that is not there yet, and whose rows would show nothing but NULL.
    public override IReadOnlyList<(Table Table, Column Column, string Sql)> Ahead()
    {
        var (found, target) = (session.Read(), session.Of(Wanted.Statements));
        session.End();
        _target = target;
        _quiet.UnionWith(found.Triggers.Where(t => t.IsEnabled).Select(t => t.Table));
        var canBeQuiet = CanBeQuiet();
        return _connection.PostgreSqlVersion.Major < FirstWithRanges ? [] :
        [
            .. from fill in Wanted.Hints.Backfill
               let there = found.Table(fill.Table)
               let column = target.Table(fill.Table)?.Column(fill.Column, StringComparer.Ordinal)
               where there is not null && column is { Generated: null, Identity: null, Default: null }
                   && there.Column(fill.Column, StringComparer.Ordinal) is null
                   && PostgresIntrospection.Mentioned(fill.Sql, there.Columns.Where(c => c.Generated is not null)).Count == 0
                   && (canBeQuiet || !_quiet.Contains(there.Name))
                   && !found.TriggersOf(there.Name).Any(t => t.IsEnabled && t.Afterwards.Count > 0)   // those are never quiet
               select (there, column, fill.Sql),
        ];
    }

    public override (string? Name, string? Hash) BackUp() => (null, null);   // no stored value changes

    public override bool Begin(Table table, Column column, string sql, (string? Name, string? Hash) backup)
    {
        var name = Q(Own(table.Name, column.Name));
        var definition = PostgresTables.Defined(column with { NotNull = false }).Definition;
        return Within(() =>
        {
            _connection.Execute($"EXPLAIN SELECT ({sql}) FROM {Q(table.Name)}");   // before anything is changed
            _connection.Execute(RestTable);
            PostgresLock.Tables(_connection, [table.Name], session.Options, PostgresLock.ShortPatience);
            try
            {
                _connection.Execute($"SAVEPOINT added; {PostgresSteps.Alter(table.Name)} ADD COLUMN {definition}");
            }
            catch (PostgresException e) when (session.IsMissing(e))
            {
                _connection.Execute("ROLLBACK TO SAVEPOINT added");   // its type comes with the migration
                return false;
            }

            _connection.Execute(
                $"{Function(table.Name, column.Name, sql)}; "
                + $"CREATE TRIGGER {name} BEFORE INSERT OR UPDATE ON {Q(table.Name)} FOR EACH ROW EXECUTE FUNCTION {name}()");
            _connection.Execute($"INSERT INTO {Rest} VALUES (@t, @c, '', @s, 0, 0, NULL, NULL)", ("@t", table.Name), ("@c", column.Name), ("@s", sql));
            return true;
        });
    }

    protected override void Correct(BackfillEntry entry) => Within(() =>
    {
        base.Correct(entry);
        return _connection.Execute(Function(entry.Table, entry.Column, entry.Sql));
    });

    public override (long Filled, long Position, bool IsDone) Fill(BackfillEntry entry, long position, int rows)
    {
        return Patiently(entry, () =>
        {
            _connection.Execute(Quietly(entry.Table));
            var (from, last, file) = Way(entry, position);
            var end = Math.Min(last, from + Math.Max(1, rows / RowsOfBlock));
            var written = _connection.Execute(string.Create(
                CultureInfo.InvariantCulture,
                $"UPDATE {Q(entry.Table)} SET {Q(entry.Column)} = ({entry.Sql}) WHERE ctid >= '({from},0)' AND ctid < '({end},0)' ")
                + $"AND {Q(entry.Column)} IS NULL");
            _connection.Execute(
                $"UPDATE {Rest} SET position = @e, row_id = @r WHERE {OfEntry}",
                Of(entry, ("@e", end), ("@r", string.Create(CultureInfo.InvariantCulture, $"{last} {file}"))));
            return ((long)written, end, end >= last);
        });
    }

    public override long Settle(BackfillEntry entry, int rows)
    {
        var (check, column) = (Q(Own(entry.Table, entry.Column)), Q(entry.Column));
        if (_target!.Table(entry.Table)?.Column(entry.Column, StringComparer.Ordinal) is not { NotNull: true })
        {
            Forget(entry);
            return 0;
        }

        Patiently(entry, () =>
        {
            PostgresLock.Tables(_connection, [entry.Table], session.Options, PostgresLock.ShortPatience);
            return _connection.Execute(
                $"{PostgresSteps.Alter(entry.Table)} DROP CONSTRAINT IF EXISTS {check}; "
                + $"{PostgresSteps.Alter(entry.Table)} ADD CONSTRAINT {check} CHECK ({column} IS NOT NULL) NOT VALID");
        });
        try
        {
            Patiently(entry, () => _connection.Execute($"{PostgresSteps.Alter(entry.Table)} VALIDATE CONSTRAINT {check}"));
        }
        catch (PostgresException e) when (e.SqlState == PostgresErrorCodes.CheckViolation)
        {
            Forget(entry);   // what fills it yields NULL: the migration says so
            return 0;
        }

        return Patiently(entry, () => 0 * _connection.Execute($"UPDATE {Rest} SET filled = 1 WHERE {OfEntry}", Of(entry)));
    }

    public override int? Percent(BackfillEntry entry, long position) =>
        Way(entry, position).Last is > 0 and var last ? (int)(100 * (double)position / last) : 100;

    public override bool IsWrong(DbException error) => error is PostgresException { SqlState: ['2', '2' or '3', ..] or ['4', '2', ..] };

    private static bool Exists(NpgsqlConnection connection) =>
        connection.Scalar($"SELECT to_regclass(quote_ident(current_schema()) || '.{Rest}')::text") is not null;

    private static string Own(string table, string column) => $"{Prefix}{WantedSchema.Hash($"{table}\0{column}")[..16]}";

    private static IEnumerable<string> End(string table, string column) =>
    [
        $"DROP TRIGGER IF EXISTS {Q(Own(table, column))} ON {Q(table)}",
        $"DROP FUNCTION IF EXISTS {Q(Own(table, column))}()",
    ];

    // What the program of before changes in a row, it changes in what is computed from it. Who sets the column knows it, and is right.
    private static string Function(string table, string column, string sql) =>
        $"""
        CREATE OR REPLACE FUNCTION {Q(Own(table, column))}() RETURNS trigger LANGUAGE plpgsql AS $backfill$
        BEGIN
            IF (TG_OP = 'INSERT' AND NEW.{Q(column)} IS NULL) OR (TG_OP = 'UPDATE' AND NEW.{Q(column)} IS NOT DISTINCT FROM OLD.{Q(column)}) THEN
                SELECT ({sql}) INTO NEW.{Q(column)} FROM (SELECT NEW.*) AS {Q(table)};
            END IF;
            RETURN NEW;
        END $backfill$
        """;

    private static string Q(string name) => PostgresNames.Quote(name);

    // From which block to which, in which file. The blocks are those that were there when the way began: whatever is written to others is filled by the
    // trigger. A table that was written anew since has other blocks, and the way begins again.
    private (long From, long Last, long File) Way(BackfillEntry entry, long position)
    {
        var now = _connection.Rows(
            $"""
            SELECT pg_relation_size(c) / current_setting('block_size')::bigint, pg_relation_filenode(c)::bigint, row_id
            FROM {Rest}, to_regclass(@q) AS c WHERE {OfEntry}
            """, Of(entry, ("@q", Q(entry.Table))))[0];
        var (size, file) = ((long)now[0]!, (long)now[1]!);
        return ((string)now[2]!).Split(' ') is [var last, var known] && position > 0
            && known == file.ToString(CultureInfo.InvariantCulture)
            ? (position, long.Parse(last, CultureInfo.InvariantCulture), file)
            : (0, size, file);
    }

    private void Forget(BackfillEntry entry) => Patiently(entry, () =>
    {
        PostgresLock.Tables(_connection, [entry.Table], session.Options, PostgresLock.ShortPatience);
        _connection.Execute($"SET LOCAL client_min_messages = warning; {PostgresSteps.Alter(entry.Table)} DROP CONSTRAINT IF EXISTS "
            + $"{Q(Own(entry.Table, entry.Column))}; {string.Join("; ", End(entry.Table, entry.Column))}");
        return _connection.Execute($"DELETE FROM {Rest} WHERE {OfEntry}", Of(entry));
    });

    // What is filled is not what the user's triggers wait for, and whoever writes a row waits for no more than a batch.
    private string Quietly(string table) => $"SET LOCAL lock_timeout = {PostgresLock.ShortPatience.TotalMilliseconds:0}"
        + (_quiet.Contains(table) ? "; SET LOCAL session_replication_role = replica" : "");

    private bool CanBeQuiet()
    {
        try
        {
            _connection.Execute("BEGIN; SET LOCAL session_replication_role = replica");
            return true;
        }
        catch (PostgresException)
        {
            return false;
        }
        finally
        {
            _connection.Execute("ROLLBACK");
        }
    }

    // Rows that somebody holds are asked for again and again: to wait for them would be to be waited for.
    private T Patiently<T>(BackfillEntry entry, Func<T> act)
    {
        var waited = Stopwatch.StartNew();
        while (true)
        {
            try
            {
                return Within(act);
            }
            catch (PostgresException e) when (e.SqlState is PostgresErrorCodes.LockNotAvailable or PostgresErrorCodes.DeadlockDetected)
            {
                if (waited.Elapsed >= session.Options.LockWait)
                {
                    throw new RefusalException(new UpgradeRefusal(
                        "locked", $"somebody holds rows of {entry.Table}: {e.MessageText}", "end that transaction, then try again"));
                }

                session.Options.Progress?.Invoke(new UpgradeProgress("waiting", 0, 0, $"waiting for rows of {entry.Table}"));
                Thread.Sleep(Pause);
            }
        }
    }

    private T Within<T>(Func<T> act)
    {
        _connection.Execute($"BEGIN; {PostgresSession.Settings}");
        try
        {
            var result = act();
            _connection.Execute("COMMIT");
            return result;
        }
        catch when (_connection.FullState == System.Data.ConnectionState.Open)
        {
            _connection.Execute("ROLLBACK");
            throw;
        }
    }
}
