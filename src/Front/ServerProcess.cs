using System.Globalization;
using System.Runtime.InteropServices;

namespace Orchestrator.Front;

/// <summary>A backend's process, told from a later one of the same number by its start.</summary>
/// <param name="Id">Its number.</param>
/// <param name="StartedAt">When it started, in the kernel's own count.</param>
internal sealed partial record ServerProcess(int Id, ulong StartedAt)
{
    private const int Kill9 = 9;

    /// <summary>True when somebody has stopped it; it does nothing until somebody continues it.</summary>
    public bool IsStopped => Read(Id) is ('T' or 't', var startedAt) && startedAt == StartedAt;

    /// <summary>The process that has this number now; null when there is none, or none that we may know about.</summary>
    public static ServerProcess? Find(int id) =>
        id > 1 && id != Environment.ProcessId && Read(id) is (_, var startedAt) ? new ServerProcess(id, startedAt) : null;

    /// <summary>Kills it, if it is still the same process.</summary>
    public bool Kill() => Read(Id) is (_, var startedAt) && startedAt == StartedAt && Signal(Id, Kill9) == 0;

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
