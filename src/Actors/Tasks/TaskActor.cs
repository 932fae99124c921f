using Akka.Actor;
using Akka.Event;
using Akka.Persistence;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// One task: order of writes, durability, and the moment of the reply. The rules are in <see cref="TaskState"/>. A reply leaves when the
/// events are on disk and the task index holds them.
/// </summary>
public sealed class TaskActor : ReceivePersistentActor
{
    // Replaying a hundred events takes about as long as reading a snapshot; most tasks never have that many.
    private const int SnapshotEvery = 100;

    private static readonly TimeSpan OthersAnswerWithin = TimeSpan.FromSeconds(10);

    private readonly TaskId _id;
    private readonly IActorRef _tasks;
    private readonly IActorRef _index;
    private readonly TimeProvider _clock;
    private readonly List<(ITaskCommand Command, IActorRef Asker)> _waitForSubtasks = [];
    private int _asking;
    private int _creating;
    private TaskState _state;
    private IActorRef _asker = ActorRefs.Nobody;

    /// <summary>Made by <see cref="TasksWiring.WithTasks"/>.</summary>
    /// <param name="id">The task.</param>
    /// <param name="tasks">Routes to other tasks.</param>
    /// <param name="index">The task index.</param>
    /// <param name="clock">The time of events.</param>
    /// <param name="idle">Asks to be put to sleep after this time without a message.</param>
    public TaskActor(TaskId id, IActorRef tasks, IActorRef index, TimeProvider clock, TimeSpan idle)
    {
        (_id, _tasks, _index, _clock) = (id, tasks, index, clock);
        _state = new TaskState(id);

        Recover<SnapshotOffer>(o => _state = ((TaskSnapshot)o.Snapshot).ToState());
        Recover<ITaskEvent>(e => _state = _state.Apply(e));
        Recover<RecoveryCompleted>(_ =>
        {
            CreateSubtasks();
            CarryOut();
        });

        Command<TaskQueries.GetStanding>(_ => Sender.Tell(new TaskQueries.Standing(_id, _state.Phase, _state.Satisfied, _state.Artifacts.Count > 0)));
        Command<TaskQueries.GetDetails>(_ => Sender.Tell(_state.Phase == TaskPhase.None ? Refuse(TaskState.NotFound(_id)) : _state.Details()));
        Command<ITaskCommand>(c => Handle(c, Sender));
        Command<TaskGraphActor.Guarded>(Handle);
        Command<OthersAnswered>(a =>
        {
            _asking--;
            Decide(a.Command, a.Asker, a.Standings);
        });
        Command<SubtasksAnswered>(a =>
        {
            _asking--;
            Confirm(a);
        });
        Command<ConsequencesAnswered>(a =>
        {
            _asking--;
            Confirm(a);
        });
        Command<SaveSnapshotSuccess>(s => DeleteSnapshots(new SnapshotSelectionCriteria(s.Metadata.SequenceNr - 1)));
        Command<SaveSnapshotFailure>(f => Context.GetLogger().Warning(f.Cause, "{0}: no snapshot; its events are enough.", _id));
        Command<DeleteSnapshotsSuccess>(_ => { });
        Command<DeleteSnapshotsFailure>(_ => { });
        Command<ReceiveTimeout>(_ => Context.Parent.Tell(EntityRouter.Idle.Instance));
        Command<EntityRouter.Leave>(_ => Leave());
        SetReceiveTimeout(idle);
    }

    /// <inheritdoc/>
    public override string PersistenceId => PersistenceIdOf(_id);

    /// <summary>Where the history of a task is found in the journal.</summary>
    public static string PersistenceIdOf(TaskId id) => $"task-{id}";

    /// <inheritdoc/>
    protected override void OnPersistFailure(Exception cause, object @event, long sequenceNr)
    {
        Superseded.PublishIfFenced(Context.System, cause);

        // An error of the disk leaves open whether the row is there. Recovery will find out; a guess would be a lie.
        _asker.Tell(Unknown($"The write of {_id} failed: {cause.GetBaseException().Message}"));
        base.OnPersistFailure(cause, @event, sequenceNr);
    }

    /// <inheritdoc/>
    protected override void OnPersistRejected(Exception cause, object @event, long sequenceNr)
    {
        _asker.Tell(new TaskReplies.Refused(_id, new Refusal(
            RefusalCode.StorageFailed, $"The write of {_id} was refused: {cause.GetBaseException().Message}", "Nothing was changed. Try again.")));
        base.OnPersistRejected(cause, @event, sequenceNr);
    }

