using System.Data.Common;
using System.Globalization;
using System.Runtime.CompilerServices;
using LinqToDB;
using LinqToDB.DataProvider.SQLite;
using Microsoft.Data.Sqlite;
using SQLitePCL;

namespace Orchestrator.Schema.Sqlite;

/// <summary>
/// The database file of one data directory: how connections to it are made, and what they promise. An acknowledged write is on disk
/// (WAL, synchronous=FULL), and a process that has been superseded cannot write (the epoch is checked inside every write transaction).
/// </summary>
public sealed class SqliteStore
{
    // What has been said on each open handle of the pool. Saying it again each time a connection is taken costs more than most queries.
    private readonly ConditionalWeakTable<sqlite3, Settings> _said = [];
    private readonly string _path;
    private long? _epoch;

    private SqliteStore(string path) => _path = path;

    /// <summary>The tables of every store: journal, tags, snapshots, positions of projections, and who may write.</summary>
    public static IReadOnlyList<string> Tables { get; } = [.. JournalTables.Statements, Fencing.WriterTable];

    /// <summary>The table of the positions of projections.</summary>
    public static string ProjectionTable => JournalTables.Projection;

    /// <summary>The file.</summary>
    public string Path => _path;

    /// <summary>For the journal: a commit returns when the data is on disk.</summary>
    public DataOptions Durable => Options("FULL", writes: true);

    /// <summary>
    /// For the read model, which is caught up from the journal at start. It shares the write-ahead log: the journal's next commit
    /// syncs what was written before it, so nothing but the tail can be missing after a power cut, and never a part of a transaction.
    /// </summary>
    public DataOptions Derived => Options("NORMAL", writes: true);

    /// <summary>For queries.</summary>
    public DataOptions ReadOnly => Options("FULL", writes: false);

    /// <summary>
    /// For tables that are filled in a file of their own, from what is in this one: the names of its tables are known beside theirs, to be read
    /// only. The other file is thrown away, so nothing of it is synced.
    /// </summary>
    /// <param name="path">The other file; made where it is missing.</param>
    public DataOptions Beside(string path) => new DataOptions().UseProvider(ProviderName.SQLiteMS).UseConnectionFactory(
        SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => ConnectBeside(path));

    /// <summary>The epoch that this process writes under. 0 before <see cref="TakeEpoch"/>.</summary>
    public long Epoch => _epoch ?? 0;

    /// <summary>
    /// Loads SQLite and has the runtime make the ways into it, which cannot be compiled ahead: a process that will open a database can do so while it
    /// still does something else.
    /// </summary>
    public static void Prepare()
    {
        using var connection = new SqliteConnection("Data Source=:memory:;Pooling=False");
        connection.Open();
        _ = connection.Rows("SELECT @number, @text", ("@number", 1L), ("@text", ""));
    }

    /// <summary>
    /// Opens the database and asserts what it must promise. Its tables are made and changed by <see cref="Applying.DatabaseUpgrade"/>.
    /// </summary>
    /// <param name="path">The file.</param>
    /// <exception cref="StoreUnavailableException">The file cannot be used; the message says why and what to do.</exception>
    public static SqliteStore Open(string path)
    {
        var store = new SqliteStore(path);
        try
        {
            using var connection = store.Connect("FULL");
            Execute(connection, "PRAGMA schema_version");   // reads the file: only now does SQLite know whether it may write
            if (raw.sqlite3_db_readonly(connection.Handle, "main") != 0)
            {
                throw StoreUnavailableException.ReadOnly(path);   // BEGIN IMMEDIATE would quietly begin a reading transaction
            }

            Assert(connection, path, "PRAGMA journal_mode=WAL", "wal");
            Assert(connection, path, "PRAGMA synchronous", "2");
            return store;
        }
        catch (SqliteException e)
        {
            throw StoreUnavailableException.For(path, e);
        }
    }

    /// <summary>Makes this process the one writer: every process that took an earlier epoch can no longer write.</summary>
    /// <param name="holder">Who takes it, for diagnosis.</param>
    /// <param name="now">When.</param>
    /// <returns>The epoch, higher than every one before.</returns>
    /// <exception cref="StoreUnavailableException">It could not be written; the message says why and what to do.</exception>
    public long TakeEpoch(string holder, DateTimeOffset now)
    {
        try
        {
            _epoch = NextEpoch(holder, now);
            return _epoch.Value;
        }
        catch (SqliteException e)
        {
            throw StoreUnavailableException.For(_path, e);
        }
    }

    /// <summary>Moves everything from the write-ahead log into the database file and closes pooled connections.</summary>
    public void Close()
    {
        using (var connection = Connect("FULL"))
        {
            Execute(connection, "PRAGMA wal_checkpoint(TRUNCATE)");
        }

        SqliteConnection.ClearAllPools();
    }

