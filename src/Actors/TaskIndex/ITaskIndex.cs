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

    /// <summary>How many tasks there are by status, how many are ready and how many claimed; of the whole store, directly below one task, or of one session.</summary>
    TaskCounts Count(TaskId? parent = null, SessionId? session = null);

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

    /// <summary>All tasks below this one, on every level; at most <paramref name="limit"/>, nearest first.</summary>
    IReadOnlyList<TaskRow> Below(TaskId task, int limit);

    /// <summary>What depends on these tasks, apart from these tasks themselves.</summary>
    IReadOnlyList<DependentRow> DependentsOf(IReadOnlyCollection<TaskId> tasks, int limit);

    /// <summary>The history of a task from the journal, oldest first, beginning after revision <paramref name="after"/>.</summary>
    IReadOnlyList<HistoryRow> History(TaskId task, long after, int limit);

    /// <summary>Decisions, newest first.</summary>
    DecisionPage Decisions(DecisionFilter filter, int limit, string? cursor);

    /// <summary>One decision.</summary>
    DecisionEntry? Decision(DecisionId id);

    /// <summary>The files that a task touched, by path; those after <paramref name="after"/>.</summary>
    IReadOnlyList<FileEntry> Files(TaskId task, string after, int limit);

    /// <summary>Sessions, the last used first; those used before <paramref name="before"/> (a journal position).</summary>
    IReadOnlyList<SessionRow> Sessions(bool includeClosed, long? before, int limit);

    /// <summary>One session.</summary>
    SessionRow? Session(SessionId id);

    /// <summary>The sessions that this request has put away.</summary>
    IReadOnlyList<SessionRow> SessionsClosedBy(CommandId request);

    /// <summary>
    /// A path of tasks from <paramref name="from"/> to <paramref name="to"/> along "must wait for" (completion dependencies, and a parent waits
    /// for its subtasks), or null. The guard against cycles.
    /// </summary>
    IReadOnlyList<TaskId>? WaitPath(TaskId from, TaskId to);

    /// <summary>Tasks whose planned subtasks were not all created, or whose end others have not all heard of, when the process died.</summary>
    IReadOnlyList<TaskId> UnfinishedPlans();

    /// <summary>The open claims whose lease ended by <paramref name="now"/>, longest ago first.</summary>
    IReadOnlyList<OpenClaim> ExpiredClaims(DateTimeOffset now, int limit);

    /// <summary>When the next lease ends.</summary>
    DateTimeOffset? NextDeadline();

    /// <summary>
    /// A page of the open tasks whose due date has passed by <paramref name="now"/> and is not noted to have; longest ago first, beginning behind
    /// <paramref name="after"/>.
    /// </summary>
    IReadOnlyList<OpenDueDate> PassedDueDates(DateTimeOffset now, OpenDueDate? after, int limit);

    /// <summary>
    /// A page of the open tasks whose due date comes after <paramref name="now"/> and before <paramref name="until"/> and is not noted to be near;
    /// nearest first, beginning behind <paramref name="after"/>.
    /// </summary>
    IReadOnlyList<OpenDueDate> NearDueDates(DateTimeOffset now, DateTimeOffset until, OpenDueDate? after, int limit);

    /// <summary>When next after <paramref name="now"/> a due date passes, or comes as near as <paramref name="ahead"/>.</summary>
    DateTimeOffset? NextDueDate(DateTimeOffset now, TimeSpan ahead);
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
    /// <summary>With attributes of these names and values.</summary>
    public IReadOnlyList<KeyValuePair<string, string>> Attributes { get; init; } = [];
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
    DateTimeOffset CreatedAt, DateTimeOffset UpdatedAt, DateTimeOffset? StartedAt, DateTimeOffset? ClosedAt)
{
    /// <summary>When it was archived.</summary>
    public DateTimeOffset? ArchivedAt { get; init; }
    /// <summary>An archived task is kept at least until then.</summary>
    public DateTimeOffset? KeepUntil { get; init; }
    /// <summary>How many work products it has.</summary>
    public int Artifacts { get; init; }
}

/// <summary>True counts.</summary>
public sealed record TaskCounts(IReadOnlyDictionary<TaskPhase, long> ByPhase, long Ready, long Claimed)
{
    /// <summary>All of them.</summary>
    public long Total => ByPhase.Values.Sum();
}

