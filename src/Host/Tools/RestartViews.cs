using Orchestrator.Actors.Restarts;
using Orchestrator.Protocol.Restarts;

namespace Orchestrator.Host.Tools;

/// <summary>One phase of a restart, and how long it took.</summary>
internal sealed record PhaseView(string Phase, double? Ms, DateTimeOffset At);

/// <summary>A restart as the tools show it. Times in milliseconds, measured.</summary>
internal sealed record RestartView(
    bool Success, string Phase, string Reason, string RequestedBy, DateTimeOffset RequestedAt, double? DowntimeMs, IReadOnlyList<PhaseView> Phases,
    int ClientsExpected, int ClientsReconnected, int CallsInFlight, int CallsSentAgain, int TasksActive, int TasksSuspended, int TasksResumed,
    string VersionBefore, string? VersionAfter, string FolderBefore, string? FolderAfter, int PidBefore, int? PidAfter, IReadOnlyList<string>? Migration, string? Error,
    WindowView? Maintenance = null)
{
    /// <summary>A restart, with the work that was done within it.</summary>
    public static RestartView Of(Restart r, IReadOnlyList<Window> windows) => Of(r) with
    {
        Maintenance = WindowView.Of(windows.LastOrDefault(w => w.EndedAt >= r.Phases[0].At && w.EndedAt <= r.Phases[^1].At)),
    };

    private static RestartView Of(Restart r)
    {
        var phase = RestartState.PhaseOf(r);
        return new RestartView(
            phase == RestartPhase.Completed, Vocabulary.RestartPhases[phase], r.Wish.Reason, r.By, r.Phases[0].At, r.DowntimeMs,
            [.. r.Phases.Select((p, i) => new PhaseView(
                Vocabulary.RestartPhases[p.Phase], i + 1 < r.Phases.Count ? Math.Round((r.Phases[i + 1].At - p.At).TotalMilliseconds, 1) : null, p.At))],
            r.Clients.Count, r.Reconnected, r.InFlight, r.Unfinished, r.Active, r.Suspended.Count, r.Resumed,
            r.From.Build, r.To?.Build, r.From.Folder, r.To?.Folder, r.From.ProcessId, r.To?.ProcessId ?? r.SuccessorId, r.Plan.Count == 0 ? null : r.Plan, r.Cause);
    }
}
