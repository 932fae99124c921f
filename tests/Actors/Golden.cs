namespace Orchestrator.Actors.Tests;

/// <summary>Databases and journals that earlier builds have written, kept for ever.</summary>
internal static class Golden
{
    /// <summary>The database that the first backend wrote.</summary>
    public const string First = "13ad935.db";

    /// <summary>The last database from before the upgrades: without a history.</summary>
    public const string WithoutHistory = "2cd1057.db";

    /// <summary>The last database of schema 2: with due dates that nobody watched.</summary>
    public const string BeforeDueDates = "25e89ea.db";

    /// <summary>Where a file is.</summary>
    public static string PathOf(string name)
    {
        for (var at = AppContext.BaseDirectory; at is not null; at = Path.GetDirectoryName(at))
        {
            if (File.Exists(Path.Combine(at, "Orchestrator.sln")))
            {
                return Path.Combine(at, "tests/Golden", name);
            }
        }

        throw new InvalidOperationException("The tests run outside the repository.");
    }
}
