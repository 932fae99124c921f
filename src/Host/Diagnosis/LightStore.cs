using SQLitePCL;
using static SQLitePCL.raw;

namespace Orchestrator.Host.Diagnosis;

/// <summary>
/// A database that is only read, by SQLite's own calls. Whoever asks for a status waits, and to load ADO.NET takes longer than the whole answer.
/// </summary>
internal sealed class LightStore : IDisposable
{
    private const int BusyMilliseconds = 5000;
    private readonly sqlite3 _store;

    static LightStore() => Batteries_V2.Init();

    /// <summary>Opens it.</summary>
    /// <exception cref="StoreUnreadableException">It cannot be opened.</exception>
    public LightStore(string file)
    {
        var code = sqlite3_open_v2(file, out _store, SQLITE_OPEN_READONLY, null);
        try
        {
            Check(code);
            Check(sqlite3_busy_timeout(_store, BusyMilliseconds));
        }
        catch
        {
            Dispose();
            throw;
        }
    }

    /// <summary>The rows of a query; small ones only.</summary>
    /// <exception cref="StoreUnreadableException">It cannot be read.</exception>
    public List<object[]> Rows(string sql)
    {
        Check(sqlite3_prepare_v2(_store, sql, out var statement));
        using (statement)
        {
            var rows = new List<object[]>();
            while (true)
            {
                switch (sqlite3_step(statement))
                {
                    case SQLITE_ROW: rows.Add(Row(statement)); break;
                    case SQLITE_DONE: return rows;
                    case var code: Check(code); break;
                }
            }
        }
    }

    /// <summary>The one number of a query.</summary>
    /// <exception cref="StoreUnreadableException">It cannot be read.</exception>
    public long Number(string sql) => (long)Rows(sql)[0][0];

    /// <inheritdoc/>
    public void Dispose() => _store.Dispose();

    private static object[] Row(sqlite3_stmt statement)
    {
        var row = new object[sqlite3_column_count(statement)];
        for (var i = 0; i < row.Length; i++)
        {
            row[i] = sqlite3_column_type(statement, i) switch
            {
                SQLITE_INTEGER => sqlite3_column_int64(statement, i),
                SQLITE_FLOAT => sqlite3_column_double(statement, i),
                SQLITE_NULL => DBNull.Value,
                _ => sqlite3_column_text(statement, i).utf8_to_string(),
            };
        }

        return row;
    }

    private void Check(int code)
    {
        if (code != SQLITE_OK)
        {
            throw new StoreUnreadableException($"SQLite Error {code}: '{sqlite3_errmsg(_store).utf8_to_string()}'.");
        }
    }
}

/// <summary>A database cannot be read; SQLite says why.</summary>
internal sealed class StoreUnreadableException(string message) : Exception(message);
