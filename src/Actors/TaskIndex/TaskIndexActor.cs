using Akka.Actor;
using Akka.Event;
using Akka.Hosting;
using Orchestrator.Schema.Sqlite;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>
/// The write side of the task index. Whoever changed a task nudges it and hears back when the tables hold the change; nudges that arrive
/// during a pull share the next one.
/// </summary>
public sealed class TaskIndexActor : ReceiveActor
{
    private readonly TaskIndexProjection _projection;
    private List<IActorRef> _waiting = [];
    private bool _pulling;
    private bool _rebuild;

    /// <summary>Made by <see cref="TaskIndexWiring.WithTaskIndex"/>.</summary>
    public TaskIndexActor(TaskIndexProjection projection)
    {
        _projection = projection;
        var events = Context.System.EventStream;
        _projection.Progress = (position, last) => events.Publish(new Filling(position, last));
        Receive<Refresh>(_ =>
        {
            _waiting.Add(Sender);
            Pull();
        });
        Receive<Rebuild>(_ =>
        {
            _waiting.Add(Sender);
            _rebuild = true;
            Pull();
        });
        Receive<Pulled>(Finish);
    }

    private void Pull()
    {
        if (_pulling)
        {
            return;
        }

        _pulling = true;
        var (waiting, rebuild) = (_waiting, _rebuild);
        (_waiting, _rebuild) = ([], false);
        Task.Run(() => _projection.Pull(rebuild)).PipeTo(
            Self, success: position => new Pulled(waiting, position, null), failure: e => new Pulled(waiting, 0, e));
    }

    private void Finish(Pulled pulled)
    {
        _pulling = false;
        foreach (var waiting in pulled.Waiting)
        {
            waiting.Tell(pulled.Error is null ? new Refreshed(pulled.Position) : new Status.Failure(pulled.Error));
        }

        if (pulled.Error is { } error)
        {
            Context.GetLogger().Error(error, "The task index could not be brought up to date.");
            if (Fencing.IsFenced(error))
            {
                Context.System.EventStream.Publish(new Superseded());
            }
        }
        else
        {
            Context.System.EventStream.Publish(new Refreshed(pulled.Position));
        }

        if (_waiting.Count > 0)
        {
            Pull();
        }
    }

    /// <inheritdoc/>
    protected override void PostStop() => _projection.Dispose();

    /// <summary>Something was written: answered by <see cref="Refreshed"/> when the tables hold it, or a <see cref="Status.Failure"/>.</summary>
    public sealed record Refresh;

    /// <summary>The tables hold the journal up to <paramref name="Position"/>. Also published on the event stream.</summary>
    public sealed record Refreshed(long Position);

    /// <summary>Published after each batch of a long pull: the tables hold <paramref name="Position"/> of <paramref name="Last"/>.</summary>
    public sealed record Filling(long Position, long Last)
    {
        /// <summary>0 to 100.</summary>
        public int Percent => Last == 0 ? 100 : (int)(100 * Position / Last);
    }

    /// <summary>Empties the tables and replays the journal; answered like <see cref="Refresh"/>.</summary>
    public sealed record Rebuild;

    private sealed record Pulled(IReadOnlyList<IActorRef> Waiting, long Position, Exception? Error);
}

/// <summary>Wiring of the task index.</summary>
public static class TaskIndexWiring
{
    /// <summary>Starts <see cref="TaskIndexActor"/>.</summary>
    public static AkkaConfigurationBuilder WithTaskIndex(this AkkaConfigurationBuilder akka, SqliteStore store) =>
        akka.WithActors((system, registry) => registry.Register<TaskIndexActor>(
            system.ActorOf(Props.Create(() => new TaskIndexActor(new TaskIndexProjection(store.Derived))), "task-index")));
}
