using System.Text;
using CsCheck;
using Orchestrator.Actors.Serialization;
using Orchestrator.Actors.Tasks;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tests.Tasks;

/// <summary>What holds for every sequence of commands, whatever they are.</summary>
public sealed class TaskStateProperties
{
    private static readonly TaskId Other = new("task_other");
    private static readonly Consequence[] Waiting = [new(Other, ConsequenceKind.Tell)];

    /// <summary>One step: who asks, what (by number), with which claim (present, past, none), and how much time passes before.</summary>
    private static readonly Gen<(int Client, int What, int Claim, int Choice, int Minutes)[]> Steps =
        Gen.Select(Gen.Int[0, 2], Gen.Int[0, 17], Gen.Int[0, 2], Gen.Int[0, 7], Gen.Int[0, 40]).Array[1, 60];

    [Fact]
    public void A_replay_gives_the_same_state() => ForAll(run =>
    {
        var replayed = run.Events.Aggregate(new TaskState(run.Id), (state, e) => state.Apply(e));

        Assert.Equal(Json(run.State), Json(replayed));
    });

    [Fact]
    public void A_stored_event_read_back_has_the_same_effect() => ForAll(run =>
    {
        var replayed = run.Events.Aggregate(
            new TaskState(run.Id), (state, e) => state.Apply((ITaskEvent)EventCodec.Read(EventCodec.Name(e), EventCodec.Write(e))));

        Assert.Equal(Json(run.State), Json(replayed));
    });

    [Fact]
    public void A_snapshot_read_back_is_the_same_state() => ForAll(run =>
    {
        var snapshot = EventCodec.Write(TaskSnapshot.Of(run.State));
        var restored = ((TaskSnapshot)EventCodec.Read(TaskSnapshot.StoredName, snapshot)).ToState();

        Assert.Equal(Encoding.UTF8.GetString(snapshot), Json(restored));
        Assert.Equal(run.State.Memory.Order, restored.Memory.Order);
    });

    [Fact]
    public void The_parts_of_a_state_fit_together() => ForAll(run =>
    {
        var state = run.State;
        Assert.True(state.Claim is null || state.Phase == TaskPhase.InProgress, "a claim goes with in_progress");
        Assert.Equal(run.Events.Count, state.Revision);
        Assert.InRange(state.Memory.Answers.Count, 0, CommandMemory.Capacity);
        Assert.Equal(state.Memory.Answers.Keys.Order(ById), state.Memory.Order.Order(ById));
        Assert.True(state.Definition?.DueAt is not null || state.Deadline == DeadlineStage.Ahead, "without a due date there is nothing to note");
        Assert.InRange(state.LostLeases, 0, TaskLimits.LostLeases);
    });

    private static readonly Comparer<CommandId> ById = Comparer<CommandId>.Create((a, b) => string.CompareOrdinal(a.ToString(), b.ToString()));

    private static void ForAll(Action<History> assertion) => Steps.Sample(steps => assertion(Run(steps)), iter: 300, threads: 1);

    /// <summary>Sends each command twice: the second time must write nothing, whatever the first one did.</summary>
    private static History Run((int Client, int What, int Claim, int Choice, int Minutes)[] steps)
    {
        var history = History.Of(Given.Plan("root", new Dependency(Other)).WithSubtasks("a", "b"));
        var tokens = new List<ClaimToken>();
        var sequence = 0;
        foreach (var step in steps)
        {
            history.Later(TimeSpan.FromMinutes(step.Minutes));
            var command = Command(history, step, tokens, new CommandId($"client{step.Client}", ++sequence));
            var written = Try(history, command, step.Choice);
            var before = Json(history.State);
            Assert.True(written == 0 || Try(history, command, step.Choice) == 0, $"{command} wrote twice");
            Assert.Equal(before, Json(history.State));
            if (history.State.Claim is { } claim && !tokens.Contains(claim.Token))
            {
                tokens.Add(claim.Token);
            }
        }

        return history;
    }

    private static int Try(History history, ITaskCommand command, int choice)
    {
        var standing = choice % 2 == 0 ? TaskPhase.Completed : TaskPhase.Pending;
        var ids = history.State.Needs.Concat(history.State.Subtasks);
        TaskQueries.Standing[] others = [.. ids.Select(id => new TaskQueries.Standing(id, standing, standing == TaskPhase.Completed))];
        return history.State.Decide(command, history.Now, others).Refusal is null ? history.Do(command, others).Count : 0;
    }

