namespace Orchestrator.Protocol.Wire;

/// <summary>The other side sent what the protocol does not allow. The connection is of no further use.</summary>
public sealed class WireException : Exception
{
    /// <summary>Says what was wrong.</summary>
    public WireException(string message) : base(message)
    {
    }

    /// <summary>Says what was wrong, and what showed it.</summary>
    public WireException(string message, Exception innerException) : base(message, innerException)
    {
    }
}
