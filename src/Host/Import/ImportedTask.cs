using System.Text.Json.Nodes;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Import;

/// <summary>A task of another tracker, in our words.</summary>
/// <param name="Id">Its id there, unique within the source.</param>
/// <param name="Title">One line.</param>
internal sealed record ImportedTask(string Id, string Title)
{
    /// <summary>What is to be done; empty when nothing was said.</summary>
    public string Description { get; init; } = "";
    /// <summary>Id of its parent there.</summary>
    public string? Parent { get; init; }
    /// <summary>What it needs or refers to, by ids there.</summary>
    public IReadOnlyList<(string On, DependencyKind Kind)> Dependencies { get; init; } = [];
    /// <summary>Status.</summary>
    public TaskPhase Phase { get; init; } = TaskPhase.Pending;
    /// <summary>Why it has that status.</summary>
    public string? Reason { get; init; }
    /// <summary>0 (most urgent) to 4.</summary>
    public int Priority { get; init; } = 2;
    /// <summary>Kind of work.</summary>
    public TaskKind Kind { get; init; }
    /// <summary>Complexity.</summary>
    public TaskComplexity Complexity { get; init; } = TaskComplexity.Moderate;
    /// <summary>Role.</summary>
    public string? Specialist { get; init; }
    /// <summary>Effort.</summary>
    public string? Effort { get; init; }
    /// <summary>When it is due, as written there.</summary>
    public string? Due { get; init; }
    /// <summary>Progress that was reported.</summary>
    public int Progress { get; init; }
    /// <summary>The planner's own object.</summary>
    public JsonObject? Context { get; init; }
    /// <summary>What else the source says; kept in the context under <c>imported</c>.</summary>
    public JsonObject Origin { get; init; } = [];
    /// <summary>Notes, oldest first.</summary>
    public IReadOnlyList<string> Notes { get; init; } = [];
    /// <summary>Work products, oldest first.</summary>
    public IReadOnlyList<ImportedArtifact> Artifacts { get; init; } = [];
}

/// <summary>A work product.</summary>
internal sealed record ImportedArtifact(string Summary, string Text, ArtifactKind Kind = ArtifactKind.General)
{
    /// <summary>Paths it touched.</summary>
    public IReadOnlyList<string> Files { get; init; } = [];
}

/// <summary>What a source holds.</summary>
/// <param name="Kind">Its kind, as <c>--from</c> names it.</param>
/// <param name="Identity">What makes an id of it unique: the same source has the same identity again.</param>
/// <param name="Tasks">What could be read.</param>
/// <param name="Problems">What could not, with its place.</param>
internal sealed record ImportSource(string Kind, string Identity, IReadOnlyList<ImportedTask> Tasks, IReadOnlyList<string> Problems);