    private void Leave()
    {
        if (_asking > 0)
        {
            Context.Parent.Tell(EntityRouter.Stay.Instance);
        }
        else
        {
            // Behind the answers of writes that are under way: stopping at once would lose them.
            DeferAsync(EntityRouter.Leave.Instance, _ => Context.Stop(Self));
        }
    }

    private void Handle(TaskGraphActor.Guarded guarded)
    {
        if (guarded.Objection is { } objection && !_state.Memory.Answers.ContainsKey(guarded.Command.CommandId))
        {
            Sender.Tell(new TaskReplies.Refused(_id, objection));
        }
        else
        {
            Handle(guarded.Command, Sender);
        }
    }

    private void Handle(ITaskCommand command, IActorRef asker)
    {
        if (_state.AsksOthers(command))
        {
            AskOthers(command, asker);
        }
        else
        {
            Decide(command, asker, []);
        }
    }

    private void AskOthers(ITaskCommand command, IActorRef asker)
    {
        _asking++;
        var answers = _state.Needs.Concat(_state.Subtasks).Distinct()
            .Select(id => _tasks.Ask<TaskQueries.Standing>(new TaskQueries.GetStanding(id), OthersAnswerWithin));
        Task.WhenAll(answers).PipeTo(
            Self,
            success: standings => new OthersAnswered(command, asker, standings),
            failure: _ => new OthersAnswered(command, asker, null));
    }

    private void Decide(ITaskCommand command, IActorRef asker, IReadOnlyCollection<TaskQueries.Standing>? standings)
    {
        if (standings is null)
        {
            asker.Tell(new TaskReplies.Refused(_id, new Refusal(
                RefusalCode.StorageFailed, $"The tasks that {_id} depends on did not answer in time.", "Nothing was changed. Try again.")));
            return;
        }

        // The dependencies may have changed while the others were asked.
        if (_state.AsksOthers(command) && !_state.Needs.Concat(_state.Subtasks).All(id => standings.Any(s => s.TaskId == id)))
        {
            AskOthers(command, asker);
            return;
        }

        var decision = _state.Decide(command, _clock.GetUtcNow(), standings);
        if (decision.Refusal is not null)
        {
            asker.Tell(Refuse(decision));
        }
        else if (decision.Repeated is not null)
        {
            Answer(command, asker, decision.Repeated);
        }
        else
        {
            _asker = asker;
            PersistAll(decision.Events, Happened);
            DeferAsync(command, c => Answer(c, asker, Accepted(c)));
        }
    }

    private void Happened(ITaskEvent e)
    {
        _state = _state.Apply(e);
        if (_state.Revision % SnapshotEvery == 0)
        {
            SaveSnapshot(TaskSnapshot.Of(_state));
        }
    }

    private TaskReplies.Accepted Accepted(ITaskCommand command)
    {
        var answer = _state.Memory.Answers[command.CommandId];
        return new TaskReplies.Accepted(_id, answer.Revision, answer.Phase, answer.Claim);
    }

    private void Answer(ITaskCommand command, IActorRef asker, ITaskReply reply)
    {
        if (IsUnfinished(command))
        {
            // A plan is answered when all of it is there, an end when all who are concerned have heard of it.
            _waitForSubtasks.Add((command, asker));
            CreateSubtasks();
            CarryOut();
            return;
        }

        AnswerWhenIndexed(asker, reply);
    }

    private bool IsUnfinished(ITaskCommand command) =>
        _state.Uncreated.Exists(u => u.CommandId == command.CommandId) || _state.Due.Exists(d => d.CommandId == command.CommandId);

    private void AnswerWhenIndexed(IActorRef asker, ITaskReply reply) =>
        _index.Ask<TaskIndexActor.Refreshed>(new TaskIndexActor.Refresh(), OthersAnswerWithin).PipeTo(
            asker, Self, _ => reply, _ => Unknown($"The change of {_id} is on disk, but the task index does not answer."));

