namespace Orchestrator.EndToEnd.Harness;

/// <summary>The process that stands by, as the server tells of it.</summary>
/// <param name="Process">Its number.</param>
/// <param name="Mib">Its memory.</param>
/// <param name="Own">What of that it shares with nobody.</param>
internal sealed record StandingBy(int Process, long Mib, long Own)
{
    /// <summary>The settings with which there is always one; a backend serves for twelve seconds before it gets it.</summary>
    public static readonly IReadOnlyDictionary<string, string> On = new Dictionary<string, string> { ["ORCHESTRATOR_STANDBY"] = "on" };

    /// <summary>Waits until one is ready.</summary>
    public static async Task<StandingBy> Of(Workspace workspace, RawClient client)
    {
        var found = await Until.Found(() => Ready(client), "a process that stands by");
        Assert.Contains(found.Process, workspace.Backends());
        Assert.NotEqual(found.Process, workspace.Backend());
        return found;
    }

    /// <summary>The one that is ready now; null when there is none.</summary>
    public static async Task<StandingBy?> Ready(RawClient client)
    {
        var standby = (await client.Call("health_check", new { })).Done.GetProperty("standby");
        return standby.Text("state") == "ready" ? new StandingBy((int)standby.Number("pid"), standby.Number("resident_mib"), standby.Number("own_mib")) : null;
    }
}
