using LinqToDB.Data;
using Microsoft.Data.Sqlite;

namespace Orchestrator.Actors.TaskIndex;

/// <content>The change to tables that were filled beside these.</content>
public sealed partial class TaskIndexProjection
{
    /// <summary>
    /// Makes these tables equal to others that are filled from the same journal, in one transaction: a reader sees what was there before, or all
    /// that is right. Both are brought to the journal's end within it, while nobody can write. Only rows that differ are written, so it takes
    /// about as long as it takes to read both.
    /// </summary>
    /// <param name="path">The file of the others.</param>
    /// <param name="beside">Who fills them.</param>
    /// <returns>The position reached, and how many rows were wrong.</returns>
    public (long Position, long Corrected) TakeOver(string path, TaskIndexProjection beside)
    {
        lock (_oneAtATime)
        {
            ObjectDisposedException.ThrowIf(_ended, this);
            using var db = new DataConnection(store);
            db.Execute("ATTACH @path AS beside", new DataParameter("path", path));
            try
            {
                // A write to this file alone: BEGIN IMMEDIATE would lock the other one, too, which is still being filled.
                db.Execute("BEGIN");
                db.Execute($"UPDATE main.projection SET position = position WHERE name = '{TaskIndexTables.Projection}'");
                var pulled = ApplyBatch(db, rebuild: false);
                while (pulled.Read == Batch)
                {
                    pulled = ApplyBatch(db, rebuild: false);
                }

                var position = beside.Pull();
                if (position != pulled.Position)
                {
                    throw new InvalidOperationException($"The tables hold the journal up to {pulled.Position}, those beside them up to {position}.");
                }

                var corrected = TaskIndexTables.Names.Sum(table => Correct(db, table));
                db.Execute("COMMIT");
                return (position, corrected);
            }
            catch
            {
                Try(db, "ROLLBACK");
                throw;
            }
            finally
            {
                Try(db, "DETACH beside");   // the connection goes back to the pool
            }
        }
    }

    // What is not in the other table goes; what is there and not here, or not so here, comes.
    private static long Correct(DataConnection db, string table)
    {
        var columns = db.Query<TableColumn>($"SELECT name AS Name, pk AS Pk FROM pragma_table_info('{table}', 'main')").ToList();
        var key = string.Join(", ", columns.Where(c => c.Pk > 0).Select(c => c.Name));
        var same = string.Join(" AND ", columns.Where(c => c.Pk > 0).Select(c => $"o.{c.Name} = n.{c.Name}"));
        return db.Execute($"DELETE FROM main.{table} WHERE ({key}) NOT IN (SELECT {key} FROM beside.{table})")
            + db.Execute(
                $"INSERT OR REPLACE INTO main.{table} ({Of("")}) SELECT {Of("n.")} FROM beside.{table} n LEFT JOIN main.{table} o ON {same} "
                + $"WHERE ({Of("n.")}) IS NOT ({Of("o.")})");

        string Of(string prefix) => string.Join(", ", columns.Select(c => prefix + c.Name));
    }

    private static void Try(DataConnection db, string statement)
    {
        try
        {
            db.Execute(statement);
        }
        catch (SqliteException)
        {
            // SQLite has done it by itself, or the connection is beyond use.
        }
    }

    private sealed class TableColumn
    {
        public string Name { get; set; } = "";

        public int Pk { get; set; }
    }
}
