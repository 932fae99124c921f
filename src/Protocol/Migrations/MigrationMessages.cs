namespace Orchestrator.Protocol.Migrations;

/// <summary>What the migration actor can be told.</summary>
public static class MigrationCommands
{
    /// <summary>What the database's own history holds, oldest first. Answered by <see cref="MigrationReplies.History"/> after the write.</summary>
    public sealed record Record(string By, IReadOnlyList<MigrationEntry> Found);
}

/// <summary>What the migration actor can be asked.</summary>
public static class MigrationQueries
{
    /// <summary>Asks for all migrations; answered by <see cref="MigrationReplies.History"/>.</summary>
    public sealed record GetHistory;
}

/// <summary>The answers of the migration actor.</summary>
public static class MigrationReplies
{
    /// <summary>All migrations, oldest first, each with what became of it last.</summary>
    public sealed record History(IReadOnlyList<MigrationEntry> Migrations);
}
