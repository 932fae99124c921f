using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Protocol.Wire;

/// <summary>Who is at the other end of a Unix socket. Both ends ask before they say a word.</summary>
public static partial class PeerCredentials
{
    private const int Size = 12;   // struct ucred: pid, uid, gid

    /// <summary>
    /// True when the process at the other end belongs to our user. Elsewhere than on Linux it is always true: there the directory of the socket,
    /// which only its owner can enter (0700), is what keeps others out.
    /// </summary>
    public static bool Check(Socket socket)
    {
        if (!OperatingSystem.IsLinux())
        {
            return true;
        }

        Span<byte> credentials = stackalloc byte[Size];
        return Read(socket, credentials) && BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) == EffectiveUser();
    }

    /// <summary>The process at the other end, as the kernel knows it; null where the kernel does not say.</summary>
    public static int? ProcessOf(Socket socket)
    {
        Span<byte> credentials = stackalloc byte[Size];
        return OperatingSystem.IsLinux() && Read(socket, credentials) ? BinaryPrimitives.ReadInt32LittleEndian(credentials) : null;
    }

    // SOL_SOCKET, SO_PEERCRED
    private static bool Read(Socket socket, Span<byte> credentials) =>
        socket.GetRawSocketOption(optionLevel: 1, optionName: 17, credentials) == Size;

    /// <summary>The user that this process acts as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
