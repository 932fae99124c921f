using System.Diagnostics;
using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>One change that the backend has acknowledged.</summary>
/// <param name="Kind">What.</param>
/// <param name="Task">The task.</param>
/// <param name="Text">Title, note, or claim: unique by itself.</param>
/// <param name="Version">The task's version after it.</param>
/// <param name="Took">How long the client waited.</param>
/// <param name="At">When it was told, as a timestamp of <see cref="Stopwatch"/>.</param>
internal sealed record Acknowledged(Change Kind, string Task, string Text, long Version, TimeSpan Took, long At);

internal enum Change
{
    Planned,
    Noted,
    Claimed,
    Completed,
}

/// <summary>What all clients were told.</summary>
internal sealed class AcknowledgedLog(IEnumerable<IEnumerable<Acknowledged>> logs)
{
    public IReadOnlyList<Acknowledged> All { get; } = [.. logs.SelectMany(l => l)];

    public int Count => All.Count;

    public string Waits => Pauses.Show(All.Select(a => a.Took)) + ", longest ten: "
        + string.Join(' ', All.Select(a => (long)a.Took.TotalMilliseconds).OrderDescending().Take(10));

    /// <summary>The longest wait of a call that was under way in a span of time, in timestamps of <see cref="Stopwatch"/>.</summary>
    public TimeSpan LongestWithin((long From, long To) window) => All
        .Where(a => a.At >= window.From && a.At - (long)(a.Took.TotalSeconds * Stopwatch.Frequency) <= window.To)
        .Select(a => a.Took).DefaultIfEmpty().Max();

    public IEnumerable<Acknowledged> Of(Change kind) => All.Where(a => a.Kind == kind);

    public override string ToString() =>
        string.Join(", ", All.CountBy(a => a.Kind).OrderBy(c => c.Key).Select(c => $"{c.Value} {c.Key.ToString().ToLowerInvariant()}"));
}
