using Orchestrator.Protocol;
using Orchestrator.Protocol.Tasks;
using static Orchestrator.Protocol.Tasks.TaskPhase;

namespace Orchestrator.Actors.Tasks;

/// <summary>The rules of what is attached to a task: attributes, quality gates, waivers, decisions, files.</summary>
public sealed partial record TaskState
{
    private Decision Decide(TaskCommands.RecordDecision c, DateTimeOffset now) =>
        IsFinal() ?? (Decisions >= TaskLimits.Decisions
            ? Decision.Refuse(
                RefusalCode.ValidationFailed, $"{Id} has {Decisions} decisions; more are not kept with one task.", "Plan a task of its own for further ones.")
            : Decision.Accept(new TaskEvents.DecisionRecorded(Id, c.CommandId, c.By, now, c.Decision)));

    private Decision Decide(TaskCommands.RecordFiles c, DateTimeOffset now)
    {
        var more = c.Files.Count(f => !Files.ContainsKey(f.Path));
        return IsFinal() ?? (Files.Count + more > TaskLimits.TrackedFiles
            ? Decision.Refuse(
                RefusalCode.ValidationFailed, $"{Id} would have {Files.Count + more} files; at most {TaskLimits.TrackedFiles} are kept with one task.",
                "Record the files of each part of the work with a task of its own.")
            : Decision.Accept(new TaskEvents.FilesRecorded(Id, c.CommandId, c.By, now, [.. c.Files.Select(Compare)])));
    }

    private FileOperation Compare(FileObservation now)
    {
        var known = Files.GetValueOrDefault(now.Path);
        var change = (known, now.Sha256) switch
        {
            (null, _) => FileChange.Observed,
            ({ Sha256: null }, null) => FileChange.Unchanged,
            ({ Sha256: null }, _) => FileChange.Created,
            (_, null) => FileChange.Deleted,
            ({ Sha256: var before }, var after) => before == after ? FileChange.Unchanged : FileChange.Modified,
        };
        return new FileOperation(now.Path, change, known?.Sha256, now.Sha256, now.Size);
    }

    private Decision? IsFinal() => Phase == Archived
        ? Decision.Refuse(RefusalCode.InvalidTaskState, $"{Id} is archived and no longer changes.", "Bring it back with orchestrator_restore_task first.")
        : null;

    private Decision? NotAllowed(TaskChanges changes)
    {
        if (changes.Waivers?.FirstOrDefault(w => Definition!.Dependencies.All(d => d.On != w.On)) is { } strange)
        {
            return Decision.Refuse(
                RefusalCode.DependencyConflict, $"{Id} does not depend on {strange.On}, so there is nothing to waive.",
                "See its dependencies with orchestrator_query_tasks (detail full).");
        }

        var names = Attributes.Keys.Concat(changes.Attributes?.Where(a => a.Attribute is not null).Select(a => a.Name) ?? []).Distinct().Count();
        return names > TaskLimits.Attributes && changes.Attributes is not null
            ? Decision.Refuse(
                RefusalCode.ValidationFailed, $"{Id} would have {names} attributes; at most {TaskLimits.Attributes} are allowed.",
                "Remove some (null as value), or put them into one of type json.")
            : null;
    }

    /// <summary>What the quality gates before a status ask for and do not find.</summary>
    private Decision? Unmet(TaskPhase to, ArtifactReference? handedIn)
    {
        var missing = Gates.Where(g => g.Before == to && !IsMet(g, handedIn)).Select(Describe).ToList();
        return missing.Count == 0
            ? null
            : Decision.Refuse(
                RefusalCode.QualityGateUnmet, $"{Id} cannot become {to.Name()}: its quality gates ask for {Some(missing)}.",
                "Provide it first: an artifact with orchestrator_complete_task (continue), an attribute or a note with orchestrator_update_task, a decision "
                + "with orchestrator_record_decision, files with orchestrator_track_files.");
    }

    private bool IsMet(QualityGate gate, ArtifactReference? handedIn) => gate.Requires switch
    {
        GateRequirement.Artifact => Artifacts.Select(a => a.Artifact).Concat(handedIn is null ? [] : [handedIn])
            .Any(a => gate.Name is null || string.Equals(a.Kind.ToString(), gate.Name, StringComparison.OrdinalIgnoreCase)),
        GateRequirement.Attribute => Attributes.ContainsKey(gate.Name!),
        GateRequirement.Decision => Decisions > 0,
        GateRequirement.Files => Files.Count > 0,
        GateRequirement.Note => Notes.Count > 0,
        _ => throw new ArgumentOutOfRangeException(nameof(gate), gate.Requires, "Unknown requirement."),
    };

    private static string Describe(QualityGate gate) => gate.Requires switch
    {
        GateRequirement.Artifact => gate.Name is null ? "an artifact" : $"an artifact of type {gate.Name}",
        GateRequirement.Attribute => $"the attribute '{gate.Name}'",
        GateRequirement.Decision => "a recorded decision",
        GateRequirement.Files => "recorded files",
        _ => "a note",
    };
}
