using System.Data.Common;
using Orchestrator.Schema.Model;

namespace Orchestrator.Schema.Applying;

/// <summary>A column that is being filled, and how far.</summary>
/// <param name="Table">Of which table.</param>
/// <param name="Column">Its name.</param>
/// <param name="RowId">What its rows are gone through by, where that is a column.</param>
/// <param name="Sql">What fills it.</param>
/// <param name="Position">Up to where it is filled.</param>
internal sealed record BackfillEntry(string Table, string Column, string RowId, string Sql, long Position);

/// <summary>
/// What a progressive backfill does to a database, act by act. What is left to do is kept in a table of the database, in the transaction of each act.
/// </summary>
internal abstract class Backfill(DatabaseSession session, WantedSchema wanted) : IDisposable
{
    /// <summary>The table of what is left.</summary>
    public const string Rest = "migration_backfill";

    /// <summary>The table of rows that others changed meanwhile, where a trigger cannot fill them itself.</summary>
    public const string Changed = "migration_backfill_rows";

    /// <summary>Takes both away.</summary>
    public const string DropRest = $"DROP TABLE {Rest}; DROP TABLE IF EXISTS {Changed}";

    protected const string OfEntry = "table_name = @t AND column_name = @c";

    protected const string RestTable =
        $"CREATE TABLE IF NOT EXISTS {Rest} (table_name TEXT NOT NULL, column_name TEXT NOT NULL, row_id TEXT NOT NULL, sql TEXT NOT NULL, "
        + "position BIGINT NOT NULL, filled BIGINT NOT NULL, backup TEXT NULL, backup_sha256 TEXT NULL, PRIMARY KEY (table_name, column_name))";

    protected DatabaseSession Session => session;

    protected WantedSchema Wanted => wanted;

    protected DbConnection Connection => session.Connection;

    public abstract bool HasRest { get; }

    public void Dispose() => session.Dispose();

    /// <summary>Keeps other migrators away where they would be in each other's way, until it is disposed of.</summary>
    /// <exception cref="RefusalException">Somebody else would not end.</exception>
    public virtual void Lock()
    {
    }

    /// <summary>The columns that can be added ahead, each with what fills it. Everything else is the migration's.</summary>
    public abstract IReadOnlyList<(Table Table, Column Column, string Sql)> Ahead();

    /// <summary>Adds a column without its NOT NULL, which takes a moment, and remembers that it is to be filled.</summary>
    /// <returns>Whether that was possible.</returns>
    public abstract bool Begin(Table table, Column column, string sql, (string? Name, string? Hash) backup);

    /// <summary>A backup of what is there before the first column, where the migration would make one.</summary>
    public abstract (string? Name, string? Hash) BackUp();

    /// <summary>Fills some rows in a transaction.</summary>
    public abstract (long Filled, long Position, bool IsDone) Fill(BackfillEntry entry, long position, int rows);

    /// <summary>All rows are filled: makes sure of it as far as that goes while others write, and remembers it, or forgets the column.</summary>
    /// <returns>How many rows had to be filled still.</returns>
    public abstract long Settle(BackfillEntry entry, int rows);

    /// <summary>How far it is, as far as that can be told.</summary>
    public abstract int? Percent(BackfillEntry entry, long position);

    /// <summary>Whether an error says that an expression does not work for a row.</summary>
    public abstract bool IsWrong(DbException error);

    /// <summary>Whether the column is to refuse NULL in the end; otherwise it is done when it is filled.</summary>
    protected bool IsNotNull(BackfillEntry entry) =>
        session.Of(wanted.Statements).Table(entry.Table)?.Column(entry.Column, session.Names) is { NotNull: true };

    public bool IsPending => HasRest && Connection.Number($"SELECT count(*) FROM {Rest} WHERE filled = 0") > 0;

    /// <summary>The next column to be filled.</summary>
    public BackfillEntry? Next()
    {
        if (!HasRest)
        {
            return null;
        }

        var rows = Connection.Rows(
            $"SELECT table_name, column_name, row_id, sql, position FROM {Rest} WHERE filled = 0 ORDER BY table_name, column_name LIMIT 1");
        if (rows is [[string table, string column, string rowId, string sql, long position]])
        {
            // An expression that stopped an earlier run may have been put right since.
            var declared = wanted.Hints.Backfill.LastOrDefault(f => session.Names.Equals(f.Table, table) && session.Names.Equals(f.Column, column))?.Sql;
            var entry = new BackfillEntry(table, column, rowId, declared ?? sql, position);
            if (entry.Sql != sql)
            {
                Correct(entry);
            }

            return entry;
        }

        if (Connection.Number($"SELECT count(*) FROM {Rest}") == 0)
        {
            Connection.Execute(DropRest);
        }

        return null;
    }

    /// <summary>Something else fills the column from now on.</summary>
    protected virtual void Correct(BackfillEntry entry) =>
        Connection.Execute($"UPDATE {Rest} SET sql = @s WHERE {OfEntry}", Of(entry, ("@s", entry.Sql)));

    protected static (string Name, object? Value)[] Of(BackfillEntry entry, params (string Name, object? Value)[] more) =>
        [("@t", entry.Table), ("@c", entry.Column), .. more];
}
