using Akka.Actor;
using Akka.Hosting;
using Orchestrator.Protocol.Migrations;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.Migrations;

/// <summary>Wiring of the migrations.</summary>
public static class MigrationsWiring
{
    // A journal that does not answer for so long answers nobody.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(30);

    /// <summary>
    /// Starts <see cref="MigrationActor"/> and waits until its journal says what the database's own history says. Starters run one after the other,
    /// so whatever is wired after this starts behind it.
    /// </summary>
    public static AkkaConfigurationBuilder WithMigrations(this AkkaConfigurationBuilder akka, SqliteStore store, TimeProvider clock) =>
        akka.WithActors(async (system, registry) =>
        {
            var migrations = system.ActorOf(Props.Create(() => new MigrationActor(clock)), "migrations");
            registry.Register<MigrationActor>(migrations);
            await Record(system, migrations, new MigrationLog(store.Path));
        });

    private static async Task Record(ActorSystem system, IActorRef migrations, MigrationLog log)
    {
        using var listening = new Inbox(system);
        var known = await listening.Ask(migrations, new MigrationQueries.GetHistory());
        // Reading the whole history costs more than the rest of a start, and nearly every start has nothing to add.
        if (!log.IsRecorded(known.Migrations))
        {
            await listening.Ask(migrations, new MigrationCommands.Record("backend", log.Read()));
        }
    }

    /// <summary>Asks, and hears also why there will be no answer.</summary>
    private sealed class Inbox : IDisposable
    {
        private readonly ActorSystem _system;
        private readonly TaskCompletionSource<MigrationReplies.History> _failed = new(TaskCreationOptions.RunContinuationsAsynchronously);
        private readonly IActorRef _listener;

        public Inbox(ActorSystem system)
        {
            _system = system;
            _listener = system.ActorOf(Props.Create(() => new Listener(_failed)));
            system.EventStream.Subscribe(_listener, typeof(MigrationActor.Unreadable));
        }

        public async Task<MigrationReplies.History> Ask(IActorRef actor, object message)
        {
            var answer = actor.Ask<MigrationReplies.History>(message, AnswersWithin);
            return await await Task.WhenAny(answer, _failed.Task);
        }

        public void Dispose() => _system.Stop(_listener);

        private sealed class Listener : ReceiveActor
        {
            public Listener(TaskCompletionSource<MigrationReplies.History> failed) =>
                Receive<MigrationActor.Unreadable>(u => failed.TrySetException(u.Reason));
        }
    }
}
