using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>The way to the tasks for whoever is no actor.</summary>
public sealed class TaskGateway(IActorRef tasks, IActorRef graph)
{
    /// <summary>Sends a command and waits for its answer; silence becomes <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
    public Task<ITaskReply> Send(ITaskCommand command, CancellationToken cancellation) =>
        (TaskGraphActor.Guards(command) ? graph : tasks).Ask<ITaskReply>(
            command,
            silence => new TaskReplies.Refused(command.TaskId, new Refusal(
                RefusalCode.OutcomeUnknown, $"Task {command.TaskId} {silence}", "Look at the task with orchestrator_query_tasks before asking again.")),
            cancellation);

    /// <summary>The task as it is now, or null if there is none.</summary>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<TaskDetails?> Details(TaskId id, CancellationToken cancellation)
    {
        try
        {
            return await tasks.Ask<ITaskMessage>(new TaskQueries.GetDetails(id), Asking.Limit, cancellation) as TaskDetails;
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"Task {id} did not answer within {Asking.Limit.TotalSeconds:0} s.", e);
        }
    }
}
