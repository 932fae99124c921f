using Akka.Configuration;
using Akka.Hosting;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors;

/// <summary>Layers of configuration in their fixed order: base, database, then code for what no file may hold.</summary>
public static class OrchestratorConfig
{
    /// <summary>Configures the actor system for a store on SQLite.</summary>
    public static AkkaConfigurationBuilder WithSqliteStorage(this AkkaConfigurationBuilder akka, SqliteStore store) =>
        akka.AddHocon(Read("sqlite.conf").WithFallback(Read("orchestrator.conf")).WithFallback(SqlPersistence.DefaultConfiguration), HoconAddMode.Prepend)
            .AddSetup(new DataOptionsSetup(store.Durable));

    private static Config Read(string name) =>
        ConfigurationFactory.ParseString(File.ReadAllText(Path.Combine(AppContext.BaseDirectory, "hocon", name)));
}
