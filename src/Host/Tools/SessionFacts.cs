using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol;

namespace Orchestrator.Host.Tools;

/// <summary>What the tools say about a session.</summary>
internal static class SessionFacts
{
    // Somebody who has done nothing for an hour is not at work.
    private static readonly TimeSpan AtWork = TimeSpan.FromHours(1);

    /// <summary>closed, active, completed or inactive.</summary>
    public static string Status(SessionRow s, DateTimeOffset now) =>
        s.ClosedAt is not null ? "closed"
        : s.Claims > 0 || now - s.LastActivity < AtWork ? "active"
        : s is { Tasks: > 0, OpenTasks: 0 } ? "completed"
        : "inactive";

    /// <summary>Whether its work is over: nothing is open, or it was put away.</summary>
    public static bool IsOver(SessionRow s) => s.ClosedAt is not null || s is { Tasks: > 0, OpenTasks: 0 };

    /// <summary>The session's row.</summary>
    /// <exception cref="RefusedException">There is none.</exception>
    public static SessionRow Row(ToolCall call, SessionId id) => call.Storage.Index.Session(id)
        ?? throw new RefusedException(new Refusal(
            RefusalCode.SessionNotFound, $"There is no session {id}.", "List them with orchestrator_list_sessions."));

    public static SessionRowView Of(SessionRow s, DateTimeOffset now) => new(
        s.SessionId.Value, Status(s, now), s.OpenedAt, s.LastActivity, s.WorkingDirectory, s.Tasks, s.OpenTasks, s.CompletedTasks, s.Claims,
        s.ClosedAt, s.ClosedBecause);
}

internal sealed record SessionRowView(
    string SessionId, string Status, DateTimeOffset CreatedAt, DateTimeOffset LastActivity, string? WorkingDirectory, long Tasks, long OpenTasks,
    long CompletedTasks, long OpenClaims, DateTimeOffset? ClosedAt, string? ClosedBecause);
