using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Actors.TaskIndex;

/// <summary>
/// The read side of the task index. Reads straight from its tables, from any thread; a change that was answered is already there.
/// </summary>
public interface ITaskIndex
{
    /// <summary>Position of the last journal event that the tables hold; rises with every change. Doubles as the cursor for "since".</summary>
    long Position();

    /// <summary>One page of tasks, and how many match in all.</summary>
    TaskPage Query(TaskFilter filter, int limit, string? cursor);

    /// <summary>The rows of these tasks, in the order asked; unknown ids are left out.</summary>
    IReadOnlyList<TaskRow> Find(IReadOnlyCollection<TaskId> ids);

    /// <summary>How many tasks there are by status, how many are ready and how many claimed; of the whole store or directly below one task.</summary>
    TaskCounts Count(TaskId? parent = null);

    /// <summary>
    /// The best ready tasks: unblocked, unclaimed, subtasks closed; most urgent first, then nearest due date, then oldest, then by place in the plan.
    /// </summary>
    IReadOnlyList<TaskRow> Ready(int limit, string? specialist = null);

    /// <summary>Of the tasks that wait for <paramref name="task"/> (dependents and its parent), those that are ready now.</summary>
    IReadOnlyList<TaskRow> ReadyBecauseOf(TaskId task);

    /// <summary>The task that this command claimed, if it claimed one.</summary>
    TaskId? ClaimedBy(CommandId command);

    /// <summary>The open claims, nearest deadline first; of every session or of one.</summary>
    IReadOnlyList<OpenClaim> OpenClaims(SessionId? session = null, int limit = int.MaxValue);

    /// <summary>Work products of these tasks, oldest version first within each task.</summary>
    IReadOnlyList<ArtifactRow> Artifacts(IReadOnlyCollection<TaskId> tasks);

    /// <summary>One work product by its handle.</summary>
    ArtifactRow? Artifact(ArtifactId id);

    /// <summary>What these tasks depend on.</summary>
    IReadOnlyList<DependencyRow> DependenciesOf(IReadOnlyCollection<TaskId> tasks);

    /// <summary>
    /// A path of tasks from <paramref name="from"/> to <paramref name="to"/> along "must wait for" (completion dependencies, and a parent waits
    /// for its subtasks), or null. The guard against cycles.
    /// </summary>
    IReadOnlyList<TaskId>? WaitPath(TaskId from, TaskId to);

    /// <summary>Roots whose planned subtasks were not all created when the process died.</summary>
    IReadOnlyList<TaskId> UnfinishedPlans();

    /// <summary>The open claims whose lease ended by <paramref name="now"/>, longest ago first.</summary>
    IReadOnlyList<OpenClaim> ExpiredClaims(DateTimeOffset now, int limit);

    /// <summary>When the next lease ends.</summary>
    DateTimeOffset? NextDeadline();
}

/// <summary>What to look for; null or empty members match everything. All given members must match.</summary>
public sealed record TaskFilter
{
    /// <summary>These tasks only.</summary>
    public IReadOnlyCollection<TaskId> Ids { get; init; } = [];
    /// <summary>In one of these statuses.</summary>
    public IReadOnlyCollection<TaskPhase> Phases { get; init; } = [];
    /// <summary>Ready only: unblocked, unclaimed, subtasks closed. Orders by urgency instead of newest first.</summary>
    public bool ReadyOnly { get; init; }
    /// <summary>Direct subtasks of this task.</summary>
    public TaskId? Parent { get; init; }
    /// <summary>Subtasks of every level below <see cref="Parent"/>, not only the direct ones.</summary>
    public bool AllLevels { get; init; }
    /// <summary>For one of these roles.</summary>
    public IReadOnlyCollection<string> Specialists { get; init; } = [];
    /// <summary>Of one of these kinds.</summary>
    public IReadOnlyCollection<TaskKind> Kinds { get; init; } = [];
    /// <summary>Of one of these complexities.</summary>
    public IReadOnlyCollection<TaskComplexity> Complexities { get; init; } = [];
    /// <summary>Contained in title or description; letter case of ASCII is ignored, wildcards are ordinary characters.</summary>
    public string? Text { get; init; }
    /// <summary>Planned within this session.</summary>
    public SessionId? Session { get; init; }
    /// <summary>Created at or after.</summary>
    public DateTimeOffset? CreatedAfter { get; init; }
    /// <summary>Created before.</summary>
    public DateTimeOffset? CreatedBefore { get; init; }
    /// <summary>Changed after this position. Orders by change, oldest first.</summary>
    public long? ChangedAfter { get; init; }
}

