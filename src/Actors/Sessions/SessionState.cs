using Orchestrator.Protocol;
using Orchestrator.Protocol.Sessions;

namespace Orchestrator.Actors.Sessions;

/// <summary>A session as its events tell it. Pure.</summary>
public sealed record SessionState(SessionId Id)
{
    /// <summary>Where its client works.</summary>
    public string? WorkingDirectory { get; init; }
    /// <summary>When it was opened; null as long as it does not exist.</summary>
    public DateTimeOffset? OpenedAt { get; init; }
    /// <summary>Journal position that the session knows up to.</summary>
    public long Position { get; init; }
    /// <summary>Whether it was put away.</summary>
    public bool IsClosed { get; init; }
    /// <summary>The last command and what it was answered. A client opens and resumes one at a time.</summary>
    public (CommandId Command, SessionReplies.Ready Reply)? Last { get; init; }

    /// <summary>What a command leads to: a fact to write, or an answer without one.</summary>
    public (ISessionEvent? Event, ISessionReply? Reply) Decide(ISessionCommand command, DateTimeOffset now)
    {
        if (Last is { } last && last.Command == command.CommandId)
        {
            return (null, last.Reply);
        }

        return command switch
        {
            SessionCommands.Open c when OpenedAt is null =>
                (new SessionEvents.Opened(Id, c.CommandId, c.By, now, c.WorkingDirectory, c.Position), null),
            SessionCommands.Resume c when OpenedAt is not null => (new SessionEvents.Resumed(Id, c.CommandId, c.By, now, c.Position), null),
            SessionCommands.Close c when OpenedAt is not null => IsClosed
                ? (null, Get())
                : (new SessionEvents.Closed(Id, c.CommandId, c.By, now, c.Reason), null),
            SessionCommands.Resume or SessionCommands.Close => (null, NotFound()),
            _ => (null, new SessionReplies.Refused(Id, new Refusal(
                RefusalCode.OutcomeUnknown, $"Session {Id} exists already.", $"Resume it with session_id {Id}."))),
        };
    }

    /// <summary>The session as it is, or that there is none.</summary>
    public ISessionReply Get() => OpenedAt is { } at ? new SessionReplies.Ready(Id, WorkingDirectory, at, Position) : NotFound();

    /// <summary>The state after <paramref name="e"/>.</summary>
    public SessionState Apply(ISessionEvent e) => e switch
    {
        SessionEvents.Opened x => (this with { WorkingDirectory = x.WorkingDirectory, OpenedAt = x.At, Position = x.Position })
            .Answering(x, new SessionReplies.Ready(Id, x.WorkingDirectory, x.At, null)),
        SessionEvents.Closed x => (this with { IsClosed = true })
            .Answering(x, new SessionReplies.Ready(Id, WorkingDirectory, OpenedAt!.Value, Position)),
        SessionEvents.Resumed x => (this with { Position = x.Position, IsClosed = false })
            .Answering(x, new SessionReplies.Ready(Id, WorkingDirectory, OpenedAt!.Value, Position)),
        _ => throw new NotSupportedException($"Session {Id}: no rule for event {e.GetType().Name}."),
    };

    private SessionReplies.Refused NotFound() => new(Id, new Refusal(
        RefusalCode.SessionNotFound, $"There is no session {Id}.", "Call orchestrator_initialize_session without session_id to open a new one."));

    private SessionState Answering(ISessionEvent e, SessionReplies.Ready reply) => this with { Last = (e.CommandId, reply) };
}
