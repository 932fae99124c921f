using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Tools;

/// <summary>Work within a planned restart, as the tools show it.</summary>
/// <param name="State">pending, ran, or failed.</param>
/// <param name="Work">What was asked for.</param>
/// <param name="BudgetSeconds">How long it may take in all.</param>
/// <param name="AskedBy">Who asked first.</param>
/// <param name="AskedAt">When.</param>
/// <param name="TimesCutOff">How often a process has ended in the middle.</param>
/// <param name="Cause">What is known of that.</param>
/// <param name="EndedAt">When it was run, or given up.</param>
/// <param name="Ms">How long it took.</param>
/// <param name="Results">What was done.</param>
internal sealed record WindowView(
    string State, IReadOnlyList<string> Work, int BudgetSeconds, string AskedBy, DateTimeOffset AskedAt, int? TimesCutOff, string? Cause,
    DateTimeOffset? EndedAt, double? Ms, IReadOnlyList<WindowResultView>? Results)
{
    public static WindowView? Of(Window? w) => w is null ? null : new WindowView(
        Vocabulary.WindowPhases[w.Phase], [.. w.Wish.Work.Select(x => Vocabulary.WindowWork[x])], w.Wish.BudgetSeconds, w.By, w.AskedAt,
        w.CutOff == 0 ? null : w.CutOff, w.Cause, w.EndedAt, w.Ms,
        w.Results.Count == 0 ? null : [.. w.Results.Select(r => new WindowResultView(
            Vocabulary.WindowWork[r.Work], Vocabulary.WindowOutcomes[r.Outcome], r.What, r.Ms, r.Items, r.BytesBefore, r.BytesAfter))]);
}

/// <summary>One piece of work, measured.</summary>
internal sealed record WindowResultView(string Work, string Outcome, string What, double Ms, long Items, long BytesBefore, long BytesAfter);
