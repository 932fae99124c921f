namespace Orchestrator.Actors;

/// <summary>Published on the event stream: another process has taken over the database, and this one must end.</summary>
public sealed record Superseded;
