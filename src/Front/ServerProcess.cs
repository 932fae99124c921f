using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;
using Microsoft.Win32.SafeHandles;

namespace Orchestrator.Front;

/// <summary>A backend's process, told from a later one of the same number by its start.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedAt">When it started, in the kernel's own count.</param>
internal sealed partial record ServerProcess(int Id, ulong StartedAt)
{
    private const int Kill9 = 9;

    /// <summary>True when somebody has stopped it; it does nothing until somebody continues it.</summary>
    public bool IsStopped => Read(Id) is ('T' or 't', var startedAt) && startedAt == StartedAt;

    /// <summary>True when it is no more, or only waits to be reaped.</summary>
    public bool HasEnded => Read(Id) is not (not ('Z' or 'X'), var startedAt) || startedAt != StartedAt;

    /// <summary>The process that has this number now; null when there is none, or none that we may know about.</summary>
    public static ServerProcess? Find(int id) =>
        id > 1 && id != Environment.ProcessId && Read(id) is (_, var startedAt) ? new ServerProcess(id, startedAt) : null;

    /// <summary>
    /// Who holds a lock file: the process whose number is written in it and that has it open; null when there is none, or when it is not ours to know.
    /// </summary>
    public static ServerProcess? HolderOf(string lockPath) => HolderOf(lockPath, _ => true);

    /// <summary>As <see cref="HolderOf(string)"/>, but null also when nobody has stopped it; that is found sooner.</summary>
    public static ServerProcess? StoppedHolderOf(string lockPath) => HolderOf(lockPath, process => process.IsStopped);

    private static ServerProcess? HolderOf(string lockPath, Func<ServerProcess, bool> isSought)
    {
        try
        {
            var (text, path) = ReadUnlocked(lockPath);
            return int.TryParse(text.AsSpan().Trim(), NumberStyles.None, CultureInfo.InvariantCulture, out var id)
                && Find(id) is { } process
                && isSought(process)
                && Directory.EnumerateFiles(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/fd")).Any(fd => new FileInfo(fd).LinkTarget == path)
                    ? process
                    : null;
        }
        catch (Exception unknown) when (unknown is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Kills it, if it is still the same process and has not ended already.</summary>
    public bool Kill() => !HasEnded && Signal(Id, Kill9) == 0;

    // Not as .NET opens files: it would ask for the lock itself, and keep a backend that starts just then from it. With the path as the kernel calls it:
    // a home directory may be reached by a symbolic link.
    private static (string Text, string? Path) ReadUnlocked(string path)
    {
        const int closeOnExec = 0x80000;   // and O_RDONLY
        using var file = new SafeFileHandle(Open(path, closeOnExec), ownsHandle: true);
        if (file.IsInvalid)
        {
            return ("", null);
        }

        Span<byte> text = stackalloc byte[32];
        var read = RandomAccess.Read(file, text, 0);
        var own = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");
        return (Encoding.ASCII.GetString(text[..read]), new FileInfo(own).LinkTarget);
    }

    [LibraryImport("libc", EntryPoint = "open", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Open(string path, int flags);

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    private static (char State, ulong StartedAt)? Read(int id)
    {
        try
        {
            // The second field is the program's name in brackets, which may itself hold any character.
            var stat = File.ReadAllText(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            var fields = stat[(stat.LastIndexOf(')') + 2)..].Split(' ');
            return (fields[0][0], ulong.Parse(fields[19], CultureInfo.InvariantCulture));
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException or FormatException)
        {
            return null;
        }
    }
}
