using Orchestrator.Actors;

namespace Orchestrator.Host.Backend;

/// <summary>Whether a process is kept ready to take the place of the one that serves.</summary>
internal enum StandbyMode
{
    /// <summary>Never.</summary>
    Off,
    /// <summary>Always.</summary>
    On,
    /// <summary>While a pause would be several people's, and the memory is not missed.</summary>
    Auto,
}

/// <summary>What the operator wants, and what <see cref="StandbyMode.Auto"/> means.</summary>
internal static class StandbySetting
{
    /// <summary>The environment variable; it goes before the file.</summary>
    public const string Variable = "ORCHESTRATOR_STANDBY";

    private const string Key = "orchestrator.standby";
    private const int ClientsWanted = 2;
    private const long MiB = 1024 * 1024;
    private const long MemoryToBegin = 1024 * MiB;
    private const long MemoryToGoOn = 512 * MiB;
    private static readonly TimeSpan ConnectedFor = TimeSpan.FromMinutes(1);

    /// <summary>The mode, or what is wrong with what was written.</summary>
    public static (StandbyMode Mode, string? Fault) Read(Func<string, string?> environment) =>
        environment(Variable) is { Length: > 0 } word ? Parse(word, Variable) : Parse(ConfigurationFiles.Setting(Key) ?? "auto", $"{Key} in hocon/orchestrator.conf");

    /// <summary>Whether one is wanted under <see cref="StandbyMode.Auto"/>.</summary>
    /// <param name="connected">For how long each client has been connected.</param>
    /// <param name="memory">Bytes that this machine, or this part of it, can still give.</param>
    /// <param name="isThere">Whether there is one: it is kept a little longer than one would be started.</param>
    public static bool IsWorthIt(IEnumerable<TimeSpan> connected, Func<long> memory, bool isThere) =>
        connected.Count(time => isThere || time >= ConnectedFor) >= ClientsWanted && memory() >= (isThere ? MemoryToGoOn : MemoryToBegin);

    private static (StandbyMode, string?) Parse(string word, string source) => word.Trim().ToUpperInvariant() switch
    {
        // In HOCON, on and off may be written as true and false, too.
        "ON" or "TRUE" => (StandbyMode.On, null),
        "OFF" or "FALSE" => (StandbyMode.Off, null),
        "AUTO" => (StandbyMode.Auto, null),
        _ => (StandbyMode.Off, $"'{word}' is no mode: {source} must be on, off or auto. No process stands by."),
    };
}
