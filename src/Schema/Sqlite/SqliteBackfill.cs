using System.Data.Common;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// The progressive backfill of a SQLite file, by row number. What others write meanwhile, triggers of its own put down, and it is filled afterwards:
/// filled by the trigger itself, the user's triggers would hear of it.
/// </summary>
internal sealed class SqliteBackfill : Backfill
{
    // While each row is looked at once, others wait: mapped, that takes two thirds of the time. Else the file is read: what a disk cannot read is then
    // an error and not the end of the process.
    private const long Mapped = 1L << 30;

    private const string Prefix = "migration_backfill_";

    private readonly SqliteConnection _connection;

    public SqliteBackfill(SqliteSession session, WantedSchema wanted)
        : base(session, wanted)
    {
        _connection = (SqliteConnection)session.Connection;
        _connection.DefaultTimeout = Math.Max(1, (int)session.Options.LockWait.TotalSeconds);
        session.Stepping(begins: true);   // what is filled is not what the user's triggers wait for
    }

    public override bool HasRest => Exists(_connection);

    public static bool Exists(SqliteConnection connection) =>
        connection.Number($"SELECT count(*) FROM sqlite_schema WHERE type = 'table' AND name = '{Rest}'") > 0;

    /// <summary>Triggers and indexes of the backfill, which no schema names.</summary>
    public static bool IsOwn(string name) => name.StartsWith(Prefix, StringComparison.Ordinal);

    /// <summary>What is left to do about a filled column.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="table">Its table.</param>
    /// <param name="column">Its name.</param>
    public static FilledAhead? Filled(SqliteConnection connection, string table, string column)
    {
        if (!Exists(connection) || connection.Rows(
            $"SELECT row_id, sql, table_name, column_name FROM {Rest} WHERE filled = 1 AND table_name = @t COLLATE NOCASE "
            + "AND column_name = @c COLLATE NOCASE", ("@t", table), ("@c", column)) is not [[string row, string sql, string t, string c]])
        {
            return null;
        }

        return new FilledAhead(
            [Again(table, column, row, sql, $"SELECT row FROM {Changed} WHERE entry = '{Own(t, c)}'"),
             $"UPDATE {SqlTokens.Quote(table)} SET {SqlTokens.Quote(column)} = ({sql}) WHERE {SqlTokens.Quote(column)} IS NULL"],
            [.. End(t, c), $"DELETE FROM {Rest} WHERE table_name = {SqlTokens.Literal(t)} AND column_name = {SqlTokens.Literal(c)}"]);
    }

    // A column that is not there yet, of a table that has row numbers, and whose rows would show nothing but NULL.
    public override IReadOnlyList<(Table Table, Column Column, string Sql)> Ahead()
    {
        var (found, target) = (Session.Read(), Session.Of(Wanted.Statements));
        return
        [
            .. from fill in Wanted.Hints.Backfill
               let there = found.Table(fill.Table)
               let wanted = target.Table(fill.Table)
               let column = wanted?.Column(fill.Column, SqliteNames.Comparer)
               where there is { WithoutRowId: false, IsVirtual: false } && SqliteRebuild.RowId(there) is not null
                   && column is { Generated: null, IsRowId: false, Default: null } && there.Column(fill.Column, SqliteNames.Comparer) is null
                   && SqliteDialect.CanAdd(column)
                   && !wanted!.Constraints.Any(c => c is UniqueKey or PrimaryKey && SqliteNames.Comparer.Equals(c.OfColumn ?? "", column.Name))
               select (there, column, fill.Sql),
        ];
    }

    public override (string? Name, string? Hash) BackUp()
    {
        Session.NeedSpace(new SchemaPlan([], [], [], []));
        return Session.BackUp(Session.Read(), "before-backfill", []);
    }

