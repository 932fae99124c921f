using System.Globalization;

namespace Orchestrator.EndToEnd.Harness;

/// <summary>What a campaign is told by the environment.</summary>
internal static class Setting
{
    /// <summary>A number; null when the variable is not set to one.</summary>
    public static int? Number(string name) =>
        int.TryParse(Environment.GetEnvironmentVariable(name), CultureInfo.InvariantCulture, out var value) ? value : null;
}
