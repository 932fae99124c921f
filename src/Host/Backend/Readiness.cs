namespace Orchestrator.Host.Backend;

/// <summary>Whether a restart could begin, and what it would meet. The same answer for everybody who asks.</summary>
/// <param name="Blockers">What stands in the way; empty when nothing does.</param>
/// <param name="ActiveClaims">Claims that would be suspended.</param>
/// <param name="CallsInFlight">Calls that would be awaited.</param>
/// <param name="Clients">Fronts that would be expected back.</param>
internal sealed record Readiness(IReadOnlyList<string> Blockers, int ActiveClaims, int CallsInFlight, int Clients)
{
    // A backup, a migration and a log must find room.
    private const long LeastFree = 64L * 1024 * 1024;

    /// <summary>Looks. A storage that is not there is what stands in the way.</summary>
    public static Readiness Of(RestartDriver restarts, Storage? storage)
    {
        var blockers = new List<string>();
        if (storage is null)
        {
            blockers.Add("The database is not open.");
        }

        var free = new DriveInfo(restarts.Options.Location.Path).AvailableFreeSpace;
        if (free < LeastFree)
        {
            blockers.Add($"Only {free >> 20} MiB are free in {restarts.Options.Location.Path}.");
        }

        return new Readiness(blockers, storage?.Index.OpenClaims().Count ?? 0, restarts.Fronts.Calls.InFlight, restarts.Fronts.All.Count);
    }
}
