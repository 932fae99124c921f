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
    private readonly TaskIndexRebuild _rebuild;
    private readonly List<IActorRef> _rebuilding = [];
    private bool _pulling;

    /// <summary>Made by <see cref="TaskIndexWiring.WithTaskIndex"/>.</summary>
    public TaskIndexActor(TaskIndexRebuild rebuild)
    {
        (_projection, _rebuild) = (rebuild.Live, rebuild);
        var events = Context.System.EventStream;
        _projection.Progress = (position, last) => events.Publish(new Filling(position, last));
        Receive<Refresh>(_ =>
        {
            _waiting.Add(Sender);
            Pull();
        });
        Receive<Rebuild>(_ =>
        {
            _rebuilding.Add(Sender);
            if (_rebuilding.Count == 1)
            {
                Task.Run(_rebuild.Run).PipeTo(Self, success: report => new Rebuilt(report), failure: e => new RebuildFailed(e));
            }
        });
        Receive<Pulled>(Finish);
        Receive<Rebuilt>(done => FinishRebuild(done, null));
        Receive<RebuildFailed>(failed => FinishRebuild(null, failed.Error));
        Receive<GetRebuild>(_ => Sender.Tell(new RebuildState(_rebuild.Report)));
    }

    private void Pull()
    {
        if (_pulling)
        {
            return;
        }

        _pulling = true;
        var waiting = _waiting;
        _waiting = [];
        Task.Run(() => _projection.Pull()).PipeTo(
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
            Report(error, "The task index could not be brought up to date.");
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

    private void FinishRebuild(Rebuilt? done, Exception? error)
    {
        foreach (var waiting in _rebuilding)
        {
            waiting.Tell(error is null ? done : new Status.Failure(error));
        }

        _rebuilding.Clear();
        if (error is not null)
        {
            Report(error, "The task index could not be rebuilt and is as it was.");
        }
        else
        {
            Context.System.EventStream.Publish(new Refreshed(done!.Report.Position));
        }
    }

    private static void Report(Exception error, string what)
    {
        Context.GetLogger().Error(error, what);
        Superseded.PublishIfFenced(Context.System, error);
    }

    /// <inheritdoc/>
    protected override void PostStop()
    {
        _rebuild.Dispose();
        _projection.Dispose();
    }

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

    /// <summary>
    /// Replays the whole journal into tables beside and changes to them, while the old ones are read and kept up to date; answered by
    /// <see cref="Rebuilt"/>, or a <see cref="Status.Failure"/>. One that is under way is joined.
    /// </summary>
    public sealed record Rebuild;

    /// <summary>The tables are as the journal says.</summary>
    public sealed record Rebuilt(RebuildReport Report);

    /// <summary>Asks how a rebuild gets on; answered by <see cref="RebuildState"/>.</summary>
    public sealed record GetRebuild;

    /// <summary>The rebuild that runs, or the last one; null when there was none.</summary>
    public sealed record RebuildState(RebuildReport? Report);

    private sealed record RebuildFailed(Exception Error);

    private sealed record Pulled(IReadOnlyList<IActorRef> Waiting, long Position, Exception? Error);
}

/// <summary>Wiring of the task index.</summary>
public static class TaskIndexWiring
{
    /// <summary>Starts <see cref="TaskIndexActor"/>.</summary>
    public static AkkaConfigurationBuilder WithTaskIndex(this AkkaConfigurationBuilder akka, SqliteStore store, TimeProvider clock) =>
        akka.WithActors((system, registry) => registry.Register<TaskIndexActor>(
            system.ActorOf(Props.Create(() => new TaskIndexActor(
                new TaskIndexRebuild(store, new TaskIndexProjection(store.Derived), clock))), "task-index")));
}
