namespace Orchestrator.Protocol.Locations;

/// <summary>A directory that was named, or that is needed, cannot be used.</summary>
public sealed class LocationException(string message, string nextStep) : Exception($"{message} {nextStep}")
{
    /// <summary>What to do about it.</summary>
    public string NextStep { get; } = nextStep;
}
