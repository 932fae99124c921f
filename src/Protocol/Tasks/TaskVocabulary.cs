namespace Orchestrator.Protocol.Tasks;

/// <summary>
/// Status of a task. Stored and shown by its snake_case name. Called a phase in code because <c>TaskStatus</c> is a type of .NET.
/// </summary>
public enum TaskPhase
{
    /// <summary>The task does not exist. Never stored.</summary>
    None,
    /// <summary>Planned; ready once its dependencies are completed and its subtasks are closed.</summary>
    Pending,
    /// <summary>Somebody works on it, as a rule under a claim.</summary>
    InProgress,
    /// <summary>Somebody said that it cannot go on; the reason is with the task.</summary>
    Blocked,
    /// <summary>Done. Satisfies the dependencies on it.</summary>
    Completed,
    /// <summary>Given up after failure.</summary>
    Failed,
    /// <summary>No longer wanted; its work is kept.</summary>
    Cancelled,
    /// <summary>Put away. Final.</summary>
    Archived,
}

/// <summary>What kind of work a task is. The names are the reference's.</summary>
public enum TaskKind
{
    /// <summary>Ordinary work.</summary>
    Standard,
    /// <summary>A task that exists to be split.</summary>
    Breakdown,
    /// <summary>A point to reach.</summary>
    Milestone,
    /// <summary>Looking at the work of others.</summary>
    Review,
    /// <summary>A decision by somebody.</summary>
    Approval,
    /// <summary>Finding out.</summary>
    Research,
    /// <summary>Building.</summary>
    Implementation,
    /// <summary>Proving.</summary>
    Testing,
    /// <summary>Writing for readers.</summary>
    Documentation,
    /// <summary>Bringing into service.</summary>
    Deployment,
    /// <summary>Anything else.</summary>
    Custom,
}

/// <summary>How hard a task is thought to be.</summary>
public enum TaskComplexity
{
    /// <summary>Minutes.</summary>
    Trivial,
    /// <summary>One sitting, no surprises.</summary>
    Simple,
    /// <summary>The default.</summary>
    Moderate,
    /// <summary>Several parts that influence each other.</summary>
    Complex,
    /// <summary>Should probably be split.</summary>
    VeryComplex,
}

/// <summary>What a dependency means.</summary>
public enum DependencyKind
{
    /// <summary>The other task must be completed before this one can be claimed or completed.</summary>
    Completion,
    /// <summary>Worth knowing, holds nothing up.</summary>
    Related,
    /// <summary>The other task must have handed in work, finished or not, before this one can be claimed.</summary>
    Data,
    /// <summary>The other task must be completed before this one can be completed; work on it may begin.</summary>
    Approval,
    /// <summary>The other task must be completed before this one can be claimed.</summary>
    Prerequisite,
    /// <summary>The other task must be over, however it ended, before this one can be claimed.</summary>
    Blocks,
}

/// <summary>What the worker who hands in work wants to happen to the task.</summary>
public enum NextAction
{
    /// <summary>More will follow: the claim is renewed and the task stays in progress.</summary>
    Continue,
    /// <summary>Somebody has to revise it: the claim ends and the task is pending again.</summary>
    NeedsRevision,
    /// <summary>It cannot go on: the claim ends and the task is blocked.</summary>
    Blocked,
    /// <summary>It is done.</summary>
    Complete,
}

/// <summary>What a work product is.</summary>
public enum ArtifactKind
{
    /// <summary>The default.</summary>
    General,
    /// <summary>Source code.</summary>
    Code,
    /// <summary>Text for readers.</summary>
    Documentation,
    /// <summary>Findings.</summary>
    Analysis,
    /// <summary>A design.</summary>
    Design,
    /// <summary>Tests or their results.</summary>
    Test,
    /// <summary>Configuration.</summary>
    Config,
}

/// <summary>One task that another one needs or refers to.</summary>
public sealed record Dependency(TaskId On, DependencyKind Kind = DependencyKind.Completion);

