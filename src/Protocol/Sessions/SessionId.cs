namespace Orchestrator.Protocol;

/// <summary>Identity of a session: <c>ses_</c> and 13 letters and digits.</summary>
public readonly record struct SessionId(string Value)
{
    /// <inheritdoc/>
    public override string ToString() => Value;
}
