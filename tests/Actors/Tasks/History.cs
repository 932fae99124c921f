using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>A task without an actor: commands are decided, their events applied, time moves when told to.</summary>
internal sealed class History
{
    public static readonly DateTimeOffset Start = new(2026, 3, 1, 12, 0, 0, TimeSpan.Zero);

    private History(TaskId id) => State = new TaskState(id);

    public TaskState State { get; private set; }

    public TaskId Id => State.Id;

    public DateTimeOffset Now { get; private set; } = Start;

    public List<ITaskEvent> Events { get; } = [];

    /// <summary>A planned task.</summary>
    public static History Of(TaskCommands.Plan plan)
    {
        var history = new History(plan.TaskId);
        history.Do(plan);
        return history;
    }

    /// <summary>A planned task that was taken to a status by the shortest way.</summary>
    public static History In(TaskPhase phase)
    {
        var history = Of(Given.Plan());
        foreach (var step in phase switch { TaskPhase.None or TaskPhase.Pending => Array.Empty<TaskPhase>(), _ => [phase] })
        {
            history.Do(Given.Update(history.Id, new TaskChanges { Phase = step }));
        }

        return history;
    }

    /// <summary>Nothing has been planned.</summary>
    public static History Nothing() => new(new TaskId("task_0000000000000"));

    public History Later(TimeSpan by)
    {
        Now += by;
        return this;
    }

    /// <summary>Decides and applies; returns what was written.</summary>
    public IReadOnlyList<ITaskEvent> Do(ITaskCommand command, params TaskQueries.Standing[] others)
    {
        var decision = State.Decide(command, Now, others);
        Assert.True(decision.Refusal is null, decision.Refusal?.Message);
        foreach (var e in decision.Events)
        {
            State = State.Apply(e);
            Events.Add(e);
        }

        return decision.Events;
    }

    /// <summary>Claims the task; returns the handle.</summary>
    public ClaimToken Claim(int minutes = 30)
    {
        Do(Given.Claim(Id, minutes));
        return State.Claim!.Token;
    }

    public Refusal Refusal(ITaskCommand command, params TaskQueries.Standing[] others)
    {
        var decision = State.Decide(command, Now, others);
        Assert.Empty(decision.Events);
        Assert.NotNull(decision.Refusal);
        Assert.NotEmpty(decision.Refusal.Message);
        Assert.NotEmpty(decision.Refusal.NextStep);
        return decision.Refusal;
    }

    public ITaskReply? Repeated(ITaskCommand command) => State.Decide(command, Now).Repeated;
}
