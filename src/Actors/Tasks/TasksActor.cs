using Akka.Actor;
using Akka.Hosting;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// The tasks of one machine: routes by id, creates on demand, lets the idle ones sleep. A shard region can take its place: nobody else knows which.
/// </summary>
public sealed class TasksActor : ReceiveActor
{
    private readonly Func<TaskId, Props> _props;
    private readonly Dictionary<TaskId, List<(object Message, IActorRef Sender)>> _leaving = [];

    /// <summary>Made by <see cref="TasksWiring.WithTasks"/>.</summary>
    public TasksActor(IActorRef index, TimeProvider clock, TimeSpan idle)
    {
        var self = Self;
        _props = id => Props.Create(() => new TaskActor(id, self, index, clock, idle));

        Receive<ITaskMessage>(Route);
        Receive<Passivate>(Sleep);
        Receive<Terminated>(t => Ended(new TaskId(t.ActorRef.Path.Name)));
    }

    private void Route(ITaskMessage message)
    {
        if (_leaving.TryGetValue(message.TaskId, out var waiting))
        {
            waiting.Add((message, Sender));
            return;
        }

        Actor(message.TaskId).Forward(message);
    }

    private IActorRef Actor(TaskId id)
    {
        var child = Context.Child(id.Value);
        return child.IsNobody() ? Context.Watch(Context.ActorOf(_props(id), id.Value)) : child;
    }

    private void Sleep(Passivate passivate)
    {
        if (_leaving.TryAdd(passivate.TaskId, []))
        {
            Context.Stop(Sender);
        }
    }

    private void Ended(TaskId id)
    {
        // What came while the actor was leaving wakes it again. One that failed is created anew by the next message.
        if (_leaving.Remove(id, out var waiting))
        {
            foreach (var (message, sender) in waiting)
            {
                Actor(id).Tell(message, sender);
            }
        }
    }

    /// <summary>A task has had nothing to do for a while.</summary>
    public sealed record Passivate(TaskId TaskId);
}

/// <summary>Wiring of the tasks.</summary>
public static class TasksWiring
{
    /// <summary>Starts <see cref="TasksActor"/>; needs the task index.</summary>
    public static AkkaConfigurationBuilder WithTasks(this AkkaConfigurationBuilder akka, TimeProvider clock) =>
        akka.WithActors((system, registry) =>
        {
            var idle = system.Settings.Config.GetTimeSpan("orchestrator.tasks.passivate-after");
            var index = registry.Get<TaskIndexActor>();
            registry.Register<TasksActor>(system.ActorOf(Props.Create(() => new TasksActor(index, clock, idle)), "tasks"));
        });
}
