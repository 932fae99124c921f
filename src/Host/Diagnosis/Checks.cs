namespace Orchestrator.Host.Diagnosis;

/// <summary>How bad it is.</summary>
internal enum Verdict
{
    /// <summary>As it should be.</summary>
    Well,
    /// <summary>Works, and may not for long, or not as fast as it could.</summary>
    Warning,
    /// <summary>Keeps it from working, or endangers what it keeps.</summary>
    Fault,
}

/// <summary>What a check found.</summary>
/// <param name="Check">The check.</param>
/// <param name="Verdict">How bad it is.</param>
/// <param name="Message">What it is.</param>
/// <param name="Remedy">What to do; empty when all is well.</param>
internal sealed record Finding(string Check, Verdict Verdict, string Message, string Remedy = "");

/// <summary>One thing that can be wrong.</summary>
/// <param name="Name">Stable; the key in <c>docs/troubleshooting.md</c>.</param>
/// <param name="Look">Yields what is wrong; nothing when nothing is.</param>
internal sealed record Check(string Name, Func<Patient, IEnumerable<Finding>> Look)
{
    /// <summary>What it found; a check that cannot look says so.</summary>
    public IReadOnlyList<Finding> Run(Patient patient)
    {
        try
        {
            return Look(patient).ToList() is { Count: > 0 } found ? found : [new Finding(Name, Verdict.Well, "well")];
        }
        catch (Exception e) when (e is IOException or UnauthorizedAccessException or Microsoft.Data.Sqlite.SqliteException)
        {
            return [new Finding(Name, Verdict.Warning, $"Could not look: {e.Message}", "Run it as the user who owns the data directory.")];
        }
    }
}

/// <summary>All of them.</summary>
internal static class Checks
{
    public static readonly IReadOnlyList<Check> All = [.. PlaceChecks.All, .. ProcessChecks.All, .. StoreChecks.All, .. SurroundingsChecks.All];
}
