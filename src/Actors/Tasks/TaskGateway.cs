using Akka.Actor;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>The way to the tasks for whoever is no actor.</summary>
public sealed class TaskGateway(IActorRef tasks, IActorRef graph)
{
    // Longer than everything a task waits for itself, so that its own, better answer comes first.
    private static readonly TimeSpan AnswersWithin = TimeSpan.FromSeconds(25);

    /// <summary>Sends a command and waits for its answer; silence becomes <see cref="RefusalCode.OutcomeUnknown"/>.</summary>
    public async Task<ITaskReply> Send(ITaskCommand command, CancellationToken cancellation)
    {
        try
        {
            return await (TaskGraphActor.Guards(command) ? graph : tasks).Ask<ITaskReply>(command, AnswersWithin, cancellation);
        }
        catch (AskTimeoutException)
        {
            return new TaskReplies.Refused(command.TaskId, new Refusal(
                RefusalCode.OutcomeUnknown, $"Task {command.TaskId} did not answer within {AnswersWithin.TotalSeconds:0} s.",
                "Look at the task with orchestrator_query_tasks before asking again."));
        }
    }

    /// <summary>The task as it is now, or null if there is none.</summary>
    /// <exception cref="TimeoutException">It did not answer in time.</exception>
    public async Task<TaskDetails?> Details(TaskId id, CancellationToken cancellation)
    {
        try
        {
            return await tasks.Ask<ITaskMessage>(new TaskQueries.GetDetails(id), AnswersWithin, cancellation) as TaskDetails;
        }
        catch (AskTimeoutException e)
        {
            throw new TimeoutException($"Task {id} did not answer within {AnswersWithin.TotalSeconds:0} s.", e);
        }
    }
}
