using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;

namespace Orchestrator.Host.Tools;

/// <summary>What is restarted.</summary>
internal enum RestartScope
{
    /// <summary>The process.</summary>
    Server,
    /// <summary>The read model is filled again from the journal, in the process that serves.</summary>
    Projections,
    /// <summary>The links of all clients are dropped and come back, to the same process.</summary>
    Connections,
}

/// <summary>A rebuild of the read model as the tools show it.</summary>
/// <param name="Success">It is done.</param>
/// <param name="Scope">projections.</param>
/// <param name="Pid">The process that serves, before and after.</param>
/// <param name="InProgress">Whether it is under way.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="Position">How far in the journal it is.</param>
/// <param name="JournalEnd">How far the journal went when it was looked at last.</param>
/// <param name="EventsReplayed">Events of tasks and sessions.</param>
/// <param name="RowsCorrected">Rows that were not as the journal says.</param>
/// <param name="Ms">How long it took so far.</param>
/// <param name="Error">Why it came to nothing.</param>
internal sealed record RebuildView(
    bool Success, string Scope, int Pid, bool InProgress, DateTimeOffset StartedAt, long Position, long JournalEnd, long EventsReplayed,
    long? RowsCorrected, double Ms, string? Error)
{
    public static RebuildView Of(RebuildReport r, int pid) => new(
        r is { IsRunning: false, Error: null }, "projections", pid, r.IsRunning, r.At, r.Position, r.Last, r.Events, r.Corrected, r.Ms, r.Error);
}

/// <summary>One link that was dropped.</summary>
/// <param name="SessionId">Whose.</param>
/// <param name="Client">What the client calls itself.</param>
/// <param name="Reconnected">Whether it came back in time.</param>
/// <param name="PauseMs">How long it was away.</param>
/// <param name="CallsSentAgain">Calls that were in flight on it.</param>
internal sealed record LinkView(string SessionId, string? Client, bool Reconnected, double? PauseMs, int CallsSentAgain);

/// <summary>All links were dropped, as the tools show it.</summary>
/// <param name="Success">All came back.</param>
/// <param name="Scope">connections.</param>
/// <param name="Pid">The process that serves, before and after.</param>
/// <param name="StartedAt">When it began.</param>
/// <param name="ClientsExpected">How many links there were.</param>
/// <param name="ClientsReconnected">How many came back.</param>
/// <param name="LongestPauseMs">The longest pause.</param>
/// <param name="Ms">How long it took in all.</param>
/// <param name="Links">Each of them.</param>
internal sealed record LinksView(
    bool Success, string Scope, int Pid, DateTimeOffset StartedAt, int ClientsExpected, int ClientsReconnected, double? LongestPauseMs, double Ms,
    IReadOnlyList<LinkView> Links)
{
    public static LinksView Of(LinksReport r, int pid) => new(
        r.Reconnected == r.Links.Count, "connections", pid, r.At, r.Links.Count, r.Reconnected, Rounded(r.Links.Max(l => l.PauseMs)), Math.Round(r.Ms, 1),
        [.. r.Links.Select(l => new LinkView(l.Front[..12], l.Client, l.PauseMs is not null, Rounded(l.PauseMs), l.CallsSentAgain))]);

    private static double? Rounded(double? ms) => ms is { } known ? Math.Round(known, 2) : null;
}