    private void CreateSubtasks()
    {
        if (_state.Uncreated.Count == 0)
        {
            return;
        }

        _asking++;
        _creating++;
        var answers = _state.Uncreated.Select(u => _tasks.Ask<ITaskReply>(
            new TaskCommands.Create(
                u.Task.TaskId, u.CommandId.Derive(u.Task.TaskId.Value), u.By, u.Session, _id, _state.Root ?? _id, u.Ordinal, u.At, u.Task.Definition,
                u.Task.Subtasks),
            OthersAnswerWithin));
        Task.WhenAll(answers).PipeTo(Self, success: replies => new SubtasksAnswered(replies), failure: _ => new SubtasksAnswered([]));
    }

    private void CarryOut()
    {
        if (_state.Due.Count == 0)
        {
            return;
        }

        _asking++;
        _creating++;
        var answers = _state.Due.Select(d => _tasks.Ask<ITaskReply>(
            new TaskCommands.FollowUp(
                d.Consequence.TaskId, d.CommandId.Derive(d.Consequence.TaskId.Value), d.By, _id, d.Consequence.Kind, d.Text),
            OthersAnswerWithin));
        Task.WhenAll(answers).PipeTo(Self, success: replies => new ConsequencesAnswered(replies), failure: _ => new ConsequencesAnswered([]));
    }

    private void Confirm(ConsequencesAnswered answered)
    {
        // A task that is gone needs nothing any more.
        var done = answered.Replies.Where(r => r is TaskReplies.Accepted or TaskReplies.Refused { Refusal.Code: RefusalCode.TaskNotFound })
            .Select(r => r.TaskId).ToHashSet();
        foreach (var end in _state.Due.Where(d => done.Contains(d.Consequence.TaskId)).GroupBy(d => (d.CommandId, d.By)))
        {
            Decide(
                new TaskCommands.ConfirmConsequences(_id, end.Key.CommandId, end.Key.By, [.. end.Select(d => d.Consequence.TaskId)]),
                ActorRefs.Nobody, []);
        }

        DeferAsync(answered, _ => AnswerPlans());
    }

    private void Confirm(SubtasksAnswered answered)
    {
        // One that is there already, or was and is deleted, is not created again; that can be only when an import names its id.
        var created = answered.Replies.Where(r => r is TaskReplies.Accepted
            or TaskReplies.Refused { Refusal.Code: RefusalCode.InvalidTaskState or RefusalCode.TaskNotFound }).Select(r => r.TaskId).ToHashSet();
        foreach (var plan in _state.Uncreated.Where(u => created.Contains(u.Task.TaskId)).GroupBy(u => (u.CommandId, u.By)))
        {
            // Under the command of the plan: its answer is then the one after the confirmation, now and when it is repeated.
            Decide(
                new TaskCommands.ConfirmSubtasks(_id, plan.Key.CommandId, plan.Key.By, [.. plan.Select(u => u.Task.TaskId)]), ActorRefs.Nobody, []);
        }

        // Runs after the confirmation is written, or at once when there was nothing to write.
        DeferAsync(answered, _ => AnswerPlans());
    }

    private void AnswerPlans()
    {
        // Not when the answers came: the confirmation of a later round may still be on its way to the disk when an earlier round gets here.
        _creating--;
        // What is not there yet may be about to come by another attempt.
        foreach (var waiting in _waitForSubtasks.Where(w => _creating == 0 || !IsUnfinished(w.Command)).ToList())
        {
            _waitForSubtasks.Remove(waiting);
            AnswerWhenIndexed(waiting.Asker, IsUnfinished(waiting.Command)
                ? Unknown(_state.Uncreated.Count > 0
                    ? $"The plan of {_id} is on disk, but {_state.Uncreated.Count} of its subtasks do not exist yet."
                    : $"The change of {_id} is on disk, but {_state.Due.Count} other tasks have not heard of it yet.")
                : Accepted(waiting.Command));
        }
    }

    private TaskReplies.Refused Refuse(Decision decision) => new(_id, decision.Refusal!);

    private TaskReplies.Refused Unknown(string message) => new(_id, new Refusal(
        RefusalCode.OutcomeUnknown, message, "Look at the task with orchestrator_query_tasks before asking again."));

    private sealed record OthersAnswered(ITaskCommand Command, IActorRef Asker, IReadOnlyCollection<TaskQueries.Standing>? Standings)
        : INotInfluenceReceiveTimeout;

    private sealed record ConsequencesAnswered(IReadOnlyList<ITaskReply> Replies) : INotInfluenceReceiveTimeout;

    private sealed record SubtasksAnswered(IReadOnlyList<ITaskReply> Replies) : INotInfluenceReceiveTimeout;
}
