using System.Buffers.Text;
using System.Globalization;
using System.Runtime.InteropServices;
using System.Text;

namespace Orchestrator.Front;

/// <summary>A backend's process, told from a later one of the same number by its start.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedAt">When it started, in the kernel's own count.</param>
internal sealed partial record ServerProcess(int Id, ulong StartedAt)
{
    private const int Kill9 = 9;
    private const int StateField = 3;   // of /proc/PID/stat, see proc(5)
    private const int StartedAtField = 22;

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

    // With the path as the kernel calls it: a home directory may be reached by a symbolic link.
    private static (string Text, string? Path) ReadUnlocked(string path)
    {
        using var file = UnlockedFile.Open(path);
        if (file.IsInvalid)
        {
            return ("", null);
        }

        Span<byte> text = stackalloc byte[32];
        var read = RandomAccess.Read(file, text, 0);
        var own = string.Create(CultureInfo.InvariantCulture, $"/proc/self/fd/{file.DangerousGetHandle()}");
        return (Encoding.ASCII.GetString(text[..read]), new FileInfo(own).LinkTarget);
    }

    [LibraryImport("libc", EntryPoint = "kill")]
    private static partial int Signal(int process, int signal);

    private static (char State, ulong StartedAt)? Read(int id)
    {
        try
        {
            using var file = UnlockedFile.Open(string.Create(CultureInfo.InvariantCulture, $"/proc/{id}/stat"));
            if (file.IsInvalid)
            {
                return null;
            }

            Span<byte> buffer = stackalloc byte[1024];
            var stat = buffer[..RandomAccess.Read(file, buffer, 0)];

            // The second field is the program's name in brackets, which may itself hold any character.
            var fields = stat[(stat.LastIndexOf((byte)')') + 2)..];
            var state = (char)fields[0];
            for (var left = StartedAtField - StateField; left > 0; left--)
            {
                fields = fields[(fields.IndexOf((byte)' ') + 1)..];
            }

            return Utf8Parser.TryParse(fields, out ulong startedAt, out _) ? (state, startedAt) : null;
        }
        catch (Exception gone) when (gone is IOException or UnauthorizedAccessException or IndexOutOfRangeException or ArgumentOutOfRangeException)
        {
            return null;
        }
    }
}
