using Akka.Actor;
using Akka.Hosting;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>Wiring of the tasks, of the guard over their graph, and of the watches over leases and due dates.</summary>
public static class TasksWiring
{
    /// <summary>Starts what tasks consist of; needs the task index.</summary>
    public static AkkaConfigurationBuilder WithTasks(this AkkaConfigurationBuilder akka, ITaskIndex index, TimeProvider clock) =>
        akka.WithActors((system, registry) =>
        {
            StartScheduler(system);
            var idle = system.Settings.Config.GetTimeSpan("orchestrator.tasks.passivate-after");
            var projection = registry.Get<TaskIndexActor>();
            var tasks = system.ActorOf(
                EntityRouter.Props<ITaskMessage>(
                    message => message.TaskId.Value,
                    // By type: an expression would be compiled anew for every task, and the code outlives it until a finalizer comes round.
                    (id, router) => Props.Create<TaskActor>(new TaskId(id), router, projection, clock, idle)),
                "tasks");
            registry.Register<TaskActor>(tasks);
            registry.Register<TaskGraphActor>(system.ActorOf(Props.Create(() => new TaskGraphActor(tasks, projection, index)), "task-graph"));
            registry.Register<LeaseWatchActor>(system.ActorOf(Props.Create(() => new LeaseWatchActor(tasks, projection, index, clock)), "lease-watch"));
            var ahead = DeadlineWatchActor.Ahead(system.Settings.Config);
            registry.Register<DeadlineWatchActor>(
                system.ActorOf(Props.Create(() => new DeadlineWatchActor(tasks, projection, index, clock, ahead)), "deadline-watch"));
        });

    /// <summary>
    /// Akka's scheduler starts with its first timer and blocks whoever set it until a thread of the pool is free. Left to the first tasks, a burst of
    /// them right after the start blocks every thread of the pool, and nothing is answered for half a minute.
    /// </summary>
    private static void StartScheduler(ActorSystem system) => system.Scheduler.Advanced.ScheduleOnce(TimeSpan.Zero, () => { });
}
