using System.Buffers.Binary;
using System.Runtime.InteropServices;
using System.Text;
using Orchestrator.Protocol.Wire;

namespace Orchestrator.Protocol.Locations;

/// <summary>Directories that only their owner may enter.</summary>
public static partial class PrivateDirectory
{
    private const UnixFileMode OwnerOnly = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    /// <summary>Creates the directory with mode 0700; one that exists is left as it is.</summary>
    /// <exception cref="LocationException">It cannot be created.</exception>
    public static void Create(string path)
    {
        try
        {
            if (OperatingSystem.IsWindows())
            {
                Directory.CreateDirectory(path);
            }
            else
            {
                Directory.CreateDirectory(path, OwnerOnly);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LocationException($"The directory {path} cannot be created: {failure.Message}", "Check the permissions of what is above it.");
        }
    }

    /// <summary>Creates the directory, and makes sure that it is ours and closed to others also when it was there before.</summary>
    /// <exception cref="LocationException">It belongs to somebody else, or cannot be created or closed.</exception>
    public static void Ensure(string path)
    {
        Create(path);
        if (OperatingSystem.IsWindows())
        {
            return;
        }

        // Root may change the mode of anybody's directory, so the mode alone proves nothing.
        if (OperatingSystem.IsLinux() && OwnerOf(path) != PeerCredentials.EffectiveUser())
        {
            throw new LocationException($"The directory {path} belongs to another user.", "Remove it, or start with HOME set to your own directory.");
        }

        try
        {
            if (File.GetUnixFileMode(path) != OwnerOnly)
            {
                File.SetUnixFileMode(path, OwnerOnly);
            }
        }
        catch (Exception failure) when (failure is IOException or UnauthorizedAccessException)
        {
            throw new LocationException($"The directory {path} is open to others: {failure.Message}", $"Run: chmod 700 {path}");
        }
    }

    private static unsafe uint OwnerOf(string path)
    {
        const int currentDirectory = -100;   // AT_FDCWD
        const uint wantOwner = 0x8;          // STATX_UID
        Span<byte> found = stackalloc byte[256];
        fixed (byte* name = Encoding.UTF8.GetBytes(path + '\0'))
        fixed (byte* result = found)
        {
            if (Statx(currentDirectory, name, 0, wantOwner, result) != 0)
            {
                throw new LocationException(
                    $"The directory {path} cannot be looked at: {Marshal.GetPInvokeErrorMessage(Marshal.GetLastPInvokeError())}",
                    "Check its permissions.");
            }
        }

        return BinaryPrimitives.ReadUInt32LittleEndian(found[20..]);   // stx_uid; the layout is the same on every architecture
    }

    [LibraryImport("libc", EntryPoint = "statx", SetLastError = true)]
    private static unsafe partial int Statx(int directory, byte* path, int flags, uint mask, byte* result);
}
