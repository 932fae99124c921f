using System.Globalization;
using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol.Locations;

namespace Orchestrator.Host.Backend;

/// <summary>What a backend is started with.</summary>
/// <param name="Location">The data directory it serves.</param>
/// <param name="IdleAfter">It leaves after this time without a front.</param>
internal sealed record BackendOptions(DataDirectory Location, TimeSpan IdleAfter)
{
    /// <summary>The private socket of the backend whose place this one is to take; null when it takes nobody's.</summary>
    public string? Predecessor { get; init; }

    /// <summary>What a backend is told that is to take a migration back. A program that does not know the word ends, and is no successor.</summary>
    public const string TakeBack = "--take-back";

    /// <summary>As a successor, it takes the last migration of the database back when it does not know its schema.</summary>
    public bool TakesBack { get; init; }

    /// <summary>Long enough for a break, short enough not to linger for days.</summary>
    public static readonly TimeSpan DefaultIdle = TimeSpan.FromMinutes(30);

    /// <summary>The database file.</summary>
    public string Database => Path.Combine(Location.Path, "orchestrator.db");

    /// <summary>The user's home directory: where roles for all projects are.</summary>
    public string Home { get; init; } =
        Environment.GetEnvironmentVariable("HOME") ?? Environment.GetFolderPath(Environment.SpecialFolder.UserProfile);

    /// <summary>How many restarts may be asked for within a minute.</summary>
    public RestartLimit RestartLimit { get; init; } =
        int.TryParse(Environment.GetEnvironmentVariable("ORCHESTRATOR_RESTART_LIMIT"), NumberStyles.None, CultureInfo.InvariantCulture, out var most) && most > 0
            ? RestartLimit.Default with { Most = most }
            : RestartLimit.Default;

    /// <summary>Where work products are kept.</summary>
    public string Artifacts => Path.Combine(Location.Path, "artifacts");

    /// <summary>Where templates are kept.</summary>
    public string Templates => Path.Combine(Location.Path, "templates");
}
