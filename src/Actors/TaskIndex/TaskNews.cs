using Akka.Actor;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>Tells those who are no actors when the task index has changed.</summary>
public sealed class TaskNews
{
    private volatile TaskCompletionSource _next = new(TaskCreationOptions.RunContinuationsAsynchronously);

    private TaskNews()
    {
    }

    /// <summary>Completed with the next change; take it before you look, and nothing is missed.</summary>
    public Task Next => _next.Task;

    /// <summary>The news of a system.</summary>
    public static TaskNews Of(ActorSystem system)
    {
        var news = new TaskNews();
        system.EventStream.Subscribe(system.ActorOf(Props.Create(() => new Listener(news))), typeof(TaskIndexActor.Refreshed));
        return news;
    }

    private void Tell()
    {
        var told = _next;
        _next = new TaskCompletionSource(TaskCreationOptions.RunContinuationsAsynchronously);
        told.TrySetResult();
    }

    private sealed class Listener : ReceiveActor
    {
        public Listener(TaskNews news) => Receive<TaskIndexActor.Refreshed>(_ => news.Tell());
    }
}