/// <summary>One page. <paramref name="Cursor"/> asks for the next one; null on the last.</summary>
public sealed record TaskPage(IReadOnlyList<TaskRow> Tasks, long Total, string? Cursor);

/// <summary>A task as lists show it.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Parent">Its parent.</param>
/// <param name="Root">The task its plan began with; itself for a root.</param>
/// <param name="Session">The session it was planned in.</param>
/// <param name="Title">One line.</param>
/// <param name="Phase">Status.</param>
/// <param name="Reason">Why it is in that status, where somebody said so.</param>
/// <param name="Kind">Kind of work.</param>
/// <param name="Specialist">Role.</param>
/// <param name="Complexity">Complexity.</param>
/// <param name="Priority">0 (most urgent) to 4.</param>
/// <param name="DueAt">Due date.</param>
/// <param name="Progress">0 to 100; of a parent: the share of its subtasks that are completed.</param>
/// <param name="WaitingFor">How many completion dependencies are not satisfied.</param>
/// <param name="Subtasks">How many direct subtasks it has.</param>
/// <param name="OpenSubtasks">How many of them are pending, in progress or blocked.</param>
/// <param name="CompletedSubtasks">How many of them are completed (or archived after completion).</param>
/// <param name="Ready">Whether it can be claimed now.</param>
/// <param name="ClaimedBy">Who holds the claim.</param>
/// <param name="ClaimedUntil">End of the lease.</param>
/// <param name="Revision">Number of its last event.</param>
/// <param name="Position">Journal position of its last event.</param>
/// <param name="Ordinal">Its place in its plan.</param>
/// <param name="CreatedAt">When it was planned.</param>
/// <param name="UpdatedAt">When it last changed.</param>
/// <param name="StartedAt">When it was first claimed or set in progress.</param>
/// <param name="ClosedAt">When it was completed, failed or cancelled.</param>
public sealed record TaskRow(
    TaskId TaskId, TaskId? Parent, TaskId Root, SessionId? Session, string Title, TaskPhase Phase, string? Reason, TaskKind Kind, string Specialist,
    TaskComplexity Complexity, int Priority, DateTimeOffset? DueAt, int Progress, int WaitingFor, int Subtasks, int OpenSubtasks, int CompletedSubtasks,
    bool Ready, string? ClaimedBy, DateTimeOffset? ClaimedUntil, long Revision, long Position, int Ordinal,
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? StartedAt, DateTimeOffset? ClosedAt);

/// <summary>True counts.</summary>
public sealed record TaskCounts(IReadOnlyDictionary<TaskPhase, long> ByPhase, long Ready, long Claimed)
{
    /// <summary>All of them.</summary>
    public long Total => ByPhase.Values.Sum();
}

/// <summary>A claim that is open.</summary>
public sealed record OpenClaim(TaskId TaskId, string Title, ClaimToken Token, string Worker, DateTimeOffset Deadline);

/// <summary>A work product.</summary>
public sealed record ArtifactRow(TaskId TaskId, int Version, string By, DateTimeOffset At, ArtifactReference Artifact);

/// <summary>An edge of the dependency graph.</summary>
public sealed record DependencyRow(TaskId TaskId, TaskId On, DependencyKind Kind, bool Satisfied, TaskPhase Phase, string Title);

