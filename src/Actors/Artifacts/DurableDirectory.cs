using System.ComponentModel;
using System.Runtime.InteropServices;

namespace Orchestrator.Actors.Artifacts;

/// <summary>Directories whose entries survive a power cut: .NET syncs files, not the directories that name them.</summary>
internal static partial class DurableDirectory
{
    private const int ReadOnly = 0;   // O_RDONLY, the same everywhere; the number of O_DIRECTORY depends on the processor

    /// <summary>Creates a directory and makes its name durable in the one above; harmless when it exists.</summary>
    public static void Create(string path)
    {
        if (Directory.Exists(path))
        {
            return;
        }

        var parent = Path.GetDirectoryName(path);
        if (parent is not null)
        {
            Create(parent);
        }

        Directory.CreateDirectory(path);
        if (parent is not null)
        {
            Sync(parent);
        }
    }

    /// <summary>Returns when the names in a directory are on disk.</summary>
    /// <exception cref="IOException">They may not be.</exception>
    public static void Sync(string path)
    {
        if (OperatingSystem.IsWindows())
        {
            return;   // NTFS journals its names and offers no such call
        }

        var handle = Open(path, ReadOnly);
        if (handle < 0)
        {
            throw Failure("open", path);
        }

        try
        {
            if (FSync(handle) != 0)
            {
                throw Failure("sync", path);
            }
        }
        finally
        {
            _ = Close(handle);
        }
    }

    private static IOException Failure(string what, string path)
    {
        var error = new Win32Exception(Marshal.GetLastPInvokeError());
        return new IOException($"Could not {what} {path}: {error.Message}", error);
    }

    [LibraryImport("libc", EntryPoint = "open", SetLastError = true, StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "fsync", SetLastError = true)]
    private static partial int FSync(int handle);

    [LibraryImport("libc", EntryPoint = "close")]
    private static partial int Close(int handle);
}
