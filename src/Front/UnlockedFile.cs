using System.Runtime.InteropServices;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Front;

/// <summary>
/// Opens a file to read without asking for its lock. .NET asks for a shared one, whatever is to be shared: it fails while somebody holds the lock, and
/// keeps the lock from a process that wants it just then.
/// </summary>
internal static partial class UnlockedFile
{
    private const int ReadOnlyAndCloseOnExec = 0x80000;   // O_RDONLY | O_CLOEXEC

    /// <summary>The open file; an invalid handle when it cannot be opened.</summary>
    public static SafeFileHandle Open(string path) => new(Open(path, ReadOnlyAndCloseOnExec), ownsHandle: true);

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);
}
