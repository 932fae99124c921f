namespace Orchestrator.Actors.Maintenance;

/// <summary>After how long without a change an open task counts as stale: some work takes longer to think about than other.</summary>
public static class StaleLimits
{
    /// <summary>For roles that are not named.</summary>
    public static readonly TimeSpan Default = TimeSpan.FromHours(24);

    /// <summary>After this time a workflow of which hardly anything is done counts as abandoned.</summary>
    public static readonly TimeSpan Workflow = TimeSpan.FromHours(168);

    /// <summary>By role, under each of its names.</summary>
    public static readonly IReadOnlyDictionary<string, TimeSpan> ByRole = new Dictionary<string, TimeSpan>(StringComparer.OrdinalIgnoreCase)
    {
        ["reviewer"] = TimeSpan.FromHours(6),
        ["documenter"] = TimeSpan.FromHours(8),
        ["writer"] = TimeSpan.FromHours(8),
        ["researcher"] = TimeSpan.FromHours(12),
        ["tester"] = TimeSpan.FromHours(16),
        ["qa"] = TimeSpan.FromHours(16),
        ["debugger"] = TimeSpan.FromHours(24),
        ["coder"] = TimeSpan.FromHours(48),
        ["implementer"] = TimeSpan.FromHours(48),
        ["developer"] = TimeSpan.FromHours(48),
        ["architect"] = TimeSpan.FromHours(72),
        ["designer"] = TimeSpan.FromHours(72),
    };

    /// <summary>The limit of a role.</summary>
    public static TimeSpan For(string role) => ByRole.GetValueOrDefault(role, Default);
}
