using Microsoft.Extensions.Logging;
using ModelContextProtocol.Protocol;
using Orchestrator.Actors.TaskIndex;
using Orchestrator.Host.Backend;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Host.Tools;

/// <summary>Puts sessions away that nobody needs any more. Their tasks stay as they are.</summary>
internal sealed class CleanupSessionsTool(Gate gate, ILogger log) : OrchestratorTool<CleanupSessionsTool.Input>(
    gate, log, "orchestrator_cleanup_sessions",
    "Close sessions (completed, orphaned, old, all); tasks stay. dry_run false does it.",
    Writes,
    """
    {"type":"object","properties":{"cleanup_type":{"type":"string"},"older_than_days":{"type":"integer"},
    "dry_run":{"type":"boolean"}}}
    """)
{
    private const int AtOnce = 100;
    private static readonly Vocabulary<Kind> Kinds = new(Enum.GetValues<Kind>());

    protected override Input Bind(ToolArguments arguments) => new(
        arguments.Word("cleanup_type", Kinds) ?? Kind.Completed,
        TimeSpan.FromDays(arguments.Number("older_than_days", 0, 3650) ?? 7),
        arguments.Flag("dry_run") ?? true);

    protected override async Task<CallToolResult> Run(Input input, ToolCall call, CancellationToken cancellation)
    {
        var now = call.Storage.Clock.GetUtcNow();
        // A repeated call goes on where the first was cut off, and tells of all.
        var done = input.DryRun ? [] : call.Storage.Index.SessionsClosedBy(call.Key).Select(s => Closed(s, s.ClosedBecause!)).ToList();
        var (candidates, more) = Candidates(input, call, now, AtOnce - done.Count);
        foreach (var (session, reason) in candidates)
        {
            if (!input.DryRun)
            {
                await call.Send(
                    new SessionCommands.Close(session.SessionId, call.Key.Derive(session.SessionId.Value), call.By, reason), cancellation);
            }

            done.Add(Closed(session, reason));
        }

        return Answer(
            input.DryRun ? $"{done.Count} sessions would be closed; pass dry_run false to do it." : $"Closed {done.Count} sessions.",
            new SessionCleanupView(Kinds[input.Kind], input.DryRun, done.Count, [.. done.OrderBy(s => s.SessionId, StringComparer.Ordinal)], more ? true : null),
            ToolJson.Default.SessionCleanupView);
    }

    private static (List<(SessionRow, string)> Candidates, bool More) Candidates(Input input, ToolCall call, DateTimeOffset now, int most)
    {
        var found = new List<(SessionRow, string)>();
        long? before = null;
        while (true)
        {
            var rows = call.Storage.Index.Sessions(includeClosed: false, before, 100);
            foreach (var session in rows)
            {
                if (Reason(session, input, now) is { } reason)
                {
                    if (found.Count == most)
                    {
                        return (found, true);
                    }

                    found.Add((session, reason));
                }
            }

            if (rows.Count < 100)
            {
                return (found, false);
            }

            before = rows[^1].Position;
        }
    }

    // Whoever holds a claim is at work, however long ago the session was last heard of.
    private static string? Reason(SessionRow s, Input input, DateTimeOffset now)
    {
        var idle = now - s.LastActivity;
        if (s.Claims > 0 || idle < input.OlderThan)
        {
            return null;
        }

        return input.Kind is Kind.Completed or Kind.All && s is { Tasks: > 0, OpenTasks: 0 } ? $"all of its {s.Tasks} tasks are closed"
            : input.Kind is Kind.Orphaned or Kind.All && s.Tasks == 0 ? "no task belongs to it"
            : input.Kind is Kind.Orphaned or Kind.All && s.WorkingDirectory is { } d && !Directory.Exists(d) ? $"its working directory {Pages.Cut(d, 300)} is gone"
            : input.Kind is Kind.Old or Kind.All ? $"nothing has happened for {idle.TotalDays:0} days"
            : null;
    }

    private static ClosedSessionView Closed(SessionRow s, string reason) => new(s.SessionId.Value, reason, s.LastActivity, s.Tasks, s.OpenTasks);

    internal enum Kind
    {
        Completed,
        Orphaned,
        Old,
        All,
    }

    internal sealed record Input(Kind Kind, TimeSpan OlderThan, bool DryRun);
}

internal sealed record ClosedSessionView(string SessionId, string Reason, DateTimeOffset LastActivity, long Tasks, long OpenTasks);

/// <param name="CleanupType">What was looked for.</param>
/// <param name="DryRun">Whether nothing was done.</param>
/// <param name="Count">How many.</param>
/// <param name="Sessions">Which, and why.</param>
/// <param name="More">There are more; call again.</param>
internal sealed record SessionCleanupView(string CleanupType, bool DryRun, int Count, IReadOnlyList<ClosedSessionView> Sessions, bool? More);
