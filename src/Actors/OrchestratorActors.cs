using Akka.Hosting;
using Akka.Persistence.Sql;
using Akka.Persistence.Sql.Config;
using Orchestrator.Actors.Idempotency;
using Orchestrator.Actors.Migrations;
using Orchestrator.Actors.Restarts;
using Orchestrator.Actors.Rules;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Sessions;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Actors.Tasks;
using Orchestrator.Actors.Templates;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors;

/// <summary>The whole of the wiring: what a backend runs, and what the specs run.</summary>
public static class OrchestratorActors
{
    /// <summary>Everything that lives in the actor system, on one machine and SQLite.</summary>
    /// <param name="akka">The system.</param>
    /// <param name="store">The open database, with its epoch taken.</param>
    /// <param name="templates">What rules make tasks from.</param>
    /// <param name="clock">The time of events and leases.</param>
    /// <param name="restarts">How many restarts may be asked for; null for <see cref="RestartLimit.Default"/>.</param>
    public static AkkaConfigurationBuilder WithOrchestrator(
        this AkkaConfigurationBuilder akka, SqliteStore store, TemplateCatalog templates, TimeProvider clock,
        RestartLimit? restarts = null) =>
        akka.WithSqliteStorage(store).WithEventSerializer().WithMigrations(store, clock).WithTaskIndex(store, clock)
            .WithTasks(new SqliteTaskIndex(store.ReadOnly), clock).WithSessions(clock).WithKeys(clock).WithRestarts(clock, restarts ?? RestartLimit.Default).WithWindows(clock)
            .WithRules(store.ReadOnly, templates, clock);

    // Layers in their fixed order: base, database, then code for what no file may hold.
    private static AkkaConfigurationBuilder WithSqliteStorage(this AkkaConfigurationBuilder akka, SqliteStore store) =>
        akka.AddHocon(
                ConfigurationFiles.Read("sqlite.conf").WithFallback(ConfigurationFiles.Read("orchestrator.conf"))
                    .WithFallback(SqlPersistence.DefaultConfiguration),
                HoconAddMode.Prepend)
            .AddSetup(new DataOptionsSetup(store.Durable));
}
