using System.Collections.Concurrent;
using System.Diagnostics;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Host.Backend;

/// <summary>What a test of a link has shown.</summary>
/// <param name="Front">Whose.</param>
/// <param name="PauseMs">From the end of the old connection to the new one's hello.</param>
/// <param name="CallsSentAgain">Calls that were in flight on the old one.</param>
internal sealed record ReconnectResult(string Front, double PauseMs, int CallsSentAgain);

/// <summary>A link that was dropped on purpose.</summary>
/// <param name="Front">Whose.</param>
/// <param name="Client">What the client calls itself.</param>
/// <param name="PauseMs">From the end of the old connection to the new one's hello; null when it did not come back in time.</param>
/// <param name="CallsSentAgain">Calls that were in flight on the old one.</param>
internal sealed record DroppedLink(string Front, string? Client, double? PauseMs, int CallsSentAgain);

/// <summary>
/// Drops the link of a front on purpose and waits for its return. The call that asks may come by that very link: it is then sent again, under the
/// same key, and meets the test that it has begun.
/// </summary>
internal sealed class ReconnectTests(Fronts fronts)
{
    private const int Remembered = 100;
    private static readonly TimeSpan BackWithin = TimeSpan.FromSeconds(10);

    private readonly ConcurrentDictionary<CommandId, Task<ReconnectResult>> _tests = new();

    /// <summary>The result of the test that a request has begun, or begins now.</summary>
    /// <exception cref="RefusedException">There is no such front, or it did not come back.</exception>
    public async Task<ReconnectResult> Run(CommandId request, string? name, CancellationToken cancellation)
    {
        if (_tests.Count > Remembered)
        {
            _tests.Clear();
        }

        return await _tests.GetOrAdd(request, _ => Task.Run(() => Test(name ?? request.Client), CancellationToken.None)).WaitAsync(cancellation);
    }

    private async Task<ReconnectResult> Test(string name)
    {
        if (fronts.All.Where(f => f.Id.StartsWith(name, StringComparison.Ordinal)).ToList() is not [var front])
        {
            throw new RefusedException(new Refusal(
                RefusalCode.ClientNotFound, $"No client, or more than one, has a session that begins with '{name}'.",
                "orchestrator_health_check lists those that are connected."));
        }

        return await Drop(fronts, front, "reconnect_test") is { PauseMs: { } pause } back
            ? new ReconnectResult(back.Front, pause, back.CallsSentAgain)
            : throw new RefusedException(new Refusal(
                RefusalCode.ClientNotFound, $"The client {front.Id[..12]} did not come back within {BackWithin.TotalSeconds:0} s.",
                "Look at its process; its front tells on stderr what keeps it."));
    }

    /// <summary>Drops one link and waits for the front.</summary>
    internal static async Task<DroppedLink> Drop(Fronts fronts, ConnectedFront front, string reason)
    {
        await Fronts.Tell(front, FrameKind.Hold, new HoldNotice(reason, BuildInfo.Build, 50).ToUtf8());
        var inFlight = fronts.Calls.InFlightOf(front.Transport);
        front.Transport.Cut();
        var start = Stopwatch.GetTimestamp();
        await front.Ending.CancelAsync();
        var isBack = await fronts.Until(() => fronts.Find(front.Id) is { } now && now != front, BackWithin, CancellationToken.None);
        return new DroppedLink(
            front.Id, front.Server.ClientInfo?.Name,
            isBack ? Stopwatch.GetElapsedTime(start, fronts.Find(front.Id)?.Since ?? Stopwatch.GetTimestamp()).TotalMilliseconds : null, inFlight);
    }
}
