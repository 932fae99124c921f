using Orchestrator.Host.Clients;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Diagnosis;

/// <summary>What the checks look at: gathered once, so that they agree with each other.</summary>
internal sealed record Patient(DataDirectory Location, BackendLook Backend, TimeProvider Clock)
{
    /// <summary>The user's environment.</summary>
    public Func<string, string?> Environment { get; init; } = System.Environment.GetEnvironmentVariable;

    /// <summary>Bytes that are free where the data directory is; null when that cannot be said.</summary>
    public long? FreeBytes { get; init; }

    /// <summary>Kind of file system that the data directory is on, such as <c>ext4</c>.</summary>
    public string? FileSystem { get; init; }

    /// <summary>How many files a process may open.</summary>
    public long? OpenFileLimit { get; init; }

    /// <summary>Processes that have the database open.</summary>
    public IReadOnlyList<int> DatabaseHolders { get; init; } = [];

    /// <summary>The folder of this program.</summary>
    public string ProgramFolder { get; init; } = AppContext.BaseDirectory;

    /// <summary>The clients of this user.</summary>
    public ClientMachine Clients { get; init; } = ClientMachine.This;

    /// <summary>The database; null when there is none.</summary>
    public StoreLook? Store { get; init; }

    /// <summary>Why the database cannot be read.</summary>
    public string? StoreTrouble { get; init; }

    /// <summary>The database file.</summary>
    public string Database => StoreLook.FileOf(Location);

    /// <summary>Now.</summary>
    public DateTimeOffset Now => Clock.GetUtcNow();

    /// <summary>Gathers everything about a data directory on this machine.</summary>
    public static async Task<Patient> At(DataDirectory location, TimeProvider clock, CancellationToken cancellation)
    {
        var patient = new Patient(location, await BackendLook.At(location, cancellation), clock)
        {
            DatabaseHolders = OpenFiles.HoldersOf(StoreLook.FileOf(location)),
            OpenFileLimit = OpenFiles.Limit(),
        };
        patient = Drive(location.Path) is { } drive ? patient with { FreeBytes = drive.AvailableFreeSpace, FileSystem = drive.DriveFormat } : patient;
        try
        {
            return patient with { Store = StoreLook.At(location) };
        }
        catch (StoreUnreadableException e)
        {
            return patient with { StoreTrouble = e.Message };
        }
    }

    private static DriveInfo? Drive(string path)
    {
        try
        {
            return DriveInfo.GetDrives().Where(d => d.IsReady && Contains(d.Name, path)).MaxBy(d => d.Name.Length);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    private static bool Contains(string mount, string path) =>
        mount == "/" || path == mount || path.StartsWith(mount.EndsWith('/') ? mount : $"{mount}/", StringComparison.Ordinal);
}
