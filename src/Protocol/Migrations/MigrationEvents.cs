namespace Orchestrator.Protocol.Migrations;

/// <summary>A fact in the history of the database itself.</summary>
public interface IMigrationEvent : IStoredEvent
{
    /// <summary>What was done.</summary>
    MigrationRecord Migration { get; }
}

/// <summary>
/// The facts of the database's own history. The table <c>migration_history</c> came first; the journal says the same, in its order.
/// </summary>
public static class MigrationEvents
{
    /// <summary>The database had no history and was taken as it was found.</summary>
    public sealed record Adopted(CommandId CommandId, string By, DateTimeOffset At, MigrationRecord Migration) : IMigrationEvent;

    /// <summary>The database was changed.</summary>
    public sealed record Applied(CommandId CommandId, string By, DateTimeOffset At, MigrationRecord Migration) : IMigrationEvent;

    /// <summary>A migration failed, and the database was left as it was.</summary>
    public sealed record Failed(CommandId CommandId, string By, DateTimeOffset At, MigrationRecord Migration) : IMigrationEvent;

    /// <summary>A migration was taken back.</summary>
    public sealed record TakenBack(CommandId CommandId, string By, DateTimeOffset At, MigrationRecord Migration) : IMigrationEvent;
}
