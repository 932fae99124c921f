using LinqToDB;
using LinqToDB.Data;
using Microsoft.Data.Sqlite;
using Orchestrator.Schema.Applying;
using Orchestrator.Schema.Planning;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Schema.Tests;

public sealed class SqliteStoreSpecs : IDisposable
{
    private static readonly DateTimeOffset Now = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    private string Database => Path.Combine(_folder, "orchestrator.db");

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public void The_journal_waits_for_the_disk_and_the_read_model_does_not()
    {
        var store = Opened();

        Assert.Equal(("wal", 2L), Promises(store.Durable));
        Assert.Equal(("wal", 1L), Promises(store.Derived));
        Assert.Equal(("wal", 2L), Promises(store.ReadOnly));
    }

    [Fact]
    public void A_pooled_connection_keeps_no_promise_of_its_user_before()
    {
        var store = Opened();

        for (var i = 0; i < 3; i++)
        {
            Assert.Equal(1, Promises(store.Derived).Synchronous);
            Assert.Equal(2, Promises(store.Durable).Synchronous);
        }
    }

    [Fact]
    public void A_database_that_cannot_keep_what_was_acknowledged_is_refused()
    {
        var refusal = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(":memory:"));

        Assert.Contains("journal_mode", refusal.Message, StringComparison.Ordinal);
        Assert.Contains("ORCHESTRATOR_DATA_DIR", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_file_that_is_no_database_is_named_and_left_as_it_is()
    {
        File.WriteAllText(Database, new string('x', 5000));

        AssertRefused("not an SQLite database");
        Assert.Equal(new string('x', 5000), File.ReadAllText(Database));
    }

    [Fact]
    public void A_directory_in_its_place_is_refused()
    {
        Directory.CreateDirectory(Database);

        AssertRefused("cannot be opened");
    }

    [Fact]
    public void A_missing_folder_is_refused()
    {
        var refusal = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(Path.Combine(_folder, "none", "orchestrator.db")));

        Assert.Contains("folder exists", refusal.Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_read_only_database_is_refused()
    {
        Opened().Close();
        using (var file = File.Open(Database, FileMode.Open))
        {
            // SQLite treats a database with a newer write format as read-only, for every user; file permissions would not stop root.
            file.Position = 18;
            file.WriteByte(3);
        }

        AssertRefused("read-only");
    }

    [Fact]
    public void An_epoch_that_cannot_be_taken_says_why()
    {
        var store = Created();
        using (var db = new DataConnection(Opened().Durable))
        {
            db.Execute("DROP TABLE writer");
        }

        Assert.Contains(Database, Assert.Throws<StoreUnavailableException>(() => store.TakeEpoch("spec", Now)).Message, StringComparison.Ordinal);
    }

    [Fact]
    public void A_damaged_database_is_refused()
    {
        Opened().Close();
        using (var file = File.Open(Database, FileMode.Open))
        {
            file.Position = 100;   // the list of all tables
            file.Write(new byte[3000]);
        }

        AssertRefused("damaged");
    }

    [Fact]
    public void Opening_again_changes_nothing()
    {
        Opened().Close();

        using var db = new DataConnection(SqliteStore.Open(Database).ReadOnly);

        Assert.Equal(1, db.Execute<long>("SELECT epoch FROM writer"));
    }

    [Fact]
    public void Opening_makes_no_tables()
    {
        using var db = new DataConnection(SqliteStore.Open(Database).ReadOnly);

        Assert.Equal(0, db.Execute<long>("SELECT count(*) FROM sqlite_schema"));
    }

    [Fact]
    public void Every_epoch_is_higher_than_those_before_and_says_who_holds_it()
    {
        var store = Created();
        Assert.Equal(0, store.Epoch);

        Assert.Equal([1, 2, 3], new[] { "a", "b", "c" }.Select(holder => store.TakeEpoch(holder, Now)));
        Assert.Equal(3, store.Epoch);
        Assert.Equal(4, SqliteStore.Open(Database).TakeEpoch("d", Now));
        using var db = new DataConnection(store.ReadOnly);
        Assert.Equal("d", db.Execute<string>("SELECT holder FROM writer"));
    }

    [Fact]
    public void Nothing_is_written_before_an_epoch_is_taken()
    {
        var store = Created();

        Assert.Throws<InvalidOperationException>(() => Insert(new DataConnection(store.Durable)));
    }

    [Fact]
    public void A_superseded_process_writes_no_more_though_its_connections_were_open_before()
    {
        using var durable = new DataConnection(Opened().Durable);
        Insert(durable);
        durable.Execute("INSERT INTO projection (name, definition, position) VALUES ('p', 1, 0)");

        var newer = SqliteStore.Open(Database);
        newer.TakeEpoch("newer", Now);

        string[] writes =
        [
            "INSERT INTO journal (created, deleted, persistence_id, sequence_number, message) VALUES (0, 0, 'a', 2, x'00')",
            "INSERT INTO snapshot (persistence_id, sequence_number, created) VALUES ('a', 1, 0)",
            "INSERT OR REPLACE INTO snapshot (persistence_id, sequence_number, created) VALUES ('a', 1, 0)",
            "INSERT INTO tags (ordering_id, tag, sequence_nr, persistence_id) VALUES (1, 't', 1, 'a')",
            "UPDATE projection SET position = 5",
            "INSERT INTO projection (name, definition, position) VALUES ('p', 1, 9) ON CONFLICT (name) DO UPDATE SET position = 9",
        ];
        Assert.All(writes, sql => Assert.True(Fencing.IsFenced(Assert.ThrowsAny<Exception>(() => durable.Execute(sql))), sql));
        Assert.Equal((1, 0), (durable.Execute<long>("SELECT count(*) FROM journal"), durable.Execute<long>("SELECT position FROM projection")));
        Insert(new DataConnection(newer.Durable), sequence: 2);
    }

    [Fact]
    public void A_transaction_that_was_open_when_another_took_over_does_not_commit_a_write()
    {
        using var old = new DataConnection(Opened().Durable);
        old.Execute("BEGIN");
        Assert.Equal(0, old.Execute<long>("SELECT count(*) FROM journal"));   // its view of the database is older than the take-over

        SqliteStore.Open(Database).TakeEpoch("newer", Now);

        old.CommandTimeout = 1;
        Assert.ThrowsAny<Exception>(() => Insert(old));
        old.Execute("ROLLBACK");
        Assert.Equal(0, old.Execute<long>("SELECT count(*) FROM journal"));
    }

    [Fact]
    public void The_guard_leaves_no_trace_in_the_file()
    {
        using var db = new DataConnection(Opened().Durable);

        Assert.Equal(0, db.Execute<long>("SELECT count(*) FROM main.sqlite_schema WHERE type = 'trigger'"));
        Assert.Equal(4, db.Execute<long>("SELECT count(*) FROM temp.sqlite_schema WHERE type = 'trigger'"));
    }

    [Fact]
    public void A_process_that_takes_the_epoch_back_writes_again()
    {
        var store = Opened();
        Insert(new DataConnection(store.Durable));
        SqliteStore.Open(Database).TakeEpoch("successor", Now);

        store.TakeEpoch("back again", Now);

        Insert(new DataConnection(store.Durable), sequence: 2);
    }

    [Fact]
    public void Closing_leaves_one_file()
    {
        var store = Opened();
        using (var db = new DataConnection(store.Durable))
        {
            Insert(db);
        }

        store.Close();

        Assert.Equal([Database], Directory.GetFiles(_folder));
    }

    private SqliteStore Opened()
    {
        var store = Created();
        store.TakeEpoch("spec", Now);
        return store;
    }

    /// <summary>With its tables, and nobody who may write yet.</summary>
    private SqliteStore Created()
    {
        new DatabaseUpgrade(Database, new WantedSchema(SqliteStore.Tables, SchemaHints.None)).Apply();
        return SqliteStore.Open(Database);
    }

    private void AssertRefused(string why)
    {
        var refusal = Assert.Throws<StoreUnavailableException>(() => SqliteStore.Open(Database));
        Assert.Contains(why, refusal.Message, StringComparison.Ordinal);
        Assert.Contains(Database, refusal.Message, StringComparison.Ordinal);
    }

    private static (string Journal, long Synchronous) Promises(DataOptions options)
    {
        using var db = new DataConnection(options);
        return (db.Execute<string>("PRAGMA journal_mode"), db.Execute<long>("PRAGMA synchronous"));
    }

    private static void Insert(DataConnection db, int sequence = 1) => db.Execute(
        $"INSERT INTO journal (created, deleted, persistence_id, sequence_number, message) VALUES (0, 0, 'a', {sequence}, x'00')");
}
