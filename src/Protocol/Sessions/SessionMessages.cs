namespace Orchestrator.Protocol.Sessions;

/// <summary>Whatever is meant for one session; enough to route it.</summary>
public interface ISessionMessage
{
    /// <summary>The session.</summary>
    SessionId SessionId { get; }
}

/// <summary>A wish to change a session. Answered by an <see cref="ISessionReply"/> after the write.</summary>
public interface ISessionCommand : ISessionMessage
{
    /// <summary>What makes a repetition harmless.</summary>
    CommandId CommandId { get; }

    /// <summary>Who asks.</summary>
    string By { get; }
}

/// <summary>The commands of a session.</summary>
public static class SessionCommands
{
    /// <summary>Opens a new session. <paramref name="Position"/> is where the journal stood: changes after it are news to the session.</summary>
    public sealed record Open(SessionId SessionId, CommandId CommandId, string By, string? WorkingDirectory, long Position) : ISessionCommand;

    /// <summary>Takes a session up again. What changed after its previous position is news; <paramref name="Position"/> is the new one.</summary>
    public sealed record Resume(SessionId SessionId, CommandId CommandId, string By, long Position) : ISessionCommand;

    /// <summary>Puts a session away. It can be resumed all the same.</summary>
    public sealed record Close(SessionId SessionId, CommandId CommandId, string By, string Reason) : ISessionCommand;
}

/// <summary>What a session can be asked.</summary>
public static class SessionQueries
{
    /// <summary>Asks whether there is such a session; answered like a command, and nothing changes.</summary>
    public sealed record Get(SessionId SessionId) : ISessionMessage;
}

/// <summary>A fact in the history of a session.</summary>
public interface ISessionEvent : IStoredEvent
{
    /// <summary>The session.</summary>
    SessionId SessionId { get; }
}

/// <summary>The facts of a session.</summary>
public static class SessionEvents
{
    /// <summary>The session exists.</summary>
    public sealed record Opened(
        SessionId SessionId, CommandId CommandId, string By, DateTimeOffset At, string? WorkingDirectory, long Position) : ISessionEvent;

    /// <summary>The session was taken up again.</summary>
    public sealed record Resumed(SessionId SessionId, CommandId CommandId, string By, DateTimeOffset At, long Position) : ISessionEvent;

    /// <summary>The session was put away.</summary>
    public sealed record Closed(SessionId SessionId, CommandId CommandId, string By, DateTimeOffset At, string Reason) : ISessionEvent;
}

/// <summary>The answer to an <see cref="ISessionCommand"/>.</summary>
public interface ISessionReply : ISessionMessage;

/// <summary>The answers of a session.</summary>
public static class SessionReplies
{
    /// <summary>The session is open and on disk.</summary>
    /// <param name="SessionId">The session.</param>
    /// <param name="WorkingDirectory">Where its client works.</param>
    /// <param name="OpenedAt">When it was first opened.</param>
    /// <param name="NewsAfter">Journal position after which changes are news to it; null for a session that was just opened.</param>
    public sealed record Ready(SessionId SessionId, string? WorkingDirectory, DateTimeOffset OpenedAt, long? NewsAfter) : ISessionReply;

    /// <summary>Nothing was changed.</summary>
    public sealed record Refused(SessionId SessionId, Refusal Refusal) : ISessionReply;
}
