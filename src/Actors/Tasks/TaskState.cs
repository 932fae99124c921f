using System.Collections.Immutable;
using System.Text.Json.Serialization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.Tasks;

/// <summary>
/// A task as its events tell it. Pure: no clock, no new ids, no input or output. What a command may do is in <c>TaskDecisions</c>,
/// what an event did is in <see cref="Apply"/>.
/// </summary>
public sealed partial record TaskState(TaskId Id)
{
    /// <summary>Status.</summary>
    public TaskPhase Phase { get; init; }
    /// <summary>Why it has that status, where somebody said so.</summary>
    public string? Reason { get; init; }
    /// <summary>Number of the last event.</summary>
    public long Revision { get; init; }
    /// <summary>What it is about; null as long as it does not exist.</summary>
    public TaskDefinition? Definition { get; init; }
    /// <summary>The session it was planned in.</summary>
    public SessionId? Session { get; init; }
    /// <summary>Its parent.</summary>
    public TaskId? Parent { get; init; }
    /// <summary>The task that its tree begins with.</summary>
    public TaskId? Root { get; init; }
    /// <summary>0 to 100, as reported.</summary>
    public int Progress { get; init; }
    /// <summary>Whether it was completed, also after it was archived: what dependencies ask.</summary>
    public bool Satisfied { get; init; }
    /// <summary>Who planned it.</summary>
    public string CreatedBy { get; init; } = "";
    /// <summary>When it was planned.</summary>
    public DateTimeOffset CreatedAt { get; init; }
    /// <summary>When it last changed.</summary>
    public DateTimeOffset UpdatedAt { get; init; }
    /// <summary>The open claim.</summary>
    public TaskClaim? Claim { get; init; }
    /// <summary>Leases lost since it was last put back by hand.</summary>
    public int LostLeases { get; init; }
    /// <summary>What is noted about its due date.</summary>
    public DeadlineStage Deadline { get; init; }
    /// <summary>Its subtasks, as planned.</summary>
    public ImmutableList<TaskId> Subtasks { get; init; } = [];
    /// <summary>Subtasks that are planned and not yet known to exist, with who planned them.</summary>
    public ImmutableList<UncreatedSubtask> Uncreated { get; init; } = [];
    /// <summary>The last notes.</summary>
    public ImmutableList<TaskNote> Notes { get; init; } = [];
    /// <summary>The work products.</summary>
    public ImmutableList<TaskArtifact> Artifacts { get; init; } = [];
    /// <summary>What was attached to it.</summary>
    public ImmutableDictionary<string, AttributeValue> Attributes { get; init; } = ImmutableDictionary<string, AttributeValue>.Empty;
    /// <summary>What must exist before it takes a status.</summary>
    public ImmutableList<QualityGate> Gates { get; init; } = [];
    /// <summary>Which of its dependencies need not be met.</summary>
    public ImmutableList<GrantedWaiver> Waivers { get; init; } = [];
    /// <summary>The files that it touched, as they were at the last look.</summary>
    public ImmutableDictionary<string, TrackedFile> Files { get; init; } = ImmutableDictionary<string, TrackedFile>.Empty;
    /// <summary>How many decisions were recorded.</summary>
    public int Decisions { get; init; }
    /// <summary>The status that an archived task had before.</summary>
    public TaskPhase ArchivedFrom { get; init; }
    /// <summary>An archived task is kept at least until then.</summary>
    public DateTimeOffset? KeepUntil { get; init; }
    /// <summary>What its end means for others and is not known to be carried out.</summary>
    public ImmutableList<DueConsequence> Due { get; init; } = [];
    /// <summary>It is deleted as soon as nothing is due any more.</summary>
    public bool DeleteWhenDone { get; init; }
    /// <summary>By whom it was deleted.</summary>
    public string? DeletedBy { get; init; }
    /// <summary>The commands it has seen. A snapshot holds them in its own way.</summary>
    [JsonIgnore]
    public CommandMemory Memory { get; init; } = CommandMemory.Empty;

    /// <summary>The dependencies that can hold this task up: all that are neither waived nor mere hints.</summary>
    [JsonIgnore]
    public IEnumerable<Dependency> Holding =>
        Definition?.Dependencies.Where(d => d.Kind.HoldsUp() && !Waivers.Exists(w => w.On == d.On)) ?? [];

    /// <summary>The tasks that this one waits for.</summary>
    [JsonIgnore]
    public IEnumerable<TaskId> Needs => Holding.Select(d => d.On);

    /// <summary>The task for those who asked for all of it.</summary>
    /// <exception cref="InvalidOperationException">It does not exist.</exception>
    public TaskDetails Details() => new(
        Id, Revision, Phase, Reason, Session, Parent, Root,
        Definition ?? throw new InvalidOperationException($"Task {Id} does not exist."), Progress, CreatedAt, CreatedBy, UpdatedAt,
        Claim?.Worker, Claim is null ? null : new ClaimGrant(Claim.Token, Claim.Deadline), LostLeases, Subtasks, Notes, Artifacts)
    {
        Attributes = Attributes,
        Gates = Gates,
        Waivers = Waivers,
        Files = Files,
        Decisions = Decisions,
        KeepUntil = KeepUntil,
    };