    private static ITaskCommand Command(
        History history, (int Client, int What, int Claim, int Choice, int Minutes) step, List<ClaimToken> tokens, CommandId id)
    {
        ClaimToken? past = tokens.Count > 0 ? tokens[step.Choice % tokens.Count] : null;
        var token = step.Claim switch { 0 => null, 1 => history.State.Claim?.Token, _ => past };
        var (task, by) = (history.Id, $"worker{step.Client}");
        return step.What switch
        {
            0 or 1 => new TaskCommands.Claim(task, id, by, TimeSpan.FromMinutes(20)),
            2 => new TaskCommands.ExpireClaim(task, id, by, token ?? new ClaimToken("clm_none")),
            3 => new TaskCommands.Complete(task, id, by, token, (NextAction)(step.Choice % 4), Given.Complete(task).Artifact),
            4 => new TaskCommands.AddSubtasks(task, id, by, null, [new PlannedTask(DerivedId.Task(id, "s"), Given.Definition("s"))]),
            5 => Confirm(history, by),
            6 => new TaskCommands.Update(
                task, id, by, token, history.State.Revision - (step.Choice % 2), new TaskChanges { Note = $"note {step.Choice}" }),
            7 => new TaskCommands.Update(task, id, by, token, null, new TaskChanges { Phase = (TaskPhase)step.Choice, Note = "why" })
            {
                Consequences = (TaskPhase)step.Choice is TaskPhase.Cancelled or TaskPhase.Archived ? Waiting : [],
            },
            8 => new TaskCommands.Update(task, id, by, token, null, Edit(step.Choice)),
            9 => new TaskCommands.Update(task, id, by, token, null, new TaskChanges { Phase = TaskPhase.Pending }),
            10 => new TaskCommands.RecordDecision(
                task, id, by, new DecisionRecord(DerivedId.Decision(id), "t", "o", null, [], null, null)),
            11 => new TaskCommands.RecordFiles(
                task, id, by, [new FileObservation($"f{step.Choice % 3}", step.Minutes % 3 == 0 ? null : $"{step.Minutes % 4}", 1)]),
            12 => new TaskCommands.Update(task, id, by, token, null, new TaskChanges
            {
                Attributes = [new AttributeChange($"a{step.Choice}", step.Minutes % 3 == 0 ? null : new AttributeValue(AttributeKind.Text, "v"))],
                Gates = [new QualityGate(TaskPhase.Completed, (GateRequirement)(step.Choice % 5), "a1")],
            }),
            13 when step.Choice == 0 => new TaskCommands.Cancel(task, id, by, "why", step.Minutes % 2 == 0) { Consequences = Waiting },
            14 when step.Choice == 1 => new TaskCommands.Archive(task, id, by, null, null, true) { Consequences = Waiting },
            15 when step is { Choice: 2, Minutes: < 4 } => new TaskCommands.Delete(task, id, by, null, true) { Consequences = Waiting },
            16 => new TaskCommands.NoteDeadline(task, id, by, TimeSpan.FromHours(1)),
            13 => new TaskCommands.Restore(task, id, by),
            14 => new TaskCommands.ConfirmConsequences(
                task, history.State.Due is [var due, ..] ? due.CommandId : id, by, [.. history.State.Due.Select(d => d.Consequence.TaskId)]),
            _ => new TaskCommands.Update(task, id, by, token, null, new TaskChanges { Waivers = [new DependencyWaiver(Other, "because")] }),
        };
    }

    private static TaskCommands.ConfirmSubtasks Confirm(History history, string by)
    {
        var next = history.State.Uncreated.FirstOrDefault();
        return new TaskCommands.ConfirmSubtasks(history.Id, next?.CommandId ?? Given.NewCommand(), by, next is null ? [] : [next.Task.TaskId]);
    }

    private static TaskChanges Edit(int choice) => choice switch
    {
        0 => new() { Title = "another", Kind = TaskKind.Review, Complexity = TaskComplexity.VeryComplex },
        1 => new() { Effort = "", Context = """{"a":1}""" },
        2 => new() { DueAt = History.Start, Priority = 4 },
        3 => new() { DueAt = DateTimeOffset.MinValue, Effort = "3 h" },
        4 => new() { Dependencies = [new Dependency(Other, DependencyKind.Related)] },
        5 => new() { Dependencies = [], DueAt = History.Start.AddHours(9) },
        6 => new() { Progress = 60, Description = "more \"text\" äß\n" },
        _ => new(),
    };

    private static string Json(TaskState state) => Encoding.UTF8.GetString(EventCodec.Write(TaskSnapshot.Of(state)));
}