    private long NextEpoch(string holder, DateTimeOffset now)
    {
        using var connection = Connect("FULL");
        using var command = connection.CreateCommand();
        command.CommandText =
            """
            INSERT INTO writer (id, epoch, holder, taken_at) VALUES (1, 1, $holder, $now)
            ON CONFLICT (id) DO UPDATE SET epoch = epoch + 1, holder = excluded.holder, taken_at = excluded.taken_at
            RETURNING epoch
            """;
        command.Parameters.AddWithValue("$holder", holder);
        command.Parameters.AddWithValue("$now", now.ToUnixTimeMilliseconds());
        var epoch = (long)command.ExecuteScalar()!;
        using var pooled = new SqliteConnection(ConnectionString(writes: true, readOnly: false));
        SqliteConnection.ClearPool(pooled);   // they carry the guard of the epoch before
        return epoch;
    }

    // The name is for Akka.Persistence.Sql, which chooses its column types by it.
    private DataOptions Options(string synchronous, bool writes) => new DataOptions().UseProvider(ProviderName.SQLiteMS).UseConnectionFactory(
        SQLiteTools.GetDataProvider(SQLiteProvider.Microsoft), _ => Connect(synchronous, writes, readOnly: !writes));

    // Opening the file anew costs as much as the sync of a commit (0.2 ms measured), so connections are pooled. Nobody else sets what is set here.
    private SqliteConnection Connect(string synchronous, bool writes = false, bool readOnly = false)
    {
        var connection = new SqliteConnection(ConnectionString(writes, readOnly));
        try
        {
            connection.Open();
            var said = _said.GetValue(connection.Handle!, _ => new Settings());
            if (said.Synchronous != synchronous)
            {
                Execute(
                    connection,
                    $"PRAGMA busy_timeout=5000; PRAGMA synchronous={synchronous}; PRAGMA foreign_keys=ON; PRAGMA trusted_schema=OFF; "
                    + "PRAGMA cell_size_check=ON;");
                said.Synchronous = synchronous;
            }

            if (writes && !said.Fenced)
            {
                Execute(connection, Fencing.Triggers(_epoch ?? throw new InvalidOperationException("TakeEpoch comes before the first write.")));
                said.Fenced = true;
            }

            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private SqliteConnection ConnectBeside(string path)
    {
        // As an address: only then may an attached file be one, and only as an address can it be for reading alone.
        var connection = new SqliteConnection(new SqliteConnectionStringBuilder { DataSource = Address(path, "rwc"), Pooling = false, DefaultTimeout = 30 }.ConnectionString);
        try
        {
            connection.Open();
            Execute(connection, "PRAGMA journal_mode=MEMORY; PRAGMA synchronous=OFF; PRAGMA trusted_schema=OFF; PRAGMA cache_size=-65536;");
            using var attach = connection.CreateCommand();
            attach.CommandText = "ATTACH $address AS live";
            attach.Parameters.AddWithValue("$address", Address(_path, "ro"));
            attach.ExecuteNonQuery();
            return connection;
        }
        catch
        {
            connection.Dispose();
            throw;
        }
    }

    private static string Address(string path, string mode) => $"{new UriBuilder("file", "") { Path = System.IO.Path.GetFullPath(path) }.Uri.AbsoluteUri}?mode={mode}";

    private string ConnectionString(bool writes, bool readOnly) => new SqliteConnectionStringBuilder
    {
        DataSource = _path,
        // Only who opens the store may create the file: a writer that finds it gone must fail, not begin an empty one.
        Mode = readOnly ? SqliteOpenMode.ReadOnly : writes ? SqliteOpenMode.ReadWrite : SqliteOpenMode.ReadWriteCreate,
        // And who opens it must not keep a handle on what may turn out to be no database.
        Pooling = readOnly || writes,
        DefaultTimeout = 30,
    }.ConnectionString;

    private static void Assert(SqliteConnection connection, string path, string pragma, string wanted)
    {
        using var command = connection.CreateCommand();
        command.CommandText = pragma;
        var found = Convert.ToString(command.ExecuteScalar(), CultureInfo.InvariantCulture);
        if (found != wanted)
        {
            throw new StoreUnavailableException(
                $"{path}: '{pragma}' gives '{found}' where '{wanted}' is needed to keep what was acknowledged. "
                + "Put the data directory on a local file system (ORCHESTRATOR_DATA_DIR).");
        }
    }

    private static void Execute(SqliteConnection connection, string sql)
    {
        using DbCommand command = connection.CreateCommand();
        command.CommandText = sql;
        command.ExecuteNonQuery();
    }

    /// <summary>Of one handle; one connection has it at a time.</summary>
    private sealed class Settings
    {
        public string? Synchronous { get; set; }

        public bool Fenced { get; set; }
    }
}
