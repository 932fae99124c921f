namespace Orchestrator.Protocol.Tasks;

/// <summary>What was decided in the course of a task, and why.</summary>
/// <param name="DecisionId">Its handle.</param>
/// <param name="Title">One line.</param>
/// <param name="Outcome">What was decided.</param>
/// <param name="Rationale">Why.</param>
/// <param name="Alternatives">What was not chosen.</param>
/// <param name="Category">A word to find it by, such as architecture.</param>
/// <param name="Supersedes">The decision that it takes the place of.</param>
public sealed record DecisionRecord(
    DecisionId DecisionId, string Title, string Outcome, string? Rationale, IReadOnlyList<string> Alternatives, string? Category, DecisionId? Supersedes);
