namespace Orchestrator.Protocol;

/// <summary>Identity of a task: <c>task_</c> and 13 letters and digits.</summary>
public readonly record struct TaskId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Identity of a stored work product: <c>art_</c> and 13 letters and digits.</summary>
public readonly record struct ArtifactId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Identity of a recorded decision: <c>dec_</c> and 13 letters and digits.</summary>
public readonly record struct DecisionId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}

/// <summary>Handle of a claim, and its fencing token: only the latest one that was granted counts.</summary>
public readonly record struct ClaimToken(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
