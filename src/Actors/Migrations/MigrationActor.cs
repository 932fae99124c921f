using Akka.Actor;
using Akka.Persistence;
using Orchestrator.Protocol.Migrations;

namespace Orchestrator.Actors.Migrations;

/// <summary>
/// The database's own history, in its own journal. It is the first actor: the journal that it recovers from had to be brought to today's schema
/// before there was an actor system, so it is told what was done, and every other actor starts after its answer.
/// </summary>
public sealed class MigrationActor : ReceivePersistentActor
{
    private MigrationState _state = MigrationState.None;
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="MigrationsWiring.WithMigrations"/>.</summary>
    public MigrationActor(TimeProvider clock)
    {
        Recover<IMigrationEvent>(e => _state = _state.Apply(e));
        Command<MigrationQueries.GetHistory>(_ => Sender.Tell(History()));
        Command<MigrationCommands.Record>(command =>
        {
            _asker = Sender;
            PersistAll(_state.Decide(command, clock.GetUtcNow()), e => _state = _state.Apply(e));
            DeferAsync(_asker, asker => asker.Tell(History()));
        });
    }

    /// <inheritdoc/>
    public override string PersistenceId => "migrations";

    /// <inheritdoc/>
    protected override void OnRecoveryFailure(Exception reason, object? message = null)
    {
        Context.System.EventStream.Publish(new Unreadable(reason));
        base.OnRecoveryFailure(reason, message);
    }

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        _asker.Tell(new Status.Failure(cause));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    private MigrationReplies.History History() => new(_state.Migrations);

    /// <summary>Published when its journal cannot be read: nothing else would start from it either.</summary>
    public sealed record Unreadable(Exception Reason);
}
