using Orchestrator.Front;

namespace Orchestrator.Host.Commands;

/// <summary>How this very program is started again.</summary>
internal static class OwnProgram
{
    /// <summary>The command; under <c>dotnet run</c> and <c>dotnet orchestrator.dll</c> the assembly is an argument.</summary>
    public static readonly BackendCommand Command = Create();

    /// <summary>What a client's configuration names: the small front when it lies beside this program, else this program.</summary>
    // One that was not compiled ahead of time has a list of what it needs beside it, and starts no faster than this program.
    public static readonly BackendCommand ForClients =
        Path.Combine(AppContext.BaseDirectory, "orchestrator-front") is var front && File.Exists(front) && !File.Exists($"{front}.deps.json")
            ? new BackendCommand(front, [])
            : Command;

    /// <summary>When the program on disk was written. Another time than before means another program in the same place.</summary>
    public static DateTime WrittenAt => new[] { Path.Combine(AppContext.BaseDirectory, "orchestrator.dll"), Command.Executable }
        .Max(File.GetLastWriteTimeUtc);

    private static BackendCommand Create()
    {
        var executable = Environment.ProcessPath ?? throw new InvalidOperationException("The path of this process is unknown.");
        return Path.GetFileNameWithoutExtension(executable) == "dotnet"
            ? new BackendCommand(executable, [Path.Combine(AppContext.BaseDirectory, "orchestrator.dll")])
            : new BackendCommand(executable, []);
    }

    /// <summary>How the program in a folder is started; null when there is none.</summary>
    public static BackendCommand? In(string folder)
    {
        var executable = Path.Join(folder, "orchestrator");
        return File.Exists(executable) ? new BackendCommand(executable, [])
            : File.Exists($"{executable}.dll") ? new BackendCommand(Command.Executable, [$"{executable}.dll"])
            : null;
    }
}
