using System.Runtime.InteropServices;

namespace Orchestrator.Front;

/// <summary>Whether anybody still reads our standard output. .NET takes a write that nobody will read for a good one, and a client may keep our input open.</summary>
internal static partial class ClientPipe
{
    private const short Error = 0x8;    // POLLERR: the reading end of the pipe is closed
    private const short HangUp = 0x10;  // POLLHUP: the other end of the socket is

    /// <summary>True when the reader of a descriptor has gone.</summary>
    public static bool HasGone(int descriptor)
    {
        if (OperatingSystem.IsWindows())
        {
            return false;
        }

        var asked = new PollRequest { Descriptor = descriptor };
        return Poll(ref asked, 1, 0) > 0 && (asked.Found & (Error | HangUp)) != 0;
    }

    [LibraryImport("libc", EntryPoint = "poll")]
    private static partial int Poll(ref PollRequest request, nuint count, int milliseconds);

    [StructLayout(LayoutKind.Sequential)]
    private struct PollRequest
    {
        public int Descriptor;
        public short Wanted;
        public short Found;
    }
}
