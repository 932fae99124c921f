using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools;

/// <summary>How the database stands while it cannot be asked.</summary>
/// <param name="State">migrating or safe_mode.</param>
/// <param name="Doing">What is done at the moment.</param>
/// <param name="Step">Which step, from 1.</param>
/// <param name="Steps">Of how many.</param>
/// <param name="Percent">How much of the step is done.</param>
/// <param name="Code">In safe mode: the stable code.</param>
/// <param name="Reason">Why.</param>
/// <param name="NextStep">What to do.</param>
internal sealed record DatabaseView(
    string State, string? Doing, int? Step, int? Steps, int? Percent, string? Code, string? Reason, string? NextStep)
{
    /// <summary>The gate as a tool shows it.</summary>
    public static DatabaseView Of(GateState gate) => gate.Refusal is { } refusal
        ? new DatabaseView("safe_mode", null, null, null, null, refusal.Code, refusal.Message, refusal.NextStep)
        : new DatabaseView(
            "migrating", gate.Progress?.What, Positive(gate.Progress?.Step), Positive(gate.Progress?.Of), gate.Progress?.Percent, null, null, null);

    /// <summary>The same for people.</summary>
    public static string Line(GateState gate) => gate.Refusal is { } refusal
        ? $"Safe mode, nothing but the status is served: {refusal.Code}: {refusal.Message} {refusal.NextStep}"
        : $"{char.ToUpperInvariant(gate.What[0])}{gate.What[1..]}. Other calls wait until it is done.";

    private static int? Positive(int? number) => number > 0 ? number : null;
}

/// <summary>The status while there is no database to count in.</summary>
internal sealed record ClosedStatusView(DatabaseView Database);