    /// <summary>The state after <paramref name="e"/>. Throws on an event it does not know: silence would be a wrong state.</summary>
    public TaskState Apply(ITaskEvent e)
    {
        var next = (e switch
        {
            TaskEvents.Planned x => this with
            {
                Phase = TaskPhase.Pending,
                Definition = x.Definition,
                Session = x.Session,
                Parent = x.Parent,
                Root = x.Root ?? x.TaskId,
                CreatedBy = x.By,
                CreatedAt = x.At,
                Subtasks = [.. x.Subtasks.Select(s => s.TaskId)],
                Uncreated = [.. x.Subtasks.Select((s, i) => new UncreatedSubtask(s, i, x.CommandId, x.By, x.At, x.Session))],
            },
            TaskEvents.SubtasksAdded x => this with
            {
                Subtasks = Subtasks.AddRange(x.Subtasks.Select(s => s.TaskId)),
                Uncreated = Uncreated.AddRange(
                    x.Subtasks.Select((s, i) => new UncreatedSubtask(s, Subtasks.Count + i, x.CommandId, x.By, x.At, x.Session))),
            },
            TaskEvents.SubtasksCreated x => this with { Uncreated = Uncreated.RemoveAll(u => x.Created.Contains(u.Task.TaskId)) },
            TaskEvents.Claimed x => this with { Claim = new TaskClaim(x.Token, x.By, x.Lease, x.Deadline) },
            TaskEvents.ClaimRenewed x => this with { Claim = Claim! with { Deadline = x.Deadline } },
            TaskEvents.ClaimReleased => this with { Claim = null },
            TaskEvents.ClaimLost x => this with { Claim = null, LostLeases = x.Lost },
            TaskEvents.StatusChanged x => this with
            {
                Phase = x.To,
                Reason = x.Reason,
                Satisfied = x.To == TaskPhase.Completed || (x.To == TaskPhase.Archived && Satisfied),
                Progress = x.To == TaskPhase.Completed ? 100 : Progress,
                // Another try after failure starts with a clean count; a lease that ended does not.
                LostLeases = x.From == TaskPhase.Failed ? 0 : LostLeases,
                ArchivedFrom = x.To == TaskPhase.Archived ? x.From : TaskPhase.None,
                KeepUntil = x.To == TaskPhase.Archived ? KeepUntil : null,
            },
            TaskEvents.DeadlineApproached => this with { Deadline = DeadlineStage.Approaching },
            TaskEvents.DeadlinePassed => this with { Deadline = DeadlineStage.Passed },
            TaskEvents.Edited x => this with
            {
                Deadline = x.MovesDueDate(Definition!.DueAt) ? DeadlineStage.Ahead : Deadline,
                Definition = Definition!.With(x),
                Waivers = x.Dependencies is null ? Waivers : Waivers.RemoveAll(w => x.Dependencies.All(d => d.On != w.On)),
            },
            TaskEvents.Noted x => this with { Notes = Limit(Notes.Add(new TaskNote(x.By, x.At, x.Text))) },
            TaskEvents.Progressed x => this with { Progress = x.Percent },
            TaskEvents.WorkStored x => this with { Artifacts = Artifacts.Add(new TaskArtifact(x.Version, x.By, x.At, x.Artifact)) },
            _ => ApplyEnd(e),
        }) with
        { Revision = Revision + 1, UpdatedAt = e.IsChange() ? e.At : UpdatedAt };

        var grant = next.Claim is { } c
            && (e is TaskEvents.Claimed or TaskEvents.ClaimRenewed || Memory.Answers.GetValueOrDefault(e.CommandId)?.Claim is not null)
            ? new ClaimGrant(c.Token, c.Deadline)
            : null;
        return next with { Memory = Memory.Remember(e.CommandId, new CommandAnswer(next.Revision, next.Phase, grant)) };
    }

    private static ImmutableList<TaskNote> Limit(ImmutableList<TaskNote> notes) => notes.Count > TaskLimits.Notes ? notes.RemoveAt(0) : notes;
}

/// <summary>The open claim of a task.</summary>
public sealed record TaskClaim(ClaimToken Token, string Worker, TimeSpan Lease, DateTimeOffset Deadline);

/// <summary>A subtask that its parent's history promises and that may not exist yet.</summary>
public sealed record UncreatedSubtask(PlannedTask Task, int Ordinal, CommandId CommandId, string By, DateTimeOffset At, SessionId? Session);

internal static class TaskDefinitionEdits
{
    public static TaskDefinition With(this TaskDefinition old, TaskEvents.Edited e) => old with
    {
        Title = e.Title ?? old.Title,
        Description = e.Description ?? old.Description,
        Kind = e.Kind ?? old.Kind,
        Complexity = e.Complexity ?? old.Complexity,
        Specialist = e.Specialist ?? old.Specialist,
        Priority = e.Priority ?? old.Priority,
        Effort = e.Effort is "" ? null : e.Effort ?? old.Effort,
        DueAt = e.DueAt == DateTimeOffset.MinValue ? null : e.DueAt ?? old.DueAt,
        Context = e.Context ?? old.Context,
        Dependencies = e.Dependencies ?? old.Dependencies,
    };
}
