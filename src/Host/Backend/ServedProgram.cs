using System.Runtime.InteropServices;
using Orchestrator.Front;
using Orchestrator.Host.Commands;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>
/// Which program serves a data directory, written down beside the data. A client that was started before an upgrade still starts the program that
/// it knows, whose time has passed: that one then becomes the one that is written down.
/// </summary>
/// <param name="Folder">Where it is.</param>
/// <param name="Build">Its build.</param>
/// <param name="IsPinned">Somebody has gone back to it: newer ones must not take its place by themselves.</param>
/// <param name="Previous">The folder of the one that served before it; null when there was none.</param>
internal sealed partial record ServedProgram(string Folder, string Build, bool IsPinned, string? Previous)
{
    private const string Pinned = "pinned";
    private const string Free = "free";

    /// <summary>What is written down; null when nothing is that can be understood.</summary>
    public static ServedProgram? Read(DataDirectory location)
    {
        try
        {
            return File.ReadAllLines(PathIn(location)) is [var folder, var build, var state, .. var more]
                ? new ServedProgram(folder, build, state == Pinned, more is [var previous, ..] ? previous : null)
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes down that this program serves.</summary>
    /// <param name="location">Which data directory.</param>
    /// <param name="isPinned">Whether newer ones must not take its place by themselves.</param>
    /// <param name="before">The folder of the one that served before, where nothing is written down yet.</param>
    public static void Remember(DataDirectory location, bool isPinned, string? before = null)
    {
        var found = Read(location);
        var previous = found?.Folder == BuildInfo.Folder ? found.Previous : found?.Folder;
        var wanted = new ServedProgram(BuildInfo.Folder, BuildInfo.Build, isPinned, previous ?? before);
        if (found != wanted)
        {
            wanted.Write(location);
        }
    }

    /// <summary>
    /// Becomes the program that is written down, if that is another one, newer or chosen, and still there. Does not return then: the process stays the
    /// same, so whoever waits for it notices nothing.
    /// </summary>
    public static void RunOther(BackendOptions options, DateTimeOffset now)
    {
        var found = Read(options.Location);
        if (found is { Previous: { } previous } && CrashRecord.Recent(options.Location, now).Count >= CrashRecord.Budget
            && OwnProgram.In(previous) is not null)
        {
            // The one that serves cannot: the one before it could.
            CrashRecord.Clear(options.Location);
            found = new ServedProgram(previous, found.Build, IsPinned: true, Previous: null);
            found.Write(options.Location);
        }

        if (found?.OtherThanThis() is not { } command)
        {
            return;
        }

        // What this process was told, behind the name of its program.
        var told = Environment.GetCommandLineArgs().Skip(1);
        string?[] arguments = [command.Executable, .. command.Arguments, .. told, null];
        _ = Execute(command.Executable, arguments);   // if that fails, this program does what it can
    }

    /// <summary>Whether another program than this one is to serve.</summary>
    public static bool IsOther(DataDirectory location) => Read(location)?.OtherThanThis() is not null;

    private BackendCommand? OtherThanThis() =>
        Folder != BuildInfo.Folder && (IsPinned || BuildInfo.IsNewer(Build, BuildInfo.Build)) ? OwnProgram.In(Folder) : null;

    private void Write(DataDirectory location)
    {
        var path = PathIn(location);
        File.WriteAllLines($"{path}.new", [Folder, Build, IsPinned ? Pinned : Free, .. Previous is null ? Array.Empty<string>() : [Previous]]);
        File.Move($"{path}.new", path, overwrite: true);
    }

    private static string PathIn(DataDirectory location) => Path.Join(location.Path, "program");

    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
