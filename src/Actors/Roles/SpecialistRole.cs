namespace Orchestrator.Actors.Roles;

/// <summary>How a specialist works: what <c>execute_task</c> hands out with the task.</summary>
/// <param name="Name">Its name.</param>
/// <param name="Persona">One line: who it is.</param>
/// <param name="Expertise">What it knows about.</param>
/// <param name="Approach">How it goes about its work.</param>
/// <param name="Deliverable">What its work product holds.</param>
public sealed record SpecialistRole(
    string Name, string Persona, IReadOnlyList<string> Expertise, IReadOnlyList<string> Approach, string Deliverable)
{
    /// <summary>The files that had a say in it, the last one last; null for a built-in role as it is.</summary>
    public IReadOnlyList<string>? From { get; init; }
}
