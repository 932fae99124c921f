namespace Orchestrator.Actors.Artifacts;

/// <summary>Files that are either as they were or as they should be, whatever dies in between.</summary>
public static class DurableFile
{
    /// <summary>Writes a file in a directory that is made where it is missing; returns when it would survive a power cut, name and all.</summary>
    /// <exception cref="IOException">What was there before is still there.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        DurableDirectory.Create(directory);
        Replace(path, content);
        DurableDirectory.Sync(directory);
    }

    /// <summary>Writes a file beside its place, makes it durable, and moves it there; the name itself is durable once its folder is synced.</summary>
    internal static void Replace(string path, ReadOnlySpan<byte> content)
    {
        var temporary = TemporaryFor(path);
        try
        {
            using (var file = new FileStream(temporary, FileMode.CreateNew, FileAccess.Write, FileShare.None, bufferSize: 0))
            {
                file.Write(content);
                file.Flush(flushToDisk: true);
            }

            File.Move(temporary, path, overwrite: true);
        }
        catch
        {
            File.Delete(temporary);
            throw;
        }
    }

    /// <summary>A name beside a path that nobody else uses.</summary>
    internal static string TemporaryFor(string path) => $"{path}.{Guid.NewGuid():N}.tmp";
}
