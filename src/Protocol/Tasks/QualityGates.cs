namespace Orchestrator.Protocol.Tasks;

/// <summary>What a quality gate asks for.</summary>
public enum GateRequirement
{
    /// <summary>A work product; with a name, one of that kind.</summary>
    Artifact,
    /// <summary>The attribute of that name.</summary>
    Attribute,
    /// <summary>A recorded decision.</summary>
    Decision,
    /// <summary>Recorded files.</summary>
    Files,
    /// <summary>A note.</summary>
    Note,
}

/// <summary>What must exist before a task may take a status.</summary>
/// <param name="Before">The status that it guards: in_progress or completed.</param>
/// <param name="Requires">What must exist.</param>
/// <param name="Name">Which one, where there are several.</param>
public sealed record QualityGate(TaskPhase Before, GateRequirement Requires, string? Name);
