namespace Orchestrator.Protocol;

/// <summary>A fact in the journal. It carries its own time and cause, so that a replay gives the same state for ever.</summary>
public interface IStoredEvent
{
    /// <summary>The command that caused it.</summary>
    CommandId CommandId { get; }

    /// <summary>Who asked for it.</summary>
    string By { get; }

    /// <summary>When it was decided, UTC.</summary>
    DateTimeOffset At { get; }
}
