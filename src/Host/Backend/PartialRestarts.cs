using System.Collections.Concurrent;
using System.Diagnostics;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Backend;

/// <summary>All links were dropped once.</summary>
/// <param name="At">When.</param>
/// <param name="Links">Each of them.</param>
/// <param name="Ms">Until the last one was back, or was waited for long enough.</param>
internal sealed record LinksReport(DateTimeOffset At, IReadOnlyList<DroppedLink> Links, double Ms)
{
    /// <summary>How many came back.</summary>
    public int Reconnected => Links.Count(l => l.PauseMs is not null);
}

/// <summary>
/// Restarts of a part of the server, in the process that serves. A request whose link is dropped meanwhile is sent again, under the same key, and
/// meets what it has begun. What a process did not finish is done again by the next one, for the same request.
/// </summary>
internal sealed class PartialRestarts(Fronts fronts, TimeProvider clock)
{
    private const int Remembered = 100;

    private readonly Lock _lock = new();
    private Task _before = Task.CompletedTask;
    private readonly ConcurrentDictionary<CommandId, Lazy<Task<LinksReport>>> _links = new();
    private readonly ConcurrentDictionary<CommandId, Lazy<Task<RebuildReport>>> _rebuilds = new();

    /// <summary>How it went with the links the last time; null when nobody has asked this process.</summary>
    public LinksReport? LastLinks { get; private set; }

    /// <summary>Drops the links of all fronts and waits for their return.</summary>
    public Task<LinksReport> DropLinks(CommandId request, CancellationToken cancellation) => Once(_links, request, DropAll, cancellation);

    /// <summary>Rebuilds the read model.</summary>
    public Task<RebuildReport> Rebuild(CommandId request, Storage storage, CancellationToken cancellation) =>
        Once(_rebuilds, request, storage.Rebuilds.Run, cancellation);

    private static Task<T> Once<T>(
        ConcurrentDictionary<CommandId, Lazy<Task<T>>> known, CommandId request, Func<Task<T>> run, CancellationToken cancellation)
    {
        if (known.Count > Remembered)
        {
            known.Clear();
        }

        return known.GetOrAdd(request, _ => new Lazy<Task<T>>(() => Task.Run(run, CancellationToken.None))).Value.WaitAsync(cancellation);
    }

    // One after the other: a link that somebody else has dropped is not there to be dropped.
    private Task<LinksReport> DropAll()
    {
        lock (_lock)
        {
            var mine = DropAllAfter(_before);
            _before = mine;
            return mine;
        }
    }

    private async Task<LinksReport> DropAllAfter(Task before)
    {
        await Task.WhenAny(before).ConfigureAwait(ConfigureAwaitOptions.ForceYielding);
        var (at, start) = (clock.GetUtcNow(), Stopwatch.GetTimestamp());
        var links = await Task.WhenAll(fronts.All.Select(front => ReconnectTests.Drop(fronts, front, "connections")));
        return LastLinks = new LinksReport(at, links, Stopwatch.GetElapsedTime(start).TotalMilliseconds);
    }
}
