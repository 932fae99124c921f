using System.Collections.Immutable;
using Orchestrator.Protocol;
using Orchestrator.Protocol.Migrations;

namespace Orchestrator.Actors.Migrations;

/// <summary>The migrations as their events tell them. Pure.</summary>
public sealed record MigrationState
{
    /// <summary>Nothing has happened yet.</summary>
    public static MigrationState None { get; } = new();

    /// <summary>All migrations, oldest first, each with what became of it last.</summary>
    public ImmutableList<MigrationEntry> Migrations { get; init; } = [];

    /// <summary>
    /// The facts that are not in the journal yet. Which they are depends on nothing but what was found, so that a start that died half-way is made
    /// good by the next, and one that changed nothing writes nothing.
    /// </summary>
    public IReadOnlyList<IMigrationEvent> Decide(MigrationCommands.Record command, DateTimeOffset now) =>
        [.. command.Found.Where(f => !IsKnown(f)).Select(f => Event(f, command.By, now))];

    /// <summary>Whether this is in the journal.</summary>
    public bool IsKnown(MigrationEntry found) =>
        Migrations.Exists(m => m.Migration.Version == found.Migration.Version && m.Outcome == found.Outcome);

    /// <summary>The state after <paramref name="e"/>.</summary>
    public MigrationState Apply(IMigrationEvent e) => e switch
    {
        MigrationEvents.Adopted x => With(MigrationOutcome.Adopted, x.Migration),
        MigrationEvents.Applied x => With(MigrationOutcome.Applied, x.Migration),
        MigrationEvents.Failed x => With(MigrationOutcome.Failed, x.Migration),
        MigrationEvents.TakenBack x => With(MigrationOutcome.TakenBack, x.Migration),
        _ => throw new NotSupportedException($"Migrations: no rule for event {e.GetType().Name}."),
    };

    private MigrationState With(MigrationOutcome outcome, MigrationRecord migration)
    {
        var entry = new MigrationEntry(outcome, migration);
        var at = Migrations.FindIndex(m => m.Migration.Version == migration.Version);
        return this with { Migrations = at < 0 ? Migrations.Add(entry) : Migrations.SetItem(at, entry) };
    }

    private static IMigrationEvent Event(MigrationEntry found, string by, DateTimeOffset now)
    {
        var command = new CommandId("migrations", found.Migration.Version, found.Outcome.ToString());
        return found.Outcome switch
        {
            MigrationOutcome.Adopted => new MigrationEvents.Adopted(command, by, now, found.Migration),
            MigrationOutcome.Applied => new MigrationEvents.Applied(command, by, now, found.Migration),
            MigrationOutcome.Failed => new MigrationEvents.Failed(command, by, now, found.Migration),
            MigrationOutcome.TakenBack => new MigrationEvents.TakenBack(command, by, now, found.Migration),
            var other => throw new NotSupportedException($"Migrations: no event for {other}."),
        };
    }
}
