using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Diagnosis;

/// <summary>
/// Which data directories this user has. A socket's name is a hash and says nothing, so each backend leaves the path beside its socket; the note is
/// for people who look, and nobody decides by it.
/// </summary>
internal static class KnownStores
{
    private const string Extension = ".dir";

    /// <summary>Leaves the note. A backend that cannot is none the worse.</summary>
    public static void Remember(DataDirectory location)
    {
        try
        {
            File.WriteAllText(Path.ChangeExtension(location.SocketPath, Extension), location.Path);
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // It is missing from a list.
        }
    }

    /// <summary>All of them that still exist, by path.</summary>
    public static IReadOnlyList<DataDirectory> All(string runDirectory)
    {
        if (!Directory.Exists(runDirectory))
        {
            return [];
        }

        return
        [
            .. Directory.EnumerateFiles(runDirectory, "*" + Extension).Select(Read).Where(p => p is not null && Directory.Exists(p))
                .Select(p => DataDirectory.Resolve(p, null)).OrderBy(d => d.Path, StringComparer.Ordinal),
        ];
    }

    private static string? Read(string note)
    {
        try
        {
            return File.ReadAllText(note) is { Length: > 0 } path && Path.IsPathRooted(path) ? path : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }
}
