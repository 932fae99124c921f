using System.Data.Common;
using System.Globalization;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Model;
using Orchestrator.Schema.Planning;

namespace Orchestrator.Schema.Sqlite;

/// <summary>The progressive backfill of a SQLite file, by row number.</summary>
internal sealed class SqliteBackfill : Backfill
{
    private const int Passes = 3;

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

    /// <summary>What is left to do about a filled column.</summary>
    /// <param name="connection">Where.</param>
    /// <param name="table">Its table.</param>
    /// <param name="column">Its name.</param>
    /// <param name="isTrusted">Whether only the newest rows are looked at: NULL is then refused if there is one all the same.</param>
    public static FilledAhead? Filled(SqliteConnection connection, string table, string column, bool isTrusted)
    {
        if (!Exists(connection) || connection.Rows(
            $"SELECT row_id, sql, position, table_name, column_name FROM {Rest} WHERE filled = 1 AND table_name = @t COLLATE NOCASE "
            + "AND column_name = @c COLLATE NOCASE", ("@t", table), ("@c", column)) is not [[string row, string sql, long position, string t, string c]])
        {
            return null;
        }

        var newest = isTrusted ? $"{row} > {position.ToString(CultureInfo.InvariantCulture)} AND " : "";
        return new FilledAhead(
            [$"UPDATE {SqlTokens.Quote(table)} SET {SqlTokens.Quote(column)} = ({sql}) WHERE {newest}{SqlTokens.Quote(column)} IS NULL"],
            [$"DELETE FROM {Rest} WHERE table_name = {SqlTokens.Literal(t)} AND column_name = {SqlTokens.Literal(c)}"]);
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

    // The rows that others wrote anew behind our back are looked for while they go on, and filled. What comes after that, the migration fills.
    public override long Settle(BackfillEntry entry, int rows)
    {
        var (table, column, row) = (SqlTokens.Quote(entry.Table), SqlTokens.Quote(entry.Column), entry.RowId);
        if (!IsNotNull(entry))
        {
            return Forget(entry);
        }

        var (filled, last) = (0L, entry.Position);
        for (var pass = 0; pass < Passes; pass++)
        {
            last = _connection.Number($"SELECT coalesce(max({row}), {long.MinValue}) FROM {table}");   // whatever comes from now on is above it
            var left = _connection.Rows($"SELECT {row} FROM {table} WHERE {column} IS NULL LIMIT @n", ("@n", rows)).ConvertAll(r => (long)r[0]!);
            filled += left.Count == 0 ? 0 : _connection.Execute(
                $"UPDATE {table} SET {column} = ({entry.Sql}) WHERE {row} IN ({string.Join(", ", left)}) AND {column} IS NULL");
            if (_connection.Number($"SELECT count(*) FROM {table} WHERE {row} IN ({string.Join(", ", left)}) AND {column} IS NULL") > 0)
            {
                return Forget(entry);   // what fills it yields NULL: the migration says so
            }

            pass = left.Count == 0 ? Passes : pass;
        }

        _connection.Execute(
            $"UPDATE {Rest} SET filled = 1, position = @e WHERE {OfEntry}", Of(entry, ("@e", last)));
        return filled;
    }

    public override int? Percent(BackfillEntry entry, long position)
    {
        var (first, last) = (Edge(entry, "min"), Edge(entry, "max"));
        return last <= first ? 100 : (int)(100 * (double)(position - first) / (last - first));
    }

    public override bool IsWrong(DbException error) => error is SqliteException { SqliteErrorCode: 1 or 19 };

    private int Forget(BackfillEntry entry) => 0 * _connection.Execute($"DELETE FROM {Rest} WHERE {OfEntry}", Of(entry));

    private static string Nullable(string definition)
    {
        var tokens = SqlTokens.Of(definition);
        var at = Enumerable.Range(0, Math.Max(0, tokens.Count - 1)).FirstOrDefault(i => tokens[i].Is("not") && tokens[i + 1].Is("null"), -1);
        return at < 0 ? definition : definition[..tokens[at].Start] + definition[tokens[at + 1].End..];
    }

    private long Edge(BackfillEntry entry, string which) =>
        _connection.Number($"SELECT {which}({entry.RowId}) FROM {SqlTokens.Quote(entry.Table)}");
}