    public override bool Begin(Table table, Column column, string sql, (string? Name, string? Hash) backup)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        _connection.Execute($"EXPLAIN SELECT ({sql}) FROM {SqlTokens.Quote(table.Name)}");   // before anything is changed
        _connection.Execute(RestTable);
        _connection.Execute($"ALTER TABLE {SqlTokens.Quote(table.Name)} ADD COLUMN {Nullable(column.Definition)}");
        Watch(table, column.Name);
        _connection.Execute(
            $"INSERT INTO {Rest} VALUES (@t, @c, @r, @s, -9223372036854775808, 0, @b, @h)", ("@t", table.Name), ("@c", column.Name),
            ("@r", SqliteRebuild.RowId(table)), ("@s", sql), ("@b", backup.Name), ("@h", backup.Hash));
        transaction.Commit();
        return true;
    }

    public override (long Filled, long Position, bool IsDone) Fill(BackfillEntry entry, long position, int rows)
    {
        var (table, column, row) = (SqlTokens.Quote(entry.Table), SqlTokens.Quote(entry.Column), entry.RowId);
        using var transaction = _connection.BeginTransaction(deferred: false);
        var next = _connection.Rows(
            $"SELECT coalesce(max(r), @p), count(*) FROM (SELECT {row} AS r FROM {table} WHERE {row} > @p ORDER BY {row} LIMIT @n)",
            ("@p", position), ("@n", rows))[0];
        var (end, count) = ((long)next[0]!, (long)next[1]!);
        var filled = _connection.Execute(
            $"UPDATE {table} SET {column} = ({entry.Sql}) WHERE {row} > @p AND {row} <= @e AND {column} IS NULL", ("@p", position), ("@e", end));
        _connection.Execute($"UPDATE {Rest} SET position = @e WHERE {OfEntry}", Of(entry, ("@e", end)));
        transaction.Commit();
        return (filled, end, count < rows);
    }

    // Rows that others wrote behind the triggers' back are found by an index of those without a value. ALTER TABLE, which looks for one before it forbids
    // NULL, finds by it as well that there is none: others wait here, while the index comes to be, and not again at the end.
    public override long Settle(BackfillEntry entry, int rows)
    {
        var (table, column, row) = (SqlTokens.Quote(entry.Table), SqlTokens.Quote(entry.Column), entry.RowId);
        FillChanged(entry, rows);
        if (!IsNotNull(entry))
        {
            return Forget(entry);
        }

        _connection.Execute($"PRAGMA mmap_size = {Mapped}; PRAGMA wal_checkpoint(PASSIVE)");   // what is in the log is not mapped
        Session.Options.Reached?.Invoke($"index {entry.Table}.{entry.Column}");
        _connection.Execute($"CREATE INDEX IF NOT EXISTS {Index(entry.Table, entry.Column)} ON {table} ({column}) WHERE {column} IS NULL");
        Session.Options.Reached?.Invoke($"indexed {entry.Table}.{entry.Column}");
        _connection.Execute("PRAGMA mmap_size = 0");
        var filled = 0L;
        for (var count = rows; count >= rows;)   // of what comes after that, the migration takes care
        {
            var left = _connection.Rows($"SELECT {row} FROM {table} WHERE {column} IS NULL LIMIT @n", ("@n", rows)).ConvertAll(r => (long)r[0]!);
            var list = string.Join(", ", left);
            filled += _connection.Execute($"UPDATE {table} SET {column} = ({entry.Sql}) WHERE {row} IN ({list}) AND {column} IS NULL");
            if (_connection.Number($"SELECT count(*) FROM {table} WHERE {row} IN ({list}) AND {column} IS NULL") > 0)
            {
                return Forget(entry);   // what fills it yields NULL: the migration says so
            }

            count = left.Count;
        }

        _connection.Execute($"UPDATE {Rest} SET filled = 1 WHERE {OfEntry}", Of(entry));
        return filled;
    }

    public override int? Percent(BackfillEntry entry, long position)
    {
        var (first, last) = (Edge(entry, "min"), Edge(entry, "max"));
        return last <= first ? 100 : (int)(100 * (double)(position - first) / (last - first));
    }

    public override bool IsWrong(DbException error) => error is SqliteException { SqliteErrorCode: 1 or 19 };

    private static string Index(string table, string column) => $"{Prefix}{Own(table, column)}_null";

    private static string Own(string table, string column) => WantedSchema.Hash($"{table}\0{column}")[..16];

    private static string Again(string table, string column, string row, string sql, string rows) =>
        $"UPDATE {SqlTokens.Quote(table)} SET {SqlTokens.Quote(column)} = ({sql}) WHERE {row} IN ({rows})";

    private static IEnumerable<string> End(string table, string column) =>
    [
        $"DROP TRIGGER IF EXISTS {Prefix}{Own(table, column)}_insert",
        $"DROP TRIGGER IF EXISTS {Prefix}{Own(table, column)}_update",
        $"DROP INDEX IF EXISTS {Index(table, column)}",
        $"DELETE FROM {Changed} WHERE entry = '{Own(table, column)}'",
    ];

    // Who sets the column knows it, and is right. A row that is not filled yet will be. No conflict clause: that of the user's statement would count.
    private void Watch(Table table, string column)
    {
        var (own, row, value) = (Own(table.Name, column), SqliteRebuild.RowId(table), SqlTokens.Quote(column));
        var note = $"INSERT INTO {Changed} SELECT '{own}', new.{row} WHERE NOT EXISTS (SELECT 1 FROM {Changed} WHERE entry = '{own}' AND row = new.{row})";
        _connection.Execute($"CREATE TABLE IF NOT EXISTS {Changed} (entry TEXT NOT NULL, row INTEGER NOT NULL, PRIMARY KEY (entry, row)) WITHOUT ROWID");
        _connection.Execute(
            $"CREATE TRIGGER {Prefix}{own}_insert AFTER INSERT ON {SqlTokens.Quote(table.Name)} WHEN new.{value} IS NULL BEGIN {note}; END");
        _connection.Execute(
            $"CREATE TRIGGER {Prefix}{own}_update AFTER UPDATE ON {SqlTokens.Quote(table.Name)} "
            + $"WHEN new.{value} IS NOT NULL AND new.{value} IS old.{value} BEGIN {note}; END");
    }

    private void FillChanged(BackfillEntry entry, int rows)
    {
        var own = Own(entry.Table, entry.Column);
        for (var count = rows; count >= rows;)
        {
            using var transaction = _connection.BeginTransaction(deferred: false);
            var changed = _connection.Rows($"SELECT row FROM {Changed} WHERE entry = '{own}' LIMIT @n", ("@n", rows)).ConvertAll(r => (long)r[0]!);
            var list = string.Join(", ", changed);
            _connection.Execute(Again(entry.Table, entry.Column, entry.RowId, entry.Sql, list));
            _connection.Execute($"DELETE FROM {Changed} WHERE entry = '{own}' AND row IN ({list})");
            transaction.Commit();
            count = changed.Count;
        }
    }

    private int Forget(BackfillEntry entry)
    {
        using var transaction = _connection.BeginTransaction(deferred: false);
        _connection.Execute(Again(
            entry.Table, entry.Column, entry.RowId, entry.Sql, $"SELECT row FROM {Changed} WHERE entry = '{Own(entry.Table, entry.Column)}'"));
        _connection.Execute(string.Join("; ", End(entry.Table, entry.Column)));
        _connection.Execute($"DELETE FROM {Rest} WHERE {OfEntry}", Of(entry));
        transaction.Commit();
        return 0;
    }

    private static string Nullable(string definition)
    {
        var tokens = SqlTokens.Of(definition);
        var at = Enumerable.Range(0, Math.Max(0, tokens.Count - 1)).FirstOrDefault(i => tokens[i].Is("not") && tokens[i + 1].Is("null"), -1);
        return at < 0 ? definition : definition[..tokens[at].Start] + definition[tokens[at + 1].End..];
    }

    private long Edge(BackfillEntry entry, string which) =>
        _connection.Number($"SELECT {which}({entry.RowId}) FROM {SqlTokens.Quote(entry.Table)}");
}