/// <summary>What a task is about, as planned. <see cref="TaskLimits"/> holds for every part.</summary>
/// <param name="Title">One line.</param>
/// <param name="Description">What is to be done and when it is done.</param>
/// <param name="Kind">The kind of work.</param>
/// <param name="Complexity">How hard it is thought to be.</param>
/// <param name="Specialist">Name of the role that should do it; any name of letters, digits, <c>_</c> and <c>-</c>.</param>
/// <param name="Priority">0 (most urgent) to 4; 2 unless told otherwise.</param>
/// <param name="Effort">Free text, such as "2 h".</param>
/// <param name="DueAt">When it should be done.</param>
/// <param name="Context">A JSON object of the planner's, kept as it is; null for none.</param>
/// <param name="Dependencies">Tasks that this one needs or refers to.</param>
public sealed record TaskDefinition(
    string Title,
    string Description,
    TaskKind Kind,
    TaskComplexity Complexity,
    string Specialist,
    int Priority,
    string? Effort,
    DateTimeOffset? DueAt,
    string? Context,
    IReadOnlyList<Dependency> Dependencies);

/// <summary>A subtask of a plan; its id is derived from the plan's command and its <c>ref</c>.</summary>
/// <param name="TaskId">The subtask.</param>
/// <param name="Definition">What it is about.</param>
/// <param name="Subtasks">What is planned below it; null for nothing.</param>
public sealed record PlannedTask(TaskId TaskId, TaskDefinition Definition, IReadOnlyList<PlannedTask>? Subtasks = null)
{
    /// <summary>The subtask itself and all below it, from the top.</summary>
    public IEnumerable<PlannedTask> All() => (Subtasks ?? []).SelectMany(s => s.All()).Prepend(this);
}

/// <summary>A work product as the task's history holds it. The bytes are in the data directory, under their hash.</summary>
/// <param name="ArtifactId">Its handle.</param>
/// <param name="Kind">What it is.</param>
/// <param name="Sha256">64 lower-case hex digits.</param>
/// <param name="Size">In bytes.</param>
/// <param name="MediaType">Such as <c>text/plain; charset=utf-8</c>.</param>
/// <param name="Summary">One paragraph by whoever made it.</param>
/// <param name="Files">Paths the work touched, relative to the workspace, with forward slashes.</param>
public sealed record ArtifactReference(
    ArtifactId ArtifactId,
    ArtifactKind Kind,
    string Sha256,
    long Size,
    string MediaType,
    string Summary,
    IReadOnlyList<string> Files);

/// <summary>Limits on what a task may hold. Lengths are in UTF-16 code units.</summary>
public static class TaskLimits
{
    /// <summary>Longest title.</summary>
    public const int Title = 255;
    /// <summary>Longest description.</summary>
    public const int Description = 50_000;
    /// <summary>Longest note or reason.</summary>
    public const int Note = 10_000;
    /// <summary>Most notes kept in a task's state; the history keeps all.</summary>
    public const int Notes = 100;
    /// <summary>Longest summary of a work product.</summary>
    public const int Summary = 10_000;
    /// <summary>Longest context, as JSON text.</summary>
    public const int Context = 64 * 1024;
    /// <summary>Longest specialist name or effort.</summary>
    public const int Name = 50;
    /// <summary>Most subtasks in one plan.</summary>
    public const int Subtasks = 200;
    /// <summary>Most dependencies of one task.</summary>
    public const int Dependencies = 100;
    /// <summary>Most attributes of one task.</summary>
    public const int Attributes = 100;
    /// <summary>Longest value of an attribute.</summary>
    public const int AttributeText = 4_000;
    /// <summary>Most quality gates of one task.</summary>
    public const int Gates = 20;
    /// <summary>Most decisions recorded with one task.</summary>
    public const int Decisions = 200;
    /// <summary>Longest part of a decision.</summary>
    public const int DecisionText = 10_000;
    /// <summary>Most files recorded with one task.</summary>
    public const int TrackedFiles = 1_000;
    /// <summary>Most tasks that one call cancels, archives, deletes or restores together, and tells of it.</summary>
    public const int Consequences = 500;
    /// <summary>Most paths named with a work product.</summary>
    public const int Files = 200;
    /// <summary>Largest work product, in bytes.</summary>
    public const long Artifact = 256L * 1024 * 1024;
    /// <summary>Shortest and longest lease.</summary>
    public static readonly (TimeSpan Min, TimeSpan Max) Lease = (TimeSpan.FromMinutes(1), TimeSpan.FromHours(24));
    /// <summary>A task whose lease was lost this many times is failed.</summary>
    public const int LostLeases = 3;
}