/// <summary>A session and how its tasks stand.</summary>
/// <param name="SessionId">The session.</param>
/// <param name="OpenedAt">When it was opened.</param>
/// <param name="OpenedBy">By whom.</param>
/// <param name="LastActivity">When it was last resumed, or one of its tasks last changed.</param>
/// <param name="WorkingDirectory">Where its client works.</param>
/// <param name="Position">Journal position of its last opening, resuming or closing.</param>
/// <param name="ClosedAt">When it was put away.</param>
/// <param name="ClosedBecause">Why.</param>
/// <param name="Tasks">How many tasks were planned in it.</param>
/// <param name="OpenTasks">How many of them are pending, in progress or blocked.</param>
/// <param name="CompletedTasks">How many of them were completed.</param>
/// <param name="Claims">How many of them are claimed.</param>
public sealed record SessionRow(
    SessionId SessionId, DateTimeOffset OpenedAt, string OpenedBy, DateTimeOffset LastActivity, string? WorkingDirectory, long Position,
    DateTimeOffset? ClosedAt, string? ClosedBecause, long Tasks, long OpenTasks, long CompletedTasks, long Claims);

/// <summary>A claim that is open.</summary>
public sealed record OpenClaim(TaskId TaskId, string Title, ClaimToken Token, string Worker, DateTimeOffset Deadline);

/// <summary>A due date about which something is to be noted.</summary>
/// <param name="TaskId">The task.</param>
/// <param name="Revision">Number of its last event.</param>
/// <param name="DueAt">The due date, to the millisecond.</param>
/// <param name="CreatedPosition">Where the task was planned: the order among equal due dates.</param>
public sealed record OpenDueDate(TaskId TaskId, long Revision, DateTimeOffset DueAt, long CreatedPosition);

/// <summary>A work product.</summary>
public sealed record ArtifactRow(TaskId TaskId, int Version, string By, DateTimeOffset At, ArtifactReference Artifact);

/// <summary>An edge of the dependency graph.</summary>
public sealed record DependencyRow(TaskId TaskId, TaskId On, DependencyKind Kind, bool Satisfied, TaskPhase Phase, string Title, bool Waived);

/// <summary>An edge of the dependency graph, seen from its other end.</summary>
/// <param name="TaskId">The task that depends.</param>
/// <param name="DependentPhase">Its status.</param>
/// <param name="On">What it depends on.</param>
/// <param name="Kind">How.</param>
/// <param name="Waived">Whether it need not be met.</param>
/// <param name="Satisfied">Whether the other was completed once.</param>
/// <param name="HasWork">Whether the other has handed in work.</param>
public sealed record DependentRow(
    TaskId TaskId, TaskPhase DependentPhase, TaskId On, DependencyKind Kind, bool Waived, bool Satisfied, bool HasWork);

/// <summary>One fact of a task's history.</summary>
/// <param name="Revision">Its number, from 1.</param>
/// <param name="Name">Its stored name, without the version.</param>
/// <param name="Event">The fact.</param>
/// <param name="Json">As it is stored.</param>
public sealed record HistoryRow(long Revision, string Name, ITaskEvent Event, string Json);

/// <summary>Which decisions to look for; null members match everything.</summary>
/// <param name="Task">Of this task.</param>
/// <param name="Session">Of the tasks of this session.</param>
/// <param name="Text">Contained in title, outcome or rationale.</param>
/// <param name="Category">Of this category.</param>
/// <param name="IncludeSuperseded">Also those that another one has taken the place of.</param>
public sealed record DecisionFilter(TaskId? Task, SessionId? Session, string? Text, string? Category, bool IncludeSuperseded);

/// <summary>One page. <paramref name="Cursor"/> asks for the next one.</summary>
public sealed record DecisionPage(IReadOnlyList<DecisionEntry> Decisions, long Total, string? Cursor);

/// <summary>A decision in the log.</summary>
public sealed record DecisionEntry(TaskId TaskId, string By, DateTimeOffset At, DecisionRecord Decision, DecisionId? SupersededBy);

/// <summary>A file that a task touched.</summary>
/// <param name="Path">Relative to the workspace.</param>
/// <param name="First">SHA-256 at the first look; null when there was no file.</param>
/// <param name="Before">SHA-256 at the look before the last.</param>
/// <param name="Sha256">SHA-256 at the last look.</param>
/// <param name="Size">In bytes, at the last look.</param>
/// <param name="Change">What became of it between the last two looks.</param>
/// <param name="By">Who looked last.</param>
/// <param name="At">When.</param>
public sealed record FileEntry(
    string Path, string? First, string? Before, string? Sha256, long Size, FileChange Change, string By, DateTimeOffset At);

