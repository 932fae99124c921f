using Orchestrator.EndToEnd.Harness;

namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// The published programs, with a backend that writes down each of its starts before it becomes the real one: also those starts count that find
/// the lock taken and leave.
/// </summary>
internal sealed class CountedStarts
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _starts;

    public CountedStarts(TestedProgram published, string folder)
    {
        Directory.CreateDirectory(folder);
        _starts = Path.Join(folder, "starts");
        var (front, host) = (Path.Join(folder, "orchestrator-front"), Path.Join(folder, "orchestrator"));
        File.Copy(published.Front[0], front);
        var snapshot = Path.Join(Path.GetDirectoryName(published.Front[0]), "snapshot.json");
        if (File.Exists(snapshot))
        {
            File.Copy(snapshot, Path.Join(folder, "snapshot.json"));
        }

        File.WriteAllText(host, $"#!/bin/sh\necho $$ >> '{_starts}'\nexec '{published.Host[0]}' \"$@\"\n");
        File.SetUnixFileMode(host, Executable);
        Program = new TestedProgram([front], published.Host);
    }

    /// <summary>A front that starts counted backends.</summary>
    public TestedProgram Program { get; }

    /// <summary>How many backends have been started by fronts.</summary>
    public int Count => File.Exists(_starts) ? File.ReadAllLines(_starts).Length : 0;
}
