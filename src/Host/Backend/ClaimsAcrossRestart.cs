using System.Globalization;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Restarts;
using Orchestrator.Protocol.Tasks;

namespace Orchestrator.Host.Backend;

/// <summary>What a restart does to the claims: they go on, and the time of the outage costs none its lease; or they are released.</summary>
internal static class ClaimsAcrossRestart
{
    private const string By = "restart";

    // The watch over leases wakes with the new process: a lease that ended during the outage would be taken back at once.
    private static readonly TimeSpan LongestOutage = TimeSpan.FromMinutes(1);

    private static readonly TimeSpan Noticeable = TimeSpan.FromSeconds(1);

    /// <summary>Before the store is closed. Returns how many were open, and those that go on.</summary>
    public static async Task<(int Active, IReadOnlyList<SuspendedClaim> Claims)> Suspend(Restart restart, Storage storage, DateTimeOffset now)
    {
        var open = storage.Index.OpenClaims();
        var key = Key(restart, "suspend");
        if (!restart.Wish.PreserveState)
        {
            var reason = $"Released by a restart that kept no claims ({restart.Wish.Reason}).";
            await Task.WhenAll(open.Select(claim => storage.Tasks.Send(
                new TaskCommands.Update(
                    claim.TaskId, key.Derive(claim.TaskId.Value), By, claim.Token, null, new TaskChanges { Phase = TaskPhase.Pending, Note = reason }),
                CancellationToken.None)));
            return (open.Count, []);
        }

        var safe = now + LongestOutage;
        await Task.WhenAll(open.Where(claim => claim.Deadline < safe).Select(claim => storage.Tasks.Send(
            new TaskCommands.ExtendClaim(claim.TaskId, key.Derive(claim.TaskId.Value), By, claim.Token, safe), CancellationToken.None)));
        return (open.Count, [.. open.Select(claim => new SuspendedClaim(claim.TaskId, claim.Token, claim.Deadline < safe ? safe : claim.Deadline))]);
    }

    /// <summary>
    /// In the new process: each lease is longer by an outage that somebody could notice. A shorter one is not worth a new version of every claimed
    /// task. Returns how many claims are still held.
    /// </summary>
    public static async Task<int> Resume(Restart restart, Storage storage, CancellationToken cancellation)
    {
        var outage = TimeSpan.FromMilliseconds(restart.DowntimeMs ?? 0);
        if (outage < Noticeable)
        {
            var open = storage.Index.OpenClaims().Select(claim => claim.Token).ToHashSet();
            return restart.Suspended.Count(claim => open.Contains(claim.Token));
        }

        var key = Key(restart, "resume");
        var held = 0;
        foreach (var some in restart.Suspended.Chunk(50))
        {
            var replies = await Task.WhenAll(some.Select(claim => storage.Tasks.Send(
                new TaskCommands.ExtendClaim(claim.TaskId, key.Derive(claim.TaskId.Value), By, claim.Token, claim.Deadline + outage), cancellation)));
            held += replies.Count(reply => reply is TaskReplies.Accepted);
        }

        return held;
    }

    // Not the asker's own key: a task counts the requests of a front to know what it has forgotten.
    private static CommandId Key(Restart restart, string what) =>
        new(string.Create(CultureInfo.InvariantCulture, $"{what}.{restart.Id.Client}.{restart.Id.Sequence}"), 1);
}
