namespace Orchestrator.Actors.Artifacts;

/// <summary>Files that are whole or not there.</summary>
public static class DurableFile
{
    /// <summary>Writes a file in a directory that is made where it is missing; returns when it would survive a power cut, name and all.</summary>
    /// <exception cref="IOException">What was there before is still there.</exception>
    public static void Create(string path, ReadOnlySpan<byte> content)
    {
        var directory = Path.GetDirectoryName(path)!;
        DurableDirectory.Create(directory);
        Write(path, content);
        DurableDirectory.Sync(directory);
    }

    /// <summary>As <see cref="Create"/>, in a directory that exists and that the caller syncs.</summary>
    internal static void Write(string path, ReadOnlySpan<byte> content)
    {
        var temporary = $"{path}.{Guid.NewGuid():N}.tmp";
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
}
