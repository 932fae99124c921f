using System.Runtime.InteropServices;
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
internal sealed partial record ServedProgram(string Folder, string Build, bool IsPinned)
{
    private const string Pinned = "pinned";

    /// <summary>What is written down; null when nothing is that can be understood.</summary>
    public static ServedProgram? Read(DataDirectory location)
    {
        try
        {
            return File.ReadAllLines(PathIn(location)) is [var folder, var build, .. var more]
                ? new ServedProgram(folder, build, more is [Pinned, ..])
                : null;
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException)
        {
            return null;
        }
    }

    /// <summary>Writes down that this program serves.</summary>
    public static void Remember(DataDirectory location, bool isPinned)
    {
        var path = PathIn(location);
        if (Read(location) == new ServedProgram(BuildInfo.Folder, BuildInfo.Build, isPinned))
        {
            return;
        }

        File.WriteAllLines($"{path}.new", isPinned ? [BuildInfo.Folder, BuildInfo.Build, Pinned] : [BuildInfo.Folder, BuildInfo.Build]);
        File.Move($"{path}.new", path, overwrite: true);
    }

    /// <summary>
    /// Becomes the program that is written down, if that is another one, newer or chosen, and still there. Does not return then: the process stays the
    /// same, so whoever waits for it notices nothing.
    /// </summary>
    public static void RunOther(BackendOptions options)
    {
        if (Read(options.Location) is not { } wanted || wanted.Folder == BuildInfo.Folder
            || !(wanted.IsPinned || BuildInfo.IsNewer(wanted.Build, BuildInfo.Build)) || OwnProgram.In(wanted.Folder) is not { } command)
        {
            return;
        }

        // What this process was told, behind the name of its program.
        var told = Environment.GetCommandLineArgs().Skip(1);
        string?[] arguments = [command.Executable, .. command.Arguments, .. told, null];
        _ = Execute(command.Executable, arguments);   // if that fails, this program does what it can
    }

    private static string PathIn(DataDirectory location) => Path.Join(location.Path, "program");

    [LibraryImport("libc", EntryPoint = "execvp", StringMarshalling = StringMarshalling.Utf8)]
    private static partial int Execute(string file, string?[] arguments);
}
