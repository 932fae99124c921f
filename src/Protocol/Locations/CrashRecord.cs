using System.Globalization;

namespace Orchestrator.Protocol.Locations;

/// <summary>
/// The backends of a data directory that have ended by their own fault, written down by whoever started them. One that somebody has killed or
/// stopped is none of them: a backend that dies again and again by itself is what the restart budget is about.
/// </summary>
public static class CrashRecord
{
    /// <summary>So many within <see cref="Window"/> are too many.</summary>
    public const int Budget = 5;

    /// <summary>How long one counts.</summary>
    public static readonly TimeSpan Window = TimeSpan.FromSeconds(60);

    /// <summary>Whether an exit code is that of a crash. Codes from 128 on are signals.</summary>
    public static bool IsCrash(int exitCode) => exitCode switch
    {
        0 or BackendExitCode.AlreadyServed or BackendExitCode.Superseded or BackendExitCode.Deleted or BackendExitCode.CannotStart => false,
        128 + 1 or 128 + 2 or 128 + 9 or 128 + 15 => false,   // SIGHUP, SIGINT, SIGKILL, SIGTERM: somebody wanted it
        _ => true,
    };

    /// <summary>Writes a crash down.</summary>
    public static void Add(IServerLocation location, int processId, DateTimeOffset at)
    {
        try
        {
            File.AppendAllText(PathIn(location), string.Create(CultureInfo.InvariantCulture, $"{at.ToUnixTimeMilliseconds()} {processId}\n"));
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            // Then it is not counted; the next start says what is wrong with the directory.
        }
    }

    /// <summary>When the backends crashed that still count, oldest first.</summary>
    public static IReadOnlyList<DateTimeOffset> Recent(IServerLocation location, DateTimeOffset now)
    {
        try
        {
            return
            [
                .. File.ReadLines(PathIn(location)).Select(line => line.Split(' '))
                    .Where(fields => fields.Length == 2 && long.TryParse(fields[0], NumberStyles.None, CultureInfo.InvariantCulture, out _))
                    .DistinctBy(fields => fields[1])
                    .Select(fields => DateTimeOffset.FromUnixTimeMilliseconds(long.Parse(fields[0], CultureInfo.InvariantCulture)))
                    .Where(at => at > now - Window && at <= now).Order(),
            ];
        }
        catch (IOException)
        {
            return [];
        }
    }

    /// <summary>Forgets them all.</summary>
    public static void Clear(IServerLocation location) => File.Delete(PathIn(location));

    private static string PathIn(IServerLocation location) => Path.Join(location.Path, "crashes");
}
