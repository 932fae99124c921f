using System.Buffers.Binary;
using System.Net.Sockets;
using System.Runtime.InteropServices;

namespace Orchestrator.Protocol.Wire;

/// <summary>Who is at the other end of a Unix socket. Both ends ask before they say a word.</summary>
public static partial class PeerCredentials
{
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

        Span<byte> credentials = stackalloc byte[12];   // struct ucred: pid, uid, gid
        var length = socket.GetRawSocketOption(optionLevel: 1, optionName: 17, credentials);   // SOL_SOCKET, SO_PEERCRED
        return length == 12 && BinaryPrimitives.ReadUInt32LittleEndian(credentials[4..]) == EffectiveUser();
    }

    /// <summary>The user that this process acts as.</summary>
    [LibraryImport("libc", EntryPoint = "geteuid")]
    internal static partial uint EffectiveUser();
}
