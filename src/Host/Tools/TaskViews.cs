using System.Text.Json;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Tools;

/// <summary>A task as the tools show it. Members that say nothing new are null and left out.</summary>
internal sealed record TaskView
{
    public required string TaskId { get; init; }
    public required string Title { get; init; }
    public required string Status { get; init; }
    public required long Version { get; init; }
    public string? Reason { get; init; }
    public string? SpecialistType { get; init; }
    public int? Priority { get; init; }
    public bool? Ready { get; init; }
    public int? WaitingFor { get; init; }
    public string? ParentTaskId { get; init; }
    public int? Subtasks { get; init; }
    public int? OpenSubtasks { get; init; }
    public int? Progress { get; init; }
    public DateTimeOffset? DueDate { get; init; }
    public string? ClaimedBy { get; init; }
    public DateTimeOffset? ClaimedUntil { get; init; }

    // detail full
    public string? Description { get; init; }
    public string? TaskType { get; init; }
    public string? Complexity { get; init; }
    public string? Effort { get; init; }
    public JsonElement? Context { get; init; }
    public string? SessionId { get; init; }
    public IReadOnlyList<DependencyView>? Dependencies { get; init; }
    public IReadOnlyList<NoteView>? Notes { get; init; }
    public IReadOnlyList<ArtifactView>? Artifacts { get; init; }
    public string? CreatedBy { get; init; }
    public DateTimeOffset? CreatedAt { get; init; }
    public DateTimeOffset? UpdatedAt { get; init; }
    public int? LostLeases { get; init; }
    public IReadOnlyList<AttributeView>? Attributes { get; init; }
    public IReadOnlyList<GateView>? QualityGates { get; init; }
    public int? Decisions { get; init; }
    public int? TrackedFiles { get; init; }
    public DateTimeOffset? KeepUntil { get; init; }
}

internal sealed record AttributeView(string Name, string Type, string Value);

internal sealed record GateView(string Before, string Requires, string? Name);

/// <summary>Waived: who said that it need not be met, and why.</summary>
internal sealed record DependencyView(string TaskId, string Type, string? Title, string? Status, string? WaivedBy, string? WaivedBecause);

internal sealed record NoteView(string By, DateTimeOffset At, string Text);

internal sealed record ArtifactView(
    string ArtifactId, string? TaskId, string Type, int Version, long Size, string Summary, IReadOnlyList<string>? Files, string By, DateTimeOffset At);

internal sealed record ClaimView(string TaskId, string Title, string Worker, DateTimeOffset LeaseUntil, string? Claim);

internal sealed record ProgressView(string TaskId, string Title, string Status, int Subtasks, int Completed, int Open, int Percent);

/// <summary>From rows and details to views.</summary>
internal static class TaskViews
{
    public static TaskView Of(TaskRow t) => new()
    {
        TaskId = t.TaskId.Value,
        Title = t.Title,
        Status = Vocabulary.Phases[t.Phase],
        Version = t.Revision,
        Reason = t.Reason,
        SpecialistType = t.Specialist,
        Priority = t.Priority,
        Ready = t.Ready ? true : null,
        WaitingFor = t.WaitingFor == 0 ? null : t.WaitingFor,
        ParentTaskId = t.Parent?.Value,
        Subtasks = t.Subtasks == 0 ? null : t.Subtasks,
        OpenSubtasks = t.Subtasks == 0 ? null : t.OpenSubtasks,
        Progress = t.Progress is 0 ? null : t.Progress,
        DueDate = t.DueAt,
        ClaimedBy = t.ClaimedBy,
        ClaimedUntil = t.ClaimedUntil,
    };

    public static TaskView Of(TaskRow row, TaskDetails t, IReadOnlyList<DependencyRow> dependencies) => Of(row) with
    {
        Version = t.Revision,
        Status = Vocabulary.Phases[t.Phase],
        Reason = t.Reason,
        Description = t.Definition.Description,
        TaskType = Vocabulary.Kinds[t.Definition.Kind],
        Complexity = Vocabulary.Complexities[t.Definition.Complexity],
        Effort = t.Definition.Effort,
        Context = Parse(t.Definition.Context),
        SessionId = t.Session?.Value,
        Dependencies = NullIfEmpty(dependencies.Select(d => Of(d, t.Waivers.FirstOrDefault(w => w.On == d.On)))),
        Notes = NullIfEmpty(t.Notes.Select(n => new NoteView(n.By, n.At, n.Text))),
        Artifacts = NullIfEmpty(t.Artifacts.Select(a => Of(a, null))),
        CreatedBy = t.CreatedBy,
        CreatedAt = t.CreatedAt,
        UpdatedAt = t.UpdatedAt,
        LostLeases = t.LostLeases == 0 ? null : t.LostLeases,
        Attributes = NullIfEmpty(t.Attributes.OrderBy(a => a.Key, StringComparer.Ordinal)
            .Select(a => new AttributeView(a.Key, Vocabulary.AttributeKinds[a.Value.Kind], a.Value.Value))),
        QualityGates = NullIfEmpty(t.Gates.Select(g => new GateView(Vocabulary.Phases[g.Before], Vocabulary.GateRequirements[g.Requires], g.Name))),
        Decisions = t.Decisions == 0 ? null : t.Decisions,
        TrackedFiles = t.Files.Count == 0 ? null : t.Files.Count,
        KeepUntil = t.KeepUntil,
    };

    public static ArtifactView Of(TaskArtifact a, string? task) => new(
        a.Artifact.ArtifactId.Value, task, Vocabulary.ArtifactKinds[a.Artifact.Kind], a.Version, a.Artifact.Size, a.Artifact.Summary,
        NullIfEmpty(a.Artifact.Files), a.By, a.At);

    public static ArtifactView Of(ArtifactRow a) => Of(new TaskArtifact(a.Version, a.By, a.At, a.Artifact), a.TaskId.Value);

    public static ProgressView ProgressOf(TaskRow t) => new(
        t.TaskId.Value, t.Title, Vocabulary.Phases[t.Phase], t.Subtasks, t.CompletedSubtasks, t.OpenSubtasks, t.Progress);

    public static JsonElement? Parse(string? json)
    {
        if (json is null)
        {
            return null;
        }

        using var document = JsonDocument.Parse(json);
        return document.RootElement.Clone();
    }

    public static IReadOnlyList<T>? NullIfEmpty<T>(IEnumerable<T> items) => items.ToList() is { Count: > 0 } list ? list : null;

    private static DependencyView Of(DependencyRow d, GrantedWaiver? waiver) => new(
        d.On.Value, Vocabulary.DependencyKinds[d.Kind], d.Title, Vocabulary.Phases[d.Phase], waiver?.By, waiver?.Why);
}
