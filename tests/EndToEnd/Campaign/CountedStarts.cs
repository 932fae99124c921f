namespace Orchestrator.EndToEnd.Campaign;

/// <summary>
/// The published programs, with a backend that writes down each of its starts before it becomes the real one: also those starts count that find
/// the lock taken and leave.
/// </summary>
internal sealed class CountedStarts
{
    private const UnixFileMode Executable = UnixFileMode.UserRead | UnixFileMode.UserWrite | UnixFileMode.UserExecute;

    private readonly string _starts;

    /// <param name="published">Where the programs lie.</param>
    /// <param name="folder">What is to be made: a folder with such programs.</param>
    public CountedStarts(string published, string folder)
    {
        Directory.CreateDirectory(folder);
        (Front, _starts) = (Path.Join(folder, "orchestrator-front"), Path.Join(folder, "starts"));
        File.Copy(Path.Join(published, "orchestrator-front"), Front);
        if (Path.Join(published, "snapshot.json") is var snapshot && File.Exists(snapshot))
        {
            File.Copy(snapshot, Path.Join(folder, "snapshot.json"));
        }

        var host = Path.Join(folder, "orchestrator");
        File.WriteAllText(host, $"#!/bin/sh\necho $$ >> '{_starts}'\nexec '{Path.Join(published, "orchestrator")}' \"$@\"\n");
        if (!OperatingSystem.IsWindows())
        {
            File.SetUnixFileMode(host, Executable);
        }
    }

    /// <summary>A front that starts counted backends.</summary>
    public string Front { get; }

    /// <summary>How many backends have been started by fronts.</summary>
    public int Count => File.Exists(_starts) ? File.ReadAllLines(_starts).Length : 0;
}
