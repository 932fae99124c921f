using Orchestrator.Protocol;
using Orchestrator.Protocol.Locations;
using Orchestrator.Schema.Applying;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Who uses the database: a backend from the moment it looks at the schema until it has closed the store, or a command that changes it by hand. A
/// backend that refuses to serve holds <see cref="BackendLock"/> but not this, so that its database can be put right under it.
/// </summary>
internal sealed class DatabaseLock : IDisposable
{
    private static readonly TimeSpan LookEvery = TimeSpan.FromMilliseconds(50);
    private readonly FileStream _file;

    private DatabaseLock(FileStream file) => _file = file;

    /// <summary>Where it is.</summary>
    public static string PathIn(DataDirectory location) => System.IO.Path.Join(location.Path, "database.lock");

    /// <summary>Takes it, or returns null when another process has it.</summary>
    public static DatabaseLock? TryTake(DataDirectory location)
    {
        var path = PathIn(location);
        try
        {
            return new DatabaseLock(new FileStream(path, FileMode.OpenOrCreate, FileAccess.ReadWrite, FileShare.None, bufferSize: 0));
        }
        catch (IOException) when (File.Exists(path))
        {
            return null;
        }
    }

    /// <summary>Waits for it, and says so.</summary>
    /// <exception cref="UpgradeWaitException">Another process kept it for too long.</exception>
    public static async Task<DatabaseLock> Take(DataDirectory location, TimeSpan patience, TimeProvider clock, Action<UpgradeProgress> progress)
    {
        var since = clock.GetTimestamp();
        while (true)
        {
            if (TryTake(location) is { } taken)
            {
                return taken;
            }

            if (clock.GetElapsedTime(since) >= patience)
            {
                throw new UpgradeWaitException(new Refusal(
                    RefusalCode.DatabaseUnavailable,
                    $"Another process has been working on the database in {location.Path} for {patience.TotalSeconds:0} s.",
                    "Wait until it is done, or end it; then repeat the call."));
            }

            progress(new UpgradeProgress("waiting", 0, 0, "waiting for another process that works on the database"));
            await Task.Delay(LookEvery, clock);
        }
    }

    public void Dispose() => _file.Dispose();
}

/// <summary>The database is in somebody else's hands.</summary>
internal sealed class UpgradeWaitException(Refusal refusal) : Exception(refusal.Message)
{
    public Refusal Refusal { get; } = refusal;
}
