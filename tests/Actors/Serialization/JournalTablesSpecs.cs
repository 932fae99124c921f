using Akka.Actor;
using Akka.Configuration;
using Akka.Persistence;
using Akka.Persistence.Sql;
using Microsoft.Data.Sqlite;
using Orchestrator.Actors.Migrations;

namespace Orchestrator.Actors.Tests.Serialization;

/// <summary>Our tables of the journal against those that the plugin creates when it is left to itself.</summary>
public sealed class JournalTablesSpecs : IDisposable
{
    private readonly string _folder = Directory.CreateTempSubdirectory("orchestrator-").FullName;

    public void Dispose()
    {
        SqliteConnection.ClearAllPools();
        Directory.Delete(_folder, recursive: true);
    }

    [Fact]
    public async Task Our_tables_are_those_of_the_plugin()
    {
        var (ours, theirs) = (Path.Combine(_folder, "ours.db"), Path.Combine(_folder, "theirs.db"));
        OrchestratorDatabase.Open(ours);
        await LetThePluginCreate(theirs);

        Assert.All(["journal", "tags", "snapshot"], table =>
        {
            Assert.NotEmpty(Columns(theirs, table));
            Assert.Equal(Columns(theirs, table), Columns(ours, table));
            Assert.Equal(Indexes(theirs, table), Indexes(ours, table));
        });
        Assert.Equal(
            ["journal", "snapshot", "tags"],
            Read(theirs, "SELECT name FROM sqlite_schema WHERE type = 'table' AND name NOT LIKE 'sqlite_%' ORDER BY name"));
    }

    private static async Task LetThePluginCreate(string database)
    {
        var plugin = $$"""{ connection-string = "Data Source={{database}}", provider-name = "SQLite.MS", auto-initialize = on }""";
        var config = ConfigurationFactory.ParseString(
            $$"""
            akka.loglevel = ERROR
            akka.persistence.journal { plugin = "akka.persistence.journal.sql", sql = {{plugin}} }
            akka.persistence.snapshot-store { plugin = "akka.persistence.snapshot-store.sql", sql = {{plugin}} }
            """).WithFallback(SqlPersistence.DefaultConfiguration);
        using var system = ActorSystem.Create("plain", config);
        Assert.Equal("kept", await system.ActorOf(Props.Create(() => new Keeper())).Ask<string>("keep", TimeSpan.FromSeconds(20)));
        await system.Terminate();
    }

    private static List<string> Columns(string database, string table) =>
        Read(database, $"SELECT name, type, \"notnull\", dflt_value, pk, hidden FROM pragma_table_xinfo('{table}') ORDER BY cid");

    private static List<string> Indexes(string database, string table) => Read(
        database,
        $"""
         SELECT i.name, i."unique", i.origin, i.partial,
                (SELECT group_concat(coalesce(x.name, '-') || ' ' || x."desc" || ' ' || x.coll || ' ' || x.key) FROM pragma_index_xinfo(i.name) x)
         FROM pragma_index_list('{table}') i ORDER BY i.name
         """);

    private static List<string> Read(string database, string sql)
    {
        using var connection = new SqliteConnection($"Data Source={database}");
        connection.Open();
        using var command = connection.CreateCommand();
        command.CommandText = sql;
        using var reader = command.ExecuteReader();
        var rows = new List<string>();
        while (reader.Read())
        {
            rows.Add(string.Join('|', Enumerable.Range(0, reader.FieldCount).Select(i => reader.GetValue(i))));
        }

        return rows;
    }

    private sealed class Keeper : ReceivePersistentActor
    {
        public Keeper()
        {
            IActorRef asker = ActorRefs.Nobody;
            Command<string>(text =>
            {
                asker = Sender;
                Persist(text, _ => SaveSnapshot(text));
            });
            Command<SaveSnapshotSuccess>(_ => asker.Tell("kept"));
            Command<SaveSnapshotFailure>(f => asker.Tell(f.Cause.Message));
        }

        public override string PersistenceId => "keeper";
    }
}
