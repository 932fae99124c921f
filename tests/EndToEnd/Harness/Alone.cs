namespace Orchestrator.EndToEnd.Harness;

/// <summary>Tests that would starve others, or be starved by them: they run one after the other when all the rest is done.</summary>
[CollectionDefinition(Name, DisableParallelization = true)]
[System.Diagnostics.CodeAnalysis.SuppressMessage("Maintainability", "CA1515", Justification = "xunit finds public ones only.")]
public sealed class Alone
{
    public const string Name = "alone";
}
